package style

// The well-known palettes. Each has two sets of shades, for its own dark and light
// background, and was made for code on that background, not for contrast. A comment
// names a shade that is not the original, which was below 4.5 to 1: such a shade was
// mixed with white or black until it was not. Shades for light backgrounds are also
// legible on white and on #f4f4f4, those for dark ones on black.

// solarized is Ethan Schoonover's palette of 2011, https://ethanschoonover.com/solarized.
// Its dimmed tones (base01 on dark, base1 on light) have a contrast of 2.8 and 2.5, so
// the tone of its ordinary text is the quiet one here, and text has the next
// but two.
func solarized() Palette {
	return Palette{
		name: "solarized", description: "Solarized, dark or light as the background is", least: readable,
		dark: shades{
			ground: "#002b36", tint: "#073642", text: "#eee8d5",
			roles: [NumRoles]colorCode{
				Plain: "#eee8d5", Emphasis: "#eee8d5", Muted: "#839496", Accent: "#2aa198", Success: "#859900", Warning: "#b58900",
				Danger: "#e56563", // red is #dc322f
			},
		},
		light: shades{
			ground: "#fdf6e3", tint: "#eee8d5", text: "#073642",
			roles: [NumRoles]colorCode{
				Plain: "#073642", Emphasis: "#073642", Muted: "#586e75",
				Accent:  "#207b74", // cyan is #2aa198
				Success: "#667600", // green is #859900
				Warning: "#8c6a00", // yellow is #b58900
				Danger:  "#d1302d", // red is #dc322f
			},
		},
	}
}

// gruvbox is Pavel Pertsev's palette, https://github.com/morhetz/gruvbox: its bright
// colors on dark0, its faded ones on light0. The accent is its blue, because its aqua
// is too near to its green.
func gruvbox() Palette {
	return Palette{
		name: "gruvbox", description: "Gruvbox, dark or light as the background is", least: readable,
		dark: shades{
			ground: "#282828", tint: "#3c3836", text: "#ebdbb2",
			roles: [NumRoles]colorCode{
				Plain: "#ebdbb2", Emphasis: "#ebdbb2", Muted: "#a89984", Accent: "#83a598", Success: "#b8bb26", Warning: "#fabd2f",
				Danger: "#fb5642", // bright_red is #fb4934
			},
		},
		light: shades{
			ground: "#fbf1c7", tint: "#ebdbb2", text: "#3c3836",
			roles: [NumRoles]colorCode{
				Plain: "#3c3836", Emphasis: "#3c3836", Muted: "#665c54", Accent: "#076678",
				Success: "#746f0d", // faded_green is #79740e
				Warning: "#966211", // faded_yellow is #b57614
				Danger:  "#9d0006",
			},
		},
	}
}

// nord is the palette of Arctic Ice Studio and Sven Greb, https://www.nordtheme.com:
// on nord0 and on nord6. Its colors are for dark backgrounds; on the light one all but
// the grays are darker here.
func nord() Palette {
	return Palette{
		name: "nord", description: "Nord, dark or light as the background is", least: readable,
		dark: shades{
			ground: "#2e3440", tint: "#3b4252", text: "#d8dee9",
			roles: [NumRoles]colorCode{
				Plain: "#d8dee9", Emphasis: "#d8dee9", Accent: "#88c0d0", Success: "#a3be8c", Warning: "#ebcb8b",
				Muted:  "#979da9", // nord3 is #4c566a
				Danger: "#d08a91", // nord11 is #bf616a
			},
		},
		light: shades{
			ground: "#eceff4", tint: "#d8dee9", text: "#2e3440",
			roles: [NumRoles]colorCode{
				Plain: "#2e3440", Emphasis: "#2e3440", Muted: "#4c566a",
				Accent:  "#506e93", // nord10 is #5e81ac
				Success: "#617153", // nord14 is #a3be8c
				Warning: "#7a6a48", // nord13 is #ebcb8b
				Danger:  "#a4535b", // nord11 is #bf616a
			},
		},
	}
}

// dracula is the palette of https://draculatheme.com/spec: Dracula Classic, and on a
// light background its counterpart, Alucard Classic.
func dracula() Palette {
	return Palette{
		name: "dracula", description: "Dracula, or Alucard on a light background", least: readable,
		dark: shades{
			ground: "#282a36", tint: "#44475a", text: "#f8f8f2",
			roles: [NumRoles]colorCode{
				Plain: "#f8f8f2", Emphasis: "#f8f8f2", Accent: "#8be9fd", Success: "#50fa7b", Warning: "#f1fa8c", Danger: "#ff5555",
				Muted: "#8591b8", // the comment color is #6272a4
			},
		},
		light: shades{
			ground: "#fffbeb", tint: "#cfcfde", text: "#1f1f1f",
			roles: [NumRoles]colorCode{
				Plain: "#1f1f1f", Emphasis: "#1f1f1f", Muted: "#6c664b", Accent: "#036a96", Success: "#14710a", Warning: "#846e15", Danger: "#cb3a2a",
			},
		},
	}
}
