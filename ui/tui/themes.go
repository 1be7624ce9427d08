package tui

// A palette names the colour of every role, on a light background and on a dark
// one. The background itself is left to the terminal.
type palette struct {
	name        string
	about       string
	light, dark [numRoles]shade
}

// shade is a number of the terminal's own 16 colours, or #rrggbb, which is
// drawn with the nearest colour that the terminal has; own is its text colour.
type shade string

const own shade = "own"

// palettes are the themes, the one without a choice first.
func palettes() []palette {
	light := [numRoles]shade{
		plain: own, strong: own, quiet: "#667080", accent: "#0a6880", good: "#2b7333", notice: "#855900", danger: "#b02a22",
	}
	dark := [numRoles]shade{
		plain: own, strong: own, quiet: "#8b93a1", accent: "#7cc4d4", good: "#97c98b", notice: "#dcbd74", danger: "#ee8b82",
	}
	return []palette{
		{
			name: "terminal", about: "the terminal's 16-color palette",
			light: [numRoles]shade{plain: own, strong: own, quiet: "8", accent: "6", good: "2", notice: "3", danger: "1"},
			dark:  [numRoles]shade{plain: own, strong: own, quiet: "8", accent: "14", good: "10", notice: "11", danger: "9"},
		},
		{name: "light", about: "muted colors for light backgrounds", light: light, dark: light},
		{name: "dark", about: "muted colors for dark backgrounds", light: dark, dark: dark},
		{
			name: "contrast", about: "high contrast, no dimmed text",
			light: [numRoles]shade{plain: own, strong: own, quiet: own, accent: "#00418a", good: "#00561b", notice: "#654000", danger: "#9c0006"},
			dark:  [numRoles]shade{plain: own, strong: own, quiet: own, accent: "#5cf2ff", good: "#5dff6e", notice: "#ffe14a", danger: "#ff9a92"},
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
func Themes() []Named {
	var all []Named
	for _, p := range palettes() {
		all = append(all, Named{p.name, p.about})
	}
	return all
}

// Named is a word of the configuration with what it means.
type Named struct{ Name, About string }
