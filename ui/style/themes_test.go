package style

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// Every theme says of every role how it looks, on both backgrounds, and what is
// to be told apart differs.
func TestThemes(t *testing.T) {
	for _, p := range palettes() {
		for background, shades := range map[string]*[NumRoles]colorCode{"light": &p.light, "dark": &p.dark} {
			for r, s := range shades {
				_, err := strconv.ParseUint(strings.TrimPrefix(string(s), "#"), 16, 24)
				if s != defaultColor && err != nil {
					t.Errorf("%s, %s: role %d has the color %q", p.name, background, r, s)
				}
			}
			for i, r := range []Role{Success, Warning, Danger, Accent} {
				for _, other := range append([]Role{Plain}, []Role{Success, Warning, Danger, Accent}[:i]...) {
					if shades[r] == shades[other] {
						t.Errorf("%s, %s: the roles %d and %d look the same", p.name, background, r, other)
					}
				}
			}
		}
		if p.description == "" {
			t.Errorf("nothing is said about %s", p.name)
		}
	}
	for _, p := range palettes() {
		if got := PaletteOf(p.name); got.name != p.name {
			t.Errorf("%s is found as %s", p.name, got.name)
		}
	}
	if Themes()[0].Name != "terminal" || PaletteOf("").name != "terminal" || PaletteOf("none").name != "terminal" {
		t.Error("the terminal's own colors are not those without a choice")
	}
}

// luminance is the relative luminance of WCAG 2.1.
func luminance(s colorCode) float64 {
	n, _ := strconv.ParseUint(string(s[1:]), 16, 24)
	channel := func(shift int) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*channel(16) + 0.7152*channel(8) + 0.0722*channel(0)
}

// Colors of a theme's own can be read on the background it is for: 4.5 to 1,
// as WCAG asks for text, and 7 to 1 where contrast is what it is for.
func TestThemesCanBeRead(t *testing.T) {
	const black, nearlyBlack, white, nearlyWhite = "#000000", "#1e1e1e", "#ffffff", "#f4f4f4"
	for _, p := range palettes() {
		least := 4.5
		if p.name == "contrast" {
			least = 7
		}
		check := func(shades [NumRoles]colorCode, backgrounds ...colorCode) {
			for r, s := range shades {
				if !strings.HasPrefix(string(s), "#") {
					continue
				}
				for _, b := range backgrounds {
					a, b := luminance(s), luminance(b)
					if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < least {
						t.Errorf("%s: role %d (%s) has a contrast of %.1f to 1", p.name, r, s, ratio)
					}
				}
			}
		}
		if p.name != "dark" {
			check(p.light, white, nearlyWhite)
		}
		if p.name != "light" {
			check(p.dark, black, nearlyBlack)
		}
	}
}
