// Package style has styled text: lines of spans with roles, their width in cells,
// wrapping, and the themes that give roles their looks. It knows nothing of
// sockets.
package style

import "github.com/charmbracelet/x/ansi"

// Role is what a piece of text is, not how it looks: each face has its own way
// to show it.
type Role uint8

// The roles.
const (
	Plain    Role = iota
	Muted         // what is inferred, units, titles
	Accent        // what is selected or active
	Success       // live, free, proven, new
	Warning       // changed, partial, to be noticed
	Danger        // exposed, taken, closed
	Emphasis      // the one word that answers the question
	NumRoles
)

// Span is a piece of text in one role.
type Span struct {
	Text string
	Role Role
}

// Line is what stands beside each other.
type Line []Span

// Text is a plain line.
func Text(s string) Line { return Line{{s, Plain}} }

// Styled is a line in one role.
func Styled(r Role, s string) Line { return Line{{s, r}} }

// Add puts more text at the end.
func (l Line) Add(r Role, s string) Line {
	if s == "" {
		return l
	}
	return append(l, Span{s, r})
}

// Width is in cells of the terminal: a CJK character or an emoji has two.
func (l Line) Width() int {
	w := 0
	for _, s := range l {
		w += Width(s.Text)
	}
	return w
}

// Pad fills the line up with spaces to width cells.
func (l Line) Pad(width int) Line {
	if gap := width - l.Width(); gap > 0 {
		return append(l, Span{Spaces(gap), Plain})
	}
	return l
}

// Cut shortens the line to width cells, with "…" where something is lost.
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

// Fit makes the line exactly width cells wide.
func (l Line) Fit(width int) Line { return l.Cut(width).Pad(width) }

// Right is Fit with the line at its right end.
func (l Line) Right(width int) Line {
	l = l.Cut(width)
	if gap := width - l.Width(); gap > 0 {
		return append(Text(Spaces(gap)), l...)
	}
	return l
}

// String is the line without its roles.
func (l Line) String() string {
	s := ""
	for _, p := range l {
		s += p.Text
	}
	return s
}
