package style

import (
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// The formula of WCAG, by ratios that are known from elsewhere.
func TestContrastFormula(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"#000000", "#ffffff", 21},
		{"#ffffff", "#ffffff", 1},
		{"#767676", "#ffffff", 4.54}, // the lightest gray on white that passes, by WebAIM
		{"#777777", "#ffffff", 4.48},
		{"#ff0000", "#ffffff", 4.00},
		{"#0000ff", "#ffffff", 8.59},
	} {
		for _, got := range []float64{contrast(lipgloss.Color(c.a), lipgloss.Color(c.b)), contrast(lipgloss.Color(c.b), lipgloss.Color(c.a))} {
			if math.Abs(got-c.want) > 0.005 {
				t.Errorf("%s and %s: %.3f, not %.2f", c.a, c.b, got, c.want)
			}
		}
	}
}

// cell is a character with its colors, nil for those of the terminal.
type cell struct {
	text                   string
	foreground, background color.Color
	basic                  int // number of the foreground among the terminal's 16 colors, -1 for others
}

// cellsOf reads text with escape sequences as a terminal does.
func cellsOf(t *testing.T, styled string) []cell {
	t.Helper()
	var all []cell
	now := cell{basic: -1}
	for styled != "" {
		if n := escapeLength(styled); n > 0 {
			now = now.after(t, strings.Split(strings.TrimSuffix(styled[2:n], "m"), ";"))
			styled = styled[n:]
			continue
		}
		r := []rune(styled)[0]
		now.text = string(r)
		all, styled = append(all, now), styled[len(now.text):]
	}
	return all
}

func (c cell) after(t *testing.T, codes []string) cell {
	t.Helper()
	for i := 0; i < len(codes); i++ {
		n, _ := strconv.Atoi(codes[i])
		switch {
		case n == 0:
			c = cell{basic: -1}
		case n >= 30 && n <= 37:
			c.basic = n - 30
		case n >= 90 && n <= 97:
			c.basic = n - 90 + 8
		case n == 38 || n == 48:
			shade, used := fixedColor(t, codes[i+1:])
			if i += used; n == 38 {
				c.foreground = shade
			} else {
				c.background = shade
			}
		case n != 1 && n != 2 && n != 4:
			t.Fatalf("unknown look %q", codes)
		}
	}
	return c
}

// fixedColor is the color behind 38 or 48: 2 and its channels, or 5 and its number in
// xterm's cube of 6 by 6 by 6 or its ramp of grays.
func fixedColor(t *testing.T, codes []string) (c color.Color, used int) {
	t.Helper()
	number := func(i int) uint8 { n, _ := strconv.Atoi(codes[i]); return uint8(n) }
	if codes[0] == "2" {
		return color.RGBA{number(1), number(2), number(3), 0xff}, 4
	}
	n := number(1)
	switch {
	case n < 16:
		t.Fatalf("%v is not fixed", codes)
	case n >= 232:
		gray := 8 + 10*(n-232)
		return color.RGBA{gray, gray, gray, 0xff}, 2
	}
	level := func(n uint8) uint8 { return []uint8{0, 95, 135, 175, 215, 255}[n] }
	return color.RGBA{level((n - 16) / 36), level((n - 16) / 6 % 6), level((n - 16) % 6), 0xff}, 2
}

// Every role of every theme can be read on the background that its shades are for,
// and in the selected row on its tint: 4.5 to 1, as WCAG asks for text, and 7 to 1
// where contrast is what the theme is for. That is so with all colors and with 256.
//
// It is not tested where the terminal decides: text in its own color outside the
// selected row, the theme terminal there (see TestTerminalPalette), and every theme in
// a terminal with 16 colors.
func TestContrast(t *testing.T) {
	for _, p := range palettes() {
		lowest, where := math.Inf(1), ""
		for at, s := range []*shades{&p.dark, &p.light} {
			reported := []color.Color{color.Black, color.White}[at]
			for _, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ANSI256} {
				theme := NewTheme(p, profile, reported)
				for r := range NumRoles {
					inRow := cellsOf(t, rendered(&theme, r, true)+"x")[0]
					pairs := [][2]color.Color{{inRow.foreground, inRow.background}}
					if c := cellsOf(t, rendered(&theme, r, false)+"x")[0]; c.foreground != nil {
						for _, ground := range groundsOf(s) {
							pairs = append(pairs, [2]color.Color{c.foreground, ground})
						}
					}
					for _, pair := range pairs {
						ratio, what := contrast(pair[0], pair[1]), fmt.Sprintf("%s, %v: %v on %v", roleNames[r], profile, pair[0], pair[1])
						if ratio < lowest {
							lowest, where = ratio, what
						}
						if ratio < p.least {
							t.Errorf("%s: %s has a contrast of %.2f to 1", p.name, what, ratio)
						}
					}
				}
			}
		}
		t.Logf("%-10s %.2f %s", p.name, lowest, where)
		if want := map[bool]float64{true: 7, false: 4.5}[p.name == "contrast"]; p.least != want {
			t.Errorf("%s promises %.1f", p.name, p.least)
		}
	}
}

// groundsOf are the backgrounds on which shades must be legible: their own, and the
// usual ones of terminals.
func groundsOf(s *shades) []color.Color {
	if isDark(s.ground.rgb()) {
		return []color.Color{s.ground.rgb(), color.Black, lipgloss.Color("#1e1e1e")}
	}
	return []color.Color{s.ground.rgb(), color.White, lipgloss.Color("#f4f4f4")}
}

// The theme terminal has the colors that the terminal gives them, so its contrast is
// the terminal's affair. With the tables of VGA and xterm it is as listed: on black all
// but VGA's bright black, which is what faint text is in every terminal; on white the
// tables, which were made for black, fail but for red.
func TestTerminalPalette(t *testing.T) {
	xterm := [16]string{
		"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
		"#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff",
	}
	var got []string
	for _, background := range []color.Color{color.Black, color.White} {
		theme := NewTheme(PaletteOf("terminal"), colorprofile.TrueColor, background)
		for r := range NumRoles {
			n := cellsOf(t, rendered(&theme, r, false)+"x")[0].basic
			if n < 0 {
				continue // the terminal's text color
			}
			for name, table := range map[string][16]string{"vga": vga, "xterm": xterm} {
				if ratio := contrast(lipgloss.Color(table[n]), background); ratio < readable {
					got = append(got, fmt.Sprintf("%s on %v in %s: %.1f", roleNames[r], map[bool]string{true: "black", false: "white"}[isDark(background)], name, ratio))
				}
			}
		}
	}
	want := []string{
		"accent on white in vga: 2.9", "accent on white in xterm: 2.0", "good on white in vga: 3.1", "good on white in xterm: 2.2",
		"notice on white in xterm: 1.7", "quiet on black in vga: 2.8", "quiet on white in xterm: 4.0",
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("below 4.5 are\n%s\nnot\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
