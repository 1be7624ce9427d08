package style

// Palette is the color of every role on a light and on a dark background. The
// background itself is the terminal's.
type Palette struct {
	name        string
	description string
	light, dark [NumRoles]colorCode
}

// colorCode is the number of one of the terminal's 16 colors, or #rrggbb, for
// which the terminal's nearest color is used, or defaultColor.
type colorCode string

// defaultColor is the terminal's text color.
const defaultColor colorCode = "own"

// palettes returns the palettes, the default first.
func palettes() []Palette {
	light := [NumRoles]colorCode{
		Plain: defaultColor, Emphasis: defaultColor, Muted: "#667080", Accent: "#0a6880", Success: "#2b7333", Warning: "#855900", Danger: "#b02a22",
	}
	dark := [NumRoles]colorCode{
		Plain: defaultColor, Emphasis: defaultColor, Muted: "#8b93a1", Accent: "#7cc4d4", Success: "#97c98b", Warning: "#dcbd74", Danger: "#ee8b82",
	}
	return []Palette{
		{
			name: "terminal", description: "the terminal's 16-color palette",
			light: [NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: "8", Accent: "6", Success: "2", Warning: "3", Danger: "1"},
			dark:  [NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: "8", Accent: "14", Success: "10", Warning: "11", Danger: "9"},
		},
		{name: "light", description: "muted colors for light backgrounds", light: light, dark: light},
		{name: "dark", description: "muted colors for dark backgrounds", light: dark, dark: dark},
		{
			name: "contrast", description: "high contrast, no dimmed text",
			light: [NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: defaultColor, Accent: "#00418a", Success: "#00561b", Warning: "#654000", Danger: "#9c0006"},
			dark:  [NumRoles]colorCode{Plain: defaultColor, Emphasis: defaultColor, Muted: defaultColor, Accent: "#5cf2ff", Success: "#5dff6e", Warning: "#ffe14a", Danger: "#ff9a92"},
		},
	}
}

// PaletteOf returns the palette of a theme, or the default for an unknown name.
func PaletteOf(name string) Palette {
	all := palettes()
	for _, p := range all {
		if p.name == name {
			return p
		}
	}
	return all[0]
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
