package style

import (
	"image/color"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// Theme is the look of every role: the colors of a palette for the terminal's
// background, or no colors.
type Theme struct {
	Styles   [NumRoles]lipgloss.Style
	escapes  [NumRoles]escapes // of Styles
	selected [NumRoles]escapes // in the selected row
	reverse  bool              // the selected row is in reverse, without roles
}

// NewTheme returns the theme of a palette for what the terminal can show on its
// background, nil if it is not known. Without colors, it distinguishes roles by bold,
// faint and underlined text, whatever the palette.
func NewTheme(p Palette, profile colorprofile.Profile, background color.Color) Theme {
	t := Theme{Styles: plainStyles(), reverse: profile < colorprofile.ANSI256}
	s := p.shadesOn(background)
	if profile >= colorprofile.ANSI {
		t.Styles = p.styles(s, profile)
	}
	tinted := p.tintedStyles(s, profile, background)
	for r := range t.Styles {
		t.escapes[r] = escapesOf(t.Styles[r])
		t.selected[r] = escapesOf(tinted[r])
	}
	if t.reverse {
		t.selected[Plain] = escapesOf(lipgloss.NewStyle().Reverse(true))
	}
	return t
}

func plainStyles() (styles [NumRoles]lipgloss.Style) {
	base := lipgloss.NewStyle()
	for r := range styles {
		styles[r] = base
	}
	styles[Emphasis] = base.Bold(true)
	styles[Muted] = base.Faint(true)
	styles[Accent] = base.Underline(true)
	return styles
}

// shadesOn returns the shades for a background, with the user's own colors.
func (p *Palette) shadesOn(background color.Color) shades {
	s := p.dark
	switch {
	case background == nil:
		// It may be light: only the terminal's text color is legible for sure.
		s.roles[Plain], s.roles[Emphasis] = defaultColor, defaultColor
	case !isDark(background):
		s = p.light
	}
	for r, c := range p.own {
		if c != "" {
			s.roles[r] = c
		}
	}
	return s
}

// styles returns the looks of the roles outside the selected row.
func (p *Palette) styles(s shades, profile colorprofile.Profile) (styles [NumRoles]lipgloss.Style) {
	picker := newPicker(profile, s.worstGround(), p.least)
	for _, r := range pickOrder {
		c := s.roles[r]
		if profile == colorprofile.ANSI && p.own[r] == "" {
			c = s.in16(r) // the nearest of 16 is often the same for two roles
		}
		styles[r] = lipgloss.NewStyle()
		switch {
		case c == defaultColor:
		case c.isRGB() && profile == colorprofile.ANSI256 && p.own[r] == "":
			styles[r] = styles[r].Foreground(picker.pick(r, c))
		case c.isRGB() && profile == colorprofile.ANSI256:
			styles[r] = styles[r].Foreground(nearest(c.rgb(), false, func(color.Color) bool { return true }))
		default:
			styles[r] = styles[r].Foreground(lipgloss.Color(string(c)))
		}
	}
	styles[Emphasis] = styles[Emphasis].Bold(true)
	return styles
}

// tintedStyles returns the looks of the roles in the selected row. The tint is
// lotop's, so the text on it is, too: the terminal's own colors could be illegible.
func (p *Palette) tintedStyles(s shades, profile colorprofile.Profile, background color.Color) (styles [NumRoles]lipgloss.Style) {
	if profile < colorprofile.ANSI256 {
		return styles
	}
	tint := s.tintOn(background, profile)
	picker := newPicker(profile, tint, p.least)
	for _, r := range pickOrder {
		c := s.roles[r]
		if c == defaultColor {
			c = s.text
		}
		styles[r] = lipgloss.NewStyle().Background(tint).Foreground(picker.pick(r, c))
	}
	styles[Emphasis] = styles[Emphasis].Bold(true)
	return styles
}

// tintOn returns the background of the selected row: the tint of the shades, or where
// that cannot be told from the screen's background, a shade of this one.
func (s *shades) tintOn(background color.Color, profile colorprofile.Profile) color.Color {
	tint := s.tint.rgb()
	if profile == colorprofile.ANSI256 {
		ground := s.ground.rgb()
		tint = nearest(tint, false, func(c color.Color) bool {
			ratio := contrast(c, ground)
			return ratio >= leastTint && ratio <= mostTint
		})
	}
	if background == nil || contrast(tint, background) >= leastTint {
		return tint
	}
	tint = legible(background, background, visibleTint)
	if profile == colorprofile.ANSI256 {
		tint = nearest(tint, false, func(c color.Color) bool { return contrast(c, background) >= leastTint })
	}
	return tint
}

// Render writes a line. A selected line keeps the colors of its roles on a tinted
// background; with 16 colors or none it is in reverse as a whole, without roles, so
// that it is visible as a bar.
func (t *Theme) Render(b *strings.Builder, l Line, selected bool) {
	if selected && t.reverse {
		b.WriteString(t.selected[Plain].before)
		for _, s := range l {
			b.WriteString(s.Text)
		}
		b.WriteString(t.selected[Plain].after)
		return
	}
	looks := &t.escapes
	if selected {
		looks = &t.selected
	}
	for i, s := range l {
		if i == 0 || l[i-1].Role != s.Role {
			b.WriteString(looks[s.Role].before)
		}
		b.WriteString(s.Text)
		if i == len(l)-1 || l[i+1].Role != s.Role {
			b.WriteString(looks[s.Role].after)
		}
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
