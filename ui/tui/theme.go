package tui

import (
	"strings"

	"charm.land/lipgloss/v2"

	"lotop/ui"
)

// theme gives every role its look: a palette for the background there is, or
// none where colours are not wanted.
type theme struct {
	styles   [ui.NumRoles]lipgloss.Style
	escapes  [ui.NumRoles]escapes // the same, ready to be written
	selected escapes
}

// newTheme makes the look for a terminal with colours or without, and for a
// dark or a light background. Without colours, roles are told by faint, reverse
// and marks, whatever the palette.
func newTheme(p palette, colours, dark bool) theme {
	t := theme{styles: plainStyles()}
	if colours {
		t.styles = p.styles(dark)
	}
	for r := range t.styles {
		t.escapes[r] = escapesOf(t.styles[r])
	}
	t.selected = escapesOf(lipgloss.NewStyle().Reverse(true))
	return t
}

func plainStyles() (styles [ui.NumRoles]lipgloss.Style) {
	base := lipgloss.NewStyle()
	for r := range styles {
		styles[r] = base
	}
	styles[ui.Emphasis] = base.Bold(true)
	styles[ui.Muted] = base.Faint(true)
	styles[ui.Accent] = base.Reverse(true)
	return styles
}

func (p *palette) styles(dark bool) (styles [ui.NumRoles]lipgloss.Style) {
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
	styles[ui.Emphasis] = styles[ui.Emphasis].Bold(true)
	return styles
}

// render draws a line. A selected one is all of one look, so that it stands out
// as a bar.
func (t *theme) render(b *strings.Builder, l ui.Line, selected bool) {
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

func (t *theme) line(l ui.Line) string {
	var b strings.Builder
	t.render(&b, l, false)
	return b.String()
}

// escapes is what a style writes around a text. A frame has thousands of spans,
// and asking the style for each costs more than all the rest.
type escapes struct{ before, after string }

func escapesOf(s lipgloss.Style) escapes {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return escapes{before, after}
}
