package style

import (
	"image/color"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

func TestCheckColor(t *testing.T) {
	for s, want := range map[string]colorCode{
		"#88c0d0": "#88c0d0", "#88C0D0": "#88c0d0", "9": "9", "0": "0", "255": "255", "007": "7",
		"red": "1", "bright-red": "9", "Bright-Black": "8", "white": "7", "default": defaultColor,
	} {
		if got, err := parseColor(s); got != want || err != nil || CheckColor(s) != nil {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, name := range ColorNames() {
		if err := CheckColor(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	for s, want := range map[string]string{
		"#88c0d": "expected six hexadecimal digits, such as #88c0d0", "#88c0d0f": "expected six", "#+8c0d0": "expected six", "#gggggg": "expected six",
		"": "must be #rrggbb, a number from 0 to 255, or one of: default, black, red,", "256": "must be #rrggbb", "-1": "must be #rrggbb", "+1": "must be #rrggbb", "rot": "must be #rrggbb", "88c0d0": "must be #rrggbb",
	} {
		if err := CheckColor(s); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// Own colors replace those of any theme, on any background, and nothing else.
func TestWithColors(t *testing.T) {
	own := map[string]string{"accent": "#123456", "danger": "bright-magenta", "good": "208", "quiet": "default", "rot": "#ffffff", "notice": "nonsense"}
	for _, p := range palettes() {
		for _, background := range []color.Color{nil, color.Black, color.White} {
			before, theme := NewTheme(p, colorprofile.TrueColor, background), NewTheme(p.WithColors(own), colorprofile.TrueColor, background)
			for r, want := range map[Role]string{
				Accent: "\x1b[38;2;18;52;86m", Danger: "\x1b[95m", Success: "\x1b[38;5;208m", Muted: "",
				Warning: rendered(&before, Warning, false), Plain: rendered(&before, Plain, false), Emphasis: rendered(&before, Emphasis, false),
			} {
				if got := rendered(&theme, r, false); got != want {
					t.Errorf("%s on %v: role %d is %q, not %q", p.name, background, r, got, want)
				}
			}
		}
	}
	theme := NewTheme(PaletteOf("dracula").WithColors(map[string]string{"text": "#fedcba"}), colorprofile.TrueColor, nil)
	if plain, bold := rendered(&theme, Plain, false), rendered(&theme, Emphasis, false); plain != "\x1b[38;2;254;220;186m" || bold != "\x1b[1;38;2;254;220;186m" {
		t.Errorf("text %q, emphasis %q", plain, bold)
	}
}

// An own color is as asked for outside the selected row, however dim it is, with as
// many colors as there are; on the tint it is made legible.
func TestOwnColorsInTheSelectedRow(t *testing.T) {
	for code, want := range map[string][2]string{
		"#404040": {"\x1b[38;2;64;64;64m", "\x1b[38;5;238m"},
		"black":   {"\x1b[30m", "\x1b[30m"},
		"238":     {"\x1b[38;5;238m", "\x1b[38;5;238m"},
	} {
		p := PaletteOf("terminal").WithColors(map[string]string{"danger": code})
		for i, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
			theme := NewTheme(p, profile, color.Black)
			if got := rendered(&theme, Danger, false); got != want[i] {
				t.Errorf("%s, %v: %q", code, profile, got)
			}
			c := cellsOf(t, rendered(&theme, Danger, true)+"x")[0]
			if ratio := contrast(c.foreground, c.background); ratio < readable {
				t.Errorf("%s, %v: a contrast of %.1f in the selected row", code, profile, ratio)
			}
		}
	}
	theme := NewTheme(PaletteOf("nord").WithColors(map[string]string{"danger": "#ff0000"}), colorprofile.ANSI, color.Black)
	if got := rendered(&theme, Danger, false); got != "\x1b[38;2;255;0;0m" {
		t.Errorf("with 16 colors: %q, which the terminal's writer takes the nearest of", got)
	}
}
