package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
)

// asciiScreen is a scenario on a screen without lotop's signs.
func asciiScreen(t *testing.T, s scenario, width, height int) *driver {
	t.Helper()
	d := prepare(t, street(), Options{ASCII: true})
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	s.play(d)
	return d
}

func TestGoldenASCII(t *testing.T) {
	all := scenarios()
	details := slices.IndexFunc(all, func(s scenario) bool { return s.name == "details-pair" })
	for _, i := range []int{0, details} {
		t.Run(all[i].name, func(t *testing.T) {
			golden.RequireEqual(t, asciiScreen(t, all[i], 80, 24).text()+"\n")
		})
	}
}

// Whatever is shown, nothing but names from outside is beyond ASCII, and no line is
// wider or narrower than with signs.
func TestASCIIScreens(t *testing.T) {
	const names = "服务器🚀端口" // of processes and their arguments
	for _, size := range [][2]int{{40, 12}, {80, 24}, {120, 30}, {200, 50}} {
		for _, s := range scenarios() {
			d := asciiScreen(t, s, size[0], size[1])
			lines := strings.Split(ansi.Strip(d.m.screen()), "\n")
			d.m.ascii = false
			for i, with := range strings.Split(ansi.Strip(d.m.screen()), "\n") {
				if bad := strings.Trim(keepNonASCII(lines[i]), names); bad != "" {
					t.Errorf("%s at %dx%d: %q in %q", s.name, size[0], size[1], bad, lines[i])
				}
				if ansi.StringWidth(lines[i]) != ansi.StringWidth(with) {
					t.Errorf("%s at %dx%d: another width:\n%s\n%s", s.name, size[0], size[1], lines[i], with)
				}
			}
		}
	}
}

func keepNonASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return -1
		}
		return r
	}, s)
}
