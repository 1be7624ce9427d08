package tui

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
)

// theme gives every role its look, in the terminal's own 16 colours, so that it
// fits whatever palette the person has chosen.
type theme struct {
	styles   [numRoles]lipgloss.Style
	selected lipgloss.Style
	border   color.Color
	bare     bool // no colours: roles are told by faint, reverse and marks
}

// newTheme makes the look for a terminal with colours or without, and for a
// dark or a light background.
func newTheme(colours, dark bool) theme {
	t := theme{bare: !colours}
	base := lipgloss.NewStyle()
	for r := range t.styles {
		t.styles[r] = base
	}
	t.styles[strong] = base.Bold(true)
	t.selected = base.Reverse(true)
	if !colours {
		t.styles[quiet] = base.Faint(true)
		t.styles[accent] = base.Reverse(true)
		return t
	}
	pick := lipgloss.LightDark(dark)
	ansi := func(light, dark string) lipgloss.Style {
		return base.Foreground(pick(lipgloss.Color(light), lipgloss.Color(dark)))
	}
	t.styles[quiet] = ansi("8", "8")
	t.styles[accent] = ansi("6", "14")
	t.styles[good] = ansi("2", "10")
	t.styles[notice] = ansi("3", "11")
	t.styles[danger] = ansi("1", "9")
	t.border = lipgloss.Color("8")
	return t
}

// render draws a line. A selected one is all of one look, so that it stands out
// as a bar.
func (t *theme) render(b *strings.Builder, l line, selected bool) {
	if selected {
		var all strings.Builder
		for _, s := range l {
			all.WriteString(s.text)
		}
		b.WriteString(t.selected.Render(all.String()))
		return
	}
	for _, s := range l {
		if s.role == plain {
			b.WriteString(s.text)
		} else {
			b.WriteString(t.styles[s.role].Render(s.text))
		}
	}
}

func (t *theme) line(l line) string {
	var b strings.Builder
	t.render(&b, l, false)
	return b.String()
}
