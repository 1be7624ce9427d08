package tui

import (
	"image/color"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"lotop/ui/style"
)

// appearance is what the theme depends on. The terminal reports its part late or never.
type appearance struct {
	palette    style.Palette
	colors     map[string]string    // the user's own, by the names of roles
	profile    colorprofile.Profile // what the terminal can show
	background color.Color          // of the terminal, nil if it is not known
	noColor    bool                 // whatever the terminal can show
}

func newAppearance(o Options) appearance {
	return appearance{
		palette: style.PaletteOf(o.Theme).WithColors(o.Colors),
		colors:  o.Colors,
		profile: colorprofile.ANSI,
		noColor: o.Color == "never",
	}
}

// setTheme changes the theme by its name, one of style.Themes. The user's own colors
// stay.
func (m *Model) setTheme(name string) {
	m.appearance.palette = style.PaletteOf(name).WithColors(m.appearance.colors)
	m.rebuildTheme()
}

// applyTerminal applies what the terminal has reported about its colors.
func (m *Model) applyTerminal(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.ColorProfileMsg:
		m.appearance.profile = msg.Profile
	case tea.BackgroundColorMsg:
		m.appearance.background = msg.Color
	}
	m.rebuildTheme()
}

// rebuildTheme builds the theme again.
func (m *Model) rebuildTheme() {
	profile := m.appearance.profile
	if m.appearance.noColor {
		profile = colorprofile.ASCII
	}
	m.theme = style.NewTheme(m.appearance.palette, profile, m.appearance.background)
	plainStyle := m.theme.Styles[plain]
	s := m.filter.Styles()
	s.Focused.Prompt, s.Blurred.Prompt = m.theme.Styles[accent], m.theme.Styles[muted]
	s.Focused.Text, s.Blurred.Text = plainStyle, plainStyle
	s.Focused.Suggestion, s.Blurred.Suggestion = m.theme.Styles[muted], m.theme.Styles[muted]
	s.Cursor.Blink = false
	m.filter.SetStyles(s)
}
