package tui

import "lotop/ui"

// A palette names the colour of every role, on a light background and on a dark
// one. The background itself is left to the terminal.
type palette struct {
	name        string
	description string
	light, dark [ui.NumRoles]colorCode
}

// colorCode is a number of the terminal's own 16 colours, or #rrggbb, which is
// drawn with the nearest colour that the terminal has; own is its text colour.
type colorCode string

const defaultColor colorCode = "own"

// palettes are the themes, the one without a choice first.
func palettes() []palette {
	light := [ui.NumRoles]colorCode{
		ui.Plain: defaultColor, ui.Emphasis: defaultColor, ui.Muted: "#667080", ui.Accent: "#0a6880", ui.Success: "#2b7333", ui.Warning: "#855900", ui.Danger: "#b02a22",
	}
	dark := [ui.NumRoles]colorCode{
		ui.Plain: defaultColor, ui.Emphasis: defaultColor, ui.Muted: "#8b93a1", ui.Accent: "#7cc4d4", ui.Success: "#97c98b", ui.Warning: "#dcbd74", ui.Danger: "#ee8b82",
	}
	return []palette{
		{
			name: "terminal", description: "the terminal's 16-color palette",
			light: [ui.NumRoles]colorCode{ui.Plain: defaultColor, ui.Emphasis: defaultColor, ui.Muted: "8", ui.Accent: "6", ui.Success: "2", ui.Warning: "3", ui.Danger: "1"},
			dark:  [ui.NumRoles]colorCode{ui.Plain: defaultColor, ui.Emphasis: defaultColor, ui.Muted: "8", ui.Accent: "14", ui.Success: "10", ui.Warning: "11", ui.Danger: "9"},
		},
		{name: "light", description: "muted colors for light backgrounds", light: light, dark: light},
		{name: "dark", description: "muted colors for dark backgrounds", light: dark, dark: dark},
		{
			name: "contrast", description: "high contrast, no dimmed text",
			light: [ui.NumRoles]colorCode{ui.Plain: defaultColor, ui.Emphasis: defaultColor, ui.Muted: defaultColor, ui.Accent: "#00418a", ui.Success: "#00561b", ui.Warning: "#654000", ui.Danger: "#9c0006"},
			dark:  [ui.NumRoles]colorCode{ui.Plain: defaultColor, ui.Emphasis: defaultColor, ui.Muted: defaultColor, ui.Accent: "#5cf2ff", ui.Success: "#5dff6e", ui.Warning: "#ffe14a", ui.Danger: "#ff9a92"},
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
