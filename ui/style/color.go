package style

import (
	"errors"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// colorCode is the number of a color, #rrggbb, or defaultColor. The numbers up to 15
// are the terminal's own colors, 16 to 255 are the same in every terminal.
type colorCode string

// defaultColor is the terminal's text color.
const defaultColor colorCode = "default"

// basicNames are the names of the terminal's 16 colors, by number.
var basicNames = [...]string{
	"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white",
	"bright-black", "bright-red", "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white",
}

// ColorNames returns the names of the terminal's 16 colors in the configuration, by
// number. Besides them there is default, the terminal's text color.
func ColorNames() []string { return slices.Clone(basicNames[:]) }

// CheckColor returns what is wrong with a color of the configuration, nil if it is one.
func CheckColor(s string) error {
	_, err := parseColor(s)
	return err
}

func parseColor(s string) (colorCode, error) {
	s = strings.ToLower(s)
	if digits, is := strings.CutPrefix(s, "#"); is {
		if _, err := strconv.ParseUint(digits, 16, 32); err == nil && len(digits) == len("rrggbb") {
			return colorCode(s), nil
		}
		return "", errors.New("expected six hexadecimal digits, such as #88c0d0")
	}
	if n, err := strconv.ParseUint(s, 10, 8); err == nil {
		return colorCode(strconv.FormatUint(n, 10)), nil
	}
	if i := slices.Index(basicNames[:], s); i >= 0 {
		return colorCode(strconv.Itoa(i)), nil
	}
	if s == string(defaultColor) {
		return defaultColor, nil
	}
	return "", errors.New("must be #rrggbb, a number from 0 to 255, or one of: default, " + strings.Join(ColorNames(), ", "))
}

// number returns the number of a color that has one.
func (c colorCode) number() (n uint8, ok bool) {
	wide, err := strconv.ParseUint(string(c), 10, 8)
	return uint8(wide), err == nil
}

// isRGB reports whether a color is #rrggbb.
func (c colorCode) isRGB() bool { return strings.HasPrefix(string(c), "#") }

// rgb returns the shade of a color, which is not the default. Only the terminal
// knows its own 16: for them it is a shade that most show in a similar way.
func (c colorCode) rgb() color.Color {
	n, ok := c.number()
	switch {
	case ok && n < 16:
		return lipgloss.Color(vga[n])
	case ok:
		return ansi.IndexedColor(n)
	}
	return lipgloss.Color(string(c))
}

// vga are the 16 colors of VGA's text mode, which the Linux console and PuTTY have,
// too.
var vga = [16]string{
	"#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
	"#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff",
}
