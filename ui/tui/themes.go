package tui

// A palette names the colour of every role, on a light background and on a dark
// one. The background itself is left to the terminal.
type palette struct {
	name        string
	description string
	light, dark [numRoles]colorCode
}

// colorCode is a number of the terminal's own 16 colours, or #rrggbb, which is
// drawn with the nearest colour that the terminal has; own is its text colour.
type colorCode string

const defaultColor colorCode = "own"

// palettes are the themes, the one without a choice first.
func palettes() []palette {
	light := [numRoles]colorCode{
		plain: defaultColor, emphasis: defaultColor, muted: "#667080", accent: "#0a6880", success: "#2b7333", warning: "#855900", danger: "#b02a22",
	}
	dark := [numRoles]colorCode{
		plain: defaultColor, emphasis: defaultColor, muted: "#8b93a1", accent: "#7cc4d4", success: "#97c98b", warning: "#dcbd74", danger: "#ee8b82",
	}
	return []palette{
		{
			name: "terminal", description: "the terminal's 16-color palette",
			light: [numRoles]colorCode{plain: defaultColor, emphasis: defaultColor, muted: "8", accent: "6", success: "2", warning: "3", danger: "1"},
			dark:  [numRoles]colorCode{plain: defaultColor, emphasis: defaultColor, muted: "8", accent: "14", success: "10", warning: "11", danger: "9"},
		},
		{name: "light", description: "muted colors for light backgrounds", light: light, dark: light},
		{name: "dark", description: "muted colors for dark backgrounds", light: dark, dark: dark},
		{
			name: "contrast", description: "high contrast, no dimmed text",
			light: [numRoles]colorCode{plain: defaultColor, emphasis: defaultColor, muted: defaultColor, accent: "#00418a", success: "#00561b", warning: "#654000", danger: "#9c0006"},
			dark:  [numRoles]colorCode{plain: defaultColor, emphasis: defaultColor, muted: defaultColor, accent: "#5cf2ff", success: "#5dff6e", warning: "#ffe14a", danger: "#ff9a92"},
		},
	}
}

// paletteOf finds a theme; a name that is none gives the first.
func paletteOf(name string) palette {
	all := palettes()
	for _, p := range all {
		if p.name == name {
			return p
		}
	}
	return all[0]
}

// Themes are the names of the looks that [Options] can ask for, with what each
// is; the first is that of the zero Options.
func Themes() []ThemeInfo {
	var all []ThemeInfo
	for _, p := range palettes() {
		all = append(all, ThemeInfo{p.name, p.description})
	}
	return all
}

// ThemeInfo is a word of the configuration with what it means.
type ThemeInfo struct{ Name, Description string }
