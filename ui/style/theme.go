package style

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Theme gives every role its look: a palette for the background there is, or
// none where colors are not wanted.
type Theme struct {
	Styles   [NumRoles]lipgloss.Style
	escapes  [NumRoles]escapes // the same, ready to be written
	selected escapes
}

// NewTheme makes the look for a terminal with colors or without, and for a
// dark or a light background. Without colors, roles are told by faint, reverse
// and marks, whatever the palette.
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

// Render draws a line. A selected one is all of one look, so that it stands out
// as a bar.
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

func (t *Theme) Line(l Line) string {
	var b strings.Builder
	t.Render(&b, l, false)
	return b.String()
}

// escapes is what a style writes around a text. A frame has thousands of spans,
// and asking the style for each costs more than all the rest.
type escapes struct{ before, after string }

func escapesOf(s lipgloss.Style) escapes {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return escapes{before, after}
}
