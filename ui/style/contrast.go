package style

import (
	"image/color"
	"math"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
)

// Contrasts, as ratios to one.
const (
	readable    = 4.5  // of text, by WCAG 2.2, success criterion 1.4.3 (AA)
	veryLegible = 7    // of text, by WCAG 2.2, success criterion 1.4.6 (AAA)
	leastTint   = 1.1  // of the selected row's background with that of the screen
	visibleTint = 1.25 // of one that is made for the screen's
	mostTint    = 1.4  // of one that stands in for the palette's
)

// luminance is the relative luminance of WCAG 2.2: 0 for black, 1 for white.
func luminance(c color.Color) float64 {
	channel := func(n uint32) float64 {
		c := float64(n) / 0xffff
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	r, g, b, _ := c.RGBA()
	return 0.2126*channel(r) + 0.7152*channel(g) + 0.0722*channel(b)
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// isDark reports whether white text has more contrast with a background than black.
func isDark(background color.Color) bool {
	return contrast(background, color.White) > contrast(background, color.Black)
}

// picker picks the shades that a profile has for the colors of roles on a background.
type picker struct {
	profile    colorprofile.Profile
	background color.Color
	least      float64 // contrast with the background
	picked     map[colorCode]color.Color
}

func newPicker(p colorprofile.Profile, background color.Color, least float64) *picker {
	return &picker{p, background, least, map[colorCode]color.Color{}}
}

// pick returns the shade nearest to the color of a role that has enough contrast. Of
// 256 colors it is none that was picked for another color, so that roles stay apart.
func (p *picker) pick(r Role, c colorCode) color.Color {
	shade, again := p.picked[c]
	if again {
		return shade
	}
	shade = legible(c.rgb(), p.background, p.least)
	if p.profile == colorprofile.ANSI256 {
		shade = nearest(shade, r.hasHue(), p.allows)
	}
	p.picked[c] = shade
	return shade
}

// pickOrder is the order in which roles choose: a hue has fewer shades than a gray, and
// greens are many.
var pickOrder = [NumRoles]Role{Danger, Warning, Success, Accent, Plain, Emphasis, Muted}

// hasHue reports whether a role is told by its hue.
func (r Role) hasHue() bool { return r >= Accent && r <= Danger }

func (p *picker) allows(candidate color.Color) bool {
	for _, shade := range p.picked {
		if shade == candidate {
			return false
		}
	}
	return contrast(candidate, p.background) >= p.least
}

// legible mixes c with white on a dark background, and with black on a light one,
// until it has enough contrast.
func legible(c, background color.Color, least float64) color.Color {
	var end uint32 // black
	if isDark(background) {
		end = 0xff
	}
	const steps = 100
	for i := range uint32(steps + 1) {
		mixed := func(n uint32) uint8 { return uint8((n>>8*(steps-i) + end*i + steps/2) / steps) }
		r, g, b, _ := c.RGBA()
		if s := (color.RGBA{mixed(r), mixed(g), mixed(b), 0xff}); contrast(s, background) >= least {
			return s
		}
	}
	return color.RGBA{uint8(end), uint8(end), uint8(end), 0xff} // the most that there is
}

// nearest returns the nearest allowed one of the 240 colors that are the same in every
// terminal with 256; the 16 before them are the terminal's own.
func nearest(c color.Color, byHue bool, allowed func(color.Color) bool) color.Color {
	best, shortest := ansi.IndexedColor(16), math.Inf(1)
	for i := 16; i < 256; i++ {
		candidate := ansi.IndexedColor(i)
		if far := distance(c, candidate, byHue); far < shortest && allowed(candidate) {
			best, shortest = candidate, far
		}
	}
	return best
}

// distance is how far a shade is from c. By hue, another lightness is better than
// another hue: gray is no substitute for a dark green.
func distance(c, shade color.Color, byHue bool) float64 {
	const otherHue = 100 * 100
	y1, b1, r1 := lumaAndChroma(c)
	y2, b2, r2 := lumaAndChroma(shade)
	far := (y1-y2)*(y1-y2) + (b1-b2)*(b1-b2) + (r1-r2)*(r1-r2)
	if byHue {
		cosine := (b1*b2 + r1*r2) / (max(math.Hypot(b1, r1), 1) * max(math.Hypot(b2, r2), 1))
		far += (1 - cosine) * otherHue
	}
	return far
}

// lumaAndChroma takes a color apart as in Rec. 709, without the scaling of its chroma.
func lumaAndChroma(c color.Color) (y, b, r float64) {
	red, green, blue, _ := c.RGBA()
	y = (0.2126*float64(red) + 0.7152*float64(green) + 0.0722*float64(blue)) / 0x101
	return y, float64(blue)/0x101 - y, float64(red)/0x101 - y
}
