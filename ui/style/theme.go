package style

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Theme is the look of every role: the colors of a palette for the terminal's
// background, or no colors.
type Theme struct {
	Styles   [NumRoles]lipgloss.Style
	escapes  [NumRoles]escapes // of Styles
	selected escapes
}

// NewTheme returns the theme of a palette on a dark or light background. Without
// colors, it distinguishes roles by bold, faint and reverse text, whatever the
// palette.
func NewTheme(p Palette, colors, dark bool) Theme {
	t := Theme{Styles: plainStyles()}
	if colors {
		t.Styles = p.styles(dark)
	}
	for r := range t.Styles {
		t.escapes[r] = escapesOf(t.Styles[r])
	}
	t.selected = escapesOf(lipgloss.NewStyle().Reverse(true))
	return t
}

func plainStyles() (styles [NumRoles]lipgloss.Style) {
	base := lipgloss.NewStyle()
	for r := range styles {
		styles[r] = base
	}
	styles[Emphasis] = base.Bold(true)
	styles[Muted] = base.Faint(true)
	styles[Accent] = base.Reverse(true)
	return styles
}

func (p *Palette) styles(dark bool) (styles [NumRoles]lipgloss.Style) {
	shades := &p.light
	if dark {
		shades = &p.dark
	}
	for r, s := range shades {
		styles[r] = lipgloss.NewStyle()
		if s != defaultColor {
			styles[r] = styles[r].Foreground(lipgloss.Color(string(s)))
		}
	}
	styles[Emphasis] = styles[Emphasis].Bold(true)
	return styles
}

// Render writes a line. A selected line is in reverse as a whole, without roles, so
// that it is visible as a bar.
func (t *Theme) Render(b *strings.Builder, l Line, selected bool) {
	if selected {
		b.WriteString(t.selected.before)
		for _, s := range l {
			b.WriteString(s.Text)
		}
		b.WriteString(t.selected.after)
		return
	}
	for _, s := range l {
		p := &t.escapes[s.Role]
		b.WriteString(p.before)
		b.WriteString(s.Text)
		b.WriteString(p.after)
	}
}

// Line returns a line with the escape sequences of its roles.
func (t *Theme) Line(l Line) string {
	var b strings.Builder
	t.Render(&b, l, false)
	return b.String()
}

// escapes are the sequences that a style writes before and after a text. A frame
// has thousands of spans, and rendering a style for each would cost more than all
// the rest.
type escapes struct{ before, after string }

func escapesOf(s lipgloss.Style) escapes {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return escapes{before, after}
}
