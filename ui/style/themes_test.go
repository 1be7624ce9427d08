package style

import (
	"image/color"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// distinct are the roles that are to be told apart.
var distinct = []Role{Plain, Success, Warning, Danger, Accent}

// Every theme says of every role how it looks, on both backgrounds, and what is
// to be told apart differs, with all colors, with 256 and with 16.
func TestThemes(t *testing.T) {
	for _, p := range palettes() {
		for background, s := range map[string]*shades{"light": &p.light, "dark": &p.dark} {
			for what, c := range map[string]colorCode{"ground": s.ground, "tint": s.tint, "text": s.text} {
				if _, err := parseColor(string(c)); err != nil || !c.isRGB() {
					t.Errorf("%s, %s: the %s is %q", p.name, background, what, c)
				}
			}
			for r, c := range s.roles {
				if _, err := parseColor(string(c)); err != nil {
					t.Errorf("%s, %s: role %d has the color %q", p.name, background, r, c)
				}
			}
		}
		if p.description == "" {
			t.Errorf("nothing is said about %s", p.name)
		}
		if got := PaletteOf(p.name); got.name != p.name {
			t.Errorf("%s is found as %s", p.name, got.name)
		}
	}
	if Themes()[0].Name != "terminal" || PaletteOf("").name != "terminal" || PaletteOf("none").name != "terminal" {
		t.Error("the terminal's own colors are not those without a choice")
	}
}

func TestRolesAreToldApart(t *testing.T) {
	for _, p := range palettes() {
		for _, profile := range []colorprofile.Profile{colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
			for _, background := range []color.Color{nil, color.Black, color.White} {
				theme := NewTheme(p, profile, background)
				for _, selected := range []bool{false, true} {
					seen := map[string]Role{}
					for _, r := range distinct {
						if selected && profile == colorprofile.ANSI {
							continue // the bar has no roles
						}
						look := rendered(&theme, r, selected)
						if other, is := seen[look]; is {
							t.Errorf("%s with %v on %v, selected %v: the roles %d and %d look the same", p.name, profile, background, selected, r, other)
						}
						seen[look] = r
					}
				}
			}
		}
	}
}

// With 16 colors a theme has those of the terminal: the nearest of 16 is the same for
// the notice and the danger of half the themes.
func TestSixteenColors(t *testing.T) {
	for _, p := range palettes() {
		for _, background := range []color.Color{nil, color.Black, color.White} {
			theme := NewTheme(p, colorprofile.ANSI, background)
			for r := range NumRoles {
				if c := cellsOf(t, rendered(&theme, r, false)+"x")[0]; c.foreground != nil || c.basic < 0 && r.hasHue() {
					t.Errorf("%s on %v: role %d is %+v", p.name, background, r, c)
				}
			}
			if quiet := rendered(&theme, Muted, false); (quiet == "") != (p.name == "contrast") {
				t.Errorf("%s on %v: quiet text is %q", p.name, background, quiet)
			}
		}
	}
}

// rendered is the escape sequence before a text of a role.
func rendered(theme *Theme, r Role, selected bool) string {
	var b strings.Builder
	theme.Render(&b, Styled(r, "x"), selected)
	before, _, _ := strings.Cut(b.String(), "x")
	return before
}

// Without colors the roles are bold, faint and underlined; reverse is the selected
// row's alone.
func TestWithoutColors(t *testing.T) {
	for _, profile := range []colorprofile.Profile{colorprofile.Unknown, colorprofile.NoTTY, colorprofile.ASCII} {
		for _, p := range palettes() {
			theme := NewTheme(p.WithColors(map[string]string{"danger": "#ff0000"}), profile, color.White)
			for r, want := range map[Role]string{Plain: "", Muted: "\x1b[2m", Accent: "\x1b[4;4m", Success: "", Warning: "", Danger: "", Emphasis: "\x1b[1m"} {
				if got := rendered(&theme, r, false); got != want {
					t.Errorf("%s, %v: role %d is %q, not %q", p.name, profile, r, got, want)
				}
				if got := rendered(&theme, r, true); got != "\x1b[7m" {
					t.Errorf("%s, %v: role %d is %q in the selected row", p.name, profile, r, got)
				}
			}
		}
	}
}

// The selected row is one bar: with 256 colors and more every cell of it has the
// tint and the color of its role, with 16 all of it is in reverse.
func TestSelectedRow(t *testing.T) {
	row := Line{{"+ ", Success}, {"3000", Emphasis}, {"  ", Plain}, {"⚠", Danger}, {" node ", Plain}, {"◇", Accent}, {" 1607", Muted}}
	for _, p := range palettes() {
		for _, background := range []color.Color{nil, color.Black, color.White} {
			for _, profile := range []colorprofile.Profile{colorprofile.ANSI256, colorprofile.TrueColor} {
				theme := NewTheme(p, profile, background)
				var b strings.Builder
				theme.Render(&b, row, true)
				tint, text := cell{}, ""
				for _, c := range cellsOf(t, b.String()) {
					if c.background == nil || c.foreground == nil || tint.background != nil && c.background != tint.background {
						t.Errorf("%s, %v: %+v is not on the tint %+v", p.name, profile, c, tint)
					}
					tint, text = c, text+c.text
				}
				if text != row.String() {
					t.Errorf("%s writes %q", p.name, text)
				}
			}
			theme := NewTheme(p, colorprofile.ANSI, background)
			var b strings.Builder
			if theme.Render(&b, row, true); b.String() != "\x1b[7m"+row.String()+"\x1b[m" {
				t.Errorf("%s with 16 colors: %q", p.name, b.String())
			}
		}
	}
}

// The tint is visible on whatever background the terminal has, its own shade
// included.
func TestTintIsVisible(t *testing.T) {
	var grounds []color.Color
	for gray := 0; gray < 256; gray += 5 {
		grounds = append(grounds, color.Gray{uint8(gray)})
	}
	for _, p := range palettes() {
		for _, s := range []shades{p.light, p.dark} {
			grounds = append(grounds, s.ground.rgb(), s.tint.rgb())
		}
	}
	for _, p := range palettes() {
		for _, background := range grounds {
			for _, profile := range []colorprofile.Profile{colorprofile.ANSI256, colorprofile.TrueColor} {
				theme := NewTheme(p, profile, background)
				for r := range NumRoles {
					c := cellsOf(t, rendered(&theme, r, true)+"x")[0]
					if ratio := contrast(c.background, background); ratio < leastTint {
						t.Fatalf("%s with %v: the tint %v on %v has a contrast of %.2f", p.name, profile, c.background, background, ratio)
					}
					if ratio := contrast(c.foreground, c.background); ratio < p.least {
						t.Fatalf("%s with %v on %v: role %d has a contrast of %.2f on the tint", p.name, profile, background, r, ratio)
					}
				}
			}
		}
	}
}

// As long as the background is not known, text has the terminal's color, and so it
// has in the themes without a color of their own for it.
func TestTextOnUnknownBackground(t *testing.T) {
	for _, p := range palettes() {
		theme := NewTheme(p, colorprofile.TrueColor, nil)
		if plain, bold := rendered(&theme, Plain, false), rendered(&theme, Emphasis, false); plain != "" || bold != "\x1b[1m" {
			t.Errorf("%s: %q, %q", p.name, plain, bold)
		}
		dark, light := NewTheme(p, colorprofile.TrueColor, color.Black), NewTheme(p, colorprofile.TrueColor, color.White)
		wellKnown := p.dark.roles[Plain] != defaultColor
		if (rendered(&dark, Plain, false) != "") != wellKnown || (rendered(&dark, Danger, false) != rendered(&light, Danger, false)) != (p.name != "dark" && p.name != "light") {
			t.Errorf("%s does not follow the background", p.name)
		}
	}
}
