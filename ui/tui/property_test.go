package tui

import (
	"flag"
	"fmt"
	"testing"

	tea "charm.land/bubbletea/v2"
)

var everySize = flag.Bool("every-size", false, "let TestEverySize draw every scenario at every size up to 60×30")

// drawn reports whether TestEverySize draws scenario i at a size: at all small sizes,
// and at a sixth of the larger ones, each of which another scenario has instead.
func drawn(i, width, height int) bool {
	switch {
	case *everySize, width <= 20 && height <= 12:
		return true
	case testing.Short():
		return false
	}
	return (width+3*height+i)%6 == 0
}

// TestEverySize checks that every frame is exactly as high as the terminal and
// never wider, whatever is open and however small it gets.
func TestEverySize(t *testing.T) {
	const widths, heights = 60, 30
	for i, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			d := start(t, street(), 80, 24)
			s.play(d)
			for width := 1; width <= widths; width++ {
				for height := 1; height <= heights; height++ {
					if !drawn(i, width, height) {
						continue
					}
					d.send(tea.WindowSizeMsg{Width: width, Height: height})
					d.lines()
					if t.Failed() {
						t.Fatalf("at %d×%d:\n%s", width, height, d.m.screen())
					}
				}
			}
			d.send(tea.WindowSizeMsg{})
			if got := d.m.screen(); got != "" {
				t.Errorf("without a size: %q", got)
			}
		})
	}
}

// A scene opens at any size as well, and keys do no harm there.
func TestKeysAtEverySize(t *testing.T) {
	keys := []string{"down", "pgdown", "G", "enter", "pgdown", "down", "tab", "/", "a", "esc", "?", "pgdown", "down", "q", "down", "pgdown", "esc", "esc", "x", "n", "S", ">", "pgup", "g"}
	for width := 1; width <= 60; width += 7 {
		for height := 1; height <= 30; height += 3 {
			t.Run(fmt.Sprintf("%dx%d", width, height), func(t *testing.T) {
				d := start(t, street(), width, height)
				for _, k := range keys {
					d.press(k)
					d.lines()
				}
				d.send(tea.MouseWheelMsg{X: 1, Y: 5, Button: tea.MouseWheelDown})
				for y := range height {
					d.send(tea.MouseClickMsg{X: width / 2, Y: y, Button: tea.MouseLeft})
					d.lines()
				}
			})
		}
	}
}

// Names, commands and errors come from outside: nothing in them reaches the
// terminal as it is.
func TestHarmful(t *testing.T) {
	const evil = "a\x1b]0;title\x07\x9b31m\u202e\r\nb\xff"
	snap := street()
	p := proc(2001, 1500, 0, evil, evil)
	snap.Processes[2001] = p
	d := start(t, snap, 120, 40)
	for _, keys := range [][]string{{"enter"}, {"esc"}, {"x"}, {"n"}} {
		d.selectRow("127.0.0.1:3000")
		d.press(keys...)
		d.lines()
	}
	d.press("/")
	d.send(tea.PasteMsg{Content: "nothing" + evil})
	d.lines()
	d.press("enter", "tab", "tab", "tab")
	d.lines()
	d.source.err = fmt.Errorf("read: %s", evil)
	d.pass(2 * d.m.interval)
	d.lines()
}
