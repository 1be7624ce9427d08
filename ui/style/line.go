// Package style has styled text: lines of spans with roles, their width in cells,
// wrapping, and the themes that give roles their looks. It knows nothing of
// sockets.
package style

import "github.com/charmbracelet/x/ansi"

// Role is the meaning of a text, not its look: the interactive view and the
// commands each show it in their own way.
type Role uint8

// The roles.
const (
	Plain    Role = iota
	Muted         // quiet: what says nothing new, titles, hints
	Accent        // active, keys, matches
	Success       // good: live, free, verified, new
	Warning       // notice: changed, incomplete
	Danger        // exposed, in use, refused, closed
	Emphasis      // ports, the answer, titles
	NumRoles
)

// roleNames are the names of the roles in the configuration.
var roleNames = [NumRoles]string{
	Plain: "text", Muted: "quiet", Accent: "accent", Success: "good", Warning: "notice", Danger: "danger", Emphasis: "emphasis",
}

// RoleNames returns the names of the roles in the configuration.
func RoleNames() []string { return roleNames[:] }

// Span is a text in one role.
type Span struct {
	Text string
	Role Role
}

// Line is the spans of one line, from left to right.
type Line []Span

// Text returns a line of plain text.
func Text(s string) Line { return Line{{s, Plain}} }

// Styled returns a line of text in one role.
func Styled(r Role, s string) Line { return Line{{s, r}} }

// Add returns the line with more text at its end.
func (l Line) Add(r Role, s string) Line {
	if s == "" {
		return l
	}
	return append(l, Span{s, r})
}

// Width returns the width in cells: a CJK character or an emoji has two.
func (l Line) Width() int {
	w := 0
	for _, s := range l {
		w += Width(s.Text)
	}
	return w
}

// Pad returns the line with spaces added up to width cells.
func (l Line) Pad(width int) Line {
	if gap := width - l.Width(); gap > 0 {
		return append(l, Span{Spaces(gap), Plain})
	}
	return l
}

// Cut returns the line shortened to width cells, ending in "…" if it was longer.
func (l Line) Cut(width int) Line {
	if width <= 0 {
		return nil
	}
	if l.Width() <= width {
		return l
	}
	var out Line
	left := width - 1 // for the ellipsis
	for _, s := range l {
		w := Width(s.Text)
		if w <= left {
			out = append(out, s)
			left -= w
			continue
		}
		return append(out, Span{ansi.Truncate(s.Text, left, "") + "…", s.Role})
	}
	return out
}

// Fit returns the line cut or padded to exactly width cells.
func (l Line) Fit(width int) Line { return l.Cut(width).Pad(width) }

// Right is Fit, but aligned to the right.
func (l Line) Right(width int) Line {
	l = l.Cut(width)
	if gap := width - l.Width(); gap > 0 {
		return append(Text(Spaces(gap)), l...)
	}
	return l
}

// String returns the text of the line.
func (l Line) String() string {
	s := ""
	for _, p := range l {
		s += p.Text
	}
	return s
}
