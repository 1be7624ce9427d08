package style

import (
	"image/color"
	"slices"
)

// Palette is the color of every role on a light and on a dark background. The
// background itself is the terminal's.
type Palette struct {
	name        string
	description string
	least       float64 // the contrast that its shades have
	light, dark shades
	own         [NumRoles]colorCode // the user's, empty for those of the palette
}

// shades are the colors for one background.
type shades struct {
	roles  [NumRoles]colorCode
	ground colorCode // the background that they are for
	tint   colorCode // behind the selected row
	text   colorCode // on the tint, for the terminal's text color
}

// palettes returns the palettes, the default first.
func palettes() []Palette {
	light := lightShades([NumRoles]colorCode{
		Plain: defaultColor, Emphasis: defaultColor, Muted: "#667080", Accent: "#0a6880", Success: "#2b7333", Warning: "#855900", Danger: "#b02a22",
	})
	dark := darkShades([NumRoles]colorCode{
		Plain: defaultColor, Emphasis: defaultColor, Muted: "#8b93a1", Accent: "#7cc4d4", Success: "#97c98b", Warning: "#dcbd74", Danger: "#ee8b82",
	})
	light.tint, dark.tint = "#d9dfe6", "#2a303a" // as bluish as their quiet tones
	return []Palette{
		{
			name: "terminal", description: "the terminal's 16-color palette", least: readable,
			light: lightShades(basicOnLight()), dark: darkShades(basicOnDark()),
		},
		{name: "light", description: "muted colors for light backgrounds", least: readable, light: light, dark: light},
		{name: "dark", description: "muted colors for dark backgrounds", least: readable, light: dark, dark: dark},
		{
			name: "contrast", description: "high contrast, no dimmed text", least: veryLegible,
			light: lightShades([NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: defaultColor, Accent: "#00418a", Success: "#00561b", Warning: "#654000", Danger: "#9c0006"}),
			dark:  darkShades([NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: defaultColor, Accent: "#5cf2ff", Success: "#5dff6e", Warning: "#ffe14a", Danger: "#ff9a92"}),
		},
		solarized(), gruvbox(), nord(), dracula(),
	}
}

// The usual backgrounds of terminals at their worst: pure black and white have more
// contrast with the same shades.
const (
	usualDark  colorCode = "#1e1e1e"
	usualLight colorCode = "#f4f4f4"
)

func darkShades(roles [NumRoles]colorCode) shades {
	return shades{roles: roles, ground: usualDark, tint: "#303030", text: "#e4e4e4"}
}

func lightShades(roles [NumRoles]colorCode) shades {
	return shades{roles: roles, ground: usualLight, tint: "#dadada", text: "#1c1c1c"}
}

// worstGround returns which of the palette's background and the usual one leaves less
// contrast.
func (s *shades) worstGround() color.Color {
	own := s.ground.rgb()
	if isDark(own) {
		if usual := usualDark.rgb(); luminance(usual) > luminance(own) {
			return usual
		}
	} else if usual := usualLight.rgb(); luminance(usual) < luminance(own) {
		return usual
	}
	return own
}

func basicOnDark() [NumRoles]colorCode {
	return [NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: "8", Accent: "14", Success: "10", Warning: "11", Danger: "9"}
}

func basicOnLight() [NumRoles]colorCode {
	return [NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: "8", Accent: "6", Success: "2", Warning: "3", Danger: "1"}
}

// in16 returns the color of a role in a terminal with 16 colors. A palette whose
// quiet text is not dimmed keeps it so.
func (s *shades) in16(r Role) colorCode {
	switch {
	case !s.roles[r].isRGB():
		return s.roles[r]
	case isDark(s.ground.rgb()):
		return basicOnDark()[r]
	}
	return basicOnLight()[r]
}

// PaletteOf returns the palette of a theme, or the default for an unknown name.
func PaletteOf(name string) Palette {
	all := palettes()
	for i := range all {
		if all[i].name == name {
			return all[i]
		}
	}
	return all[0]
}

// WithColors returns the palette with colors of the user's own, by the names of
// roles, as CheckColor accepts them; others are ignored. Emphasized text has the
// color of other text, unless it is given one.
func (p Palette) WithColors(colors map[string]string) Palette {
	for name, s := range colors {
		r := slices.Index(roleNames[:], name)
		if c, err := parseColor(s); r >= 0 && err == nil {
			p.own[r] = c
		}
	}
	if p.own[Emphasis] == "" {
		p.own[Emphasis] = p.own[Plain]
	}
	return p
}

// Themes returns the themes with their descriptions, the default first.
func Themes() []ThemeInfo {
	var all []ThemeInfo
	for _, p := range palettes() {
		all = append(all, ThemeInfo{p.name, p.description})
	}
	return all
}

// ThemeInfo is the name of a theme with its description.
type ThemeInfo struct{ Name, Description string }
