package tui

import (
	"image/color"
	"io"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"lotop/ui/style"
)

// report tells the screen what the terminal is like.
func (d *driver) report(profile colorprofile.Profile, background color.Color) {
	d.send(tea.ColorProfileMsg{Profile: profile})
	d.send(tea.BackgroundColorMsg{Color: background})
}

func TestGoldenThemes(t *testing.T) {
	for _, theme := range style.Themes() {
		t.Run(theme.Name, func(t *testing.T) {
			var out strings.Builder
			for _, background := range []color.Color{color.White, color.Black} {
				d := startWith(t, Options{Theme: theme.Name}, 60, 12)
				d.report(colorprofile.TrueColor, background)
				d.source.snap = changed()
				d.pass(time.Second)
				out.WriteString(d.m.screen() + "\n")
			}
			golden.RequireEqual(t, out.String())
		})
	}
}

// No theme brings colors to where none are wanted, whatever the terminal can show, and
// neither do own colors.
func TestNoColorInAnyTheme(t *testing.T) {
	want := startWith(t, Options{Color: "never"}, 100, 30).m.screen()
	own := map[string]string{"text": "#ff0000", "danger": "9"}
	for _, theme := range style.Themes() {
		d := startWith(t, Options{Color: "never", Theme: theme.Name, Colors: own}, 100, 30)
		d.report(colorprofile.TrueColor, color.White)
		if d.m.screen() != want {
			t.Errorf("%s looks otherwise without colors", theme.Name)
		}
	}
	d := startWith(t, Options{}, 100, 30)
	if d.m.screen() == want {
		t.Error("no colors before the terminal has reported what it can show")
	}
	if d.report(colorprofile.ASCII, nil); d.m.screen() != want {
		t.Error("in a terminal without colors it looks otherwise than without colors")
	}
}

// The theme can be changed while the screen shows, and own colors stay.
func TestSetTheme(t *testing.T) {
	d := startWith(t, Options{Colors: map[string]string{"accent": "#123456"}}, 100, 30)
	d.report(colorprofile.TrueColor, color.Black)
	text, seen := ansi.Strip(d.m.screen()), map[string]string{}
	for _, theme := range append(style.Themes(), style.Themes()[0]) {
		d.m.setTheme(theme.Name)
		frame := d.m.screen()
		if ansi.Strip(frame) != text {
			t.Errorf("%s changes the text", theme.Name)
		}
		if !strings.Contains(frame, "\x1b[38;2;18;52;86m") {
			t.Errorf("%s: the own accent color is gone", theme.Name)
		}
		for other, same := range seen {
			if (same == frame) != (other == theme.Name) {
				t.Errorf("%s and %s: the same frame is %v", other, theme.Name, same == frame)
			}
		}
		seen[theme.Name] = frame
	}
}

// The selected row has its tint from the first cell to the last, and only that row.
func TestSelectedRowIsTinted(t *testing.T) {
	for profile, want := range map[colorprofile.Profile]string{colorprofile.TrueColor: "48;2;48;48;48", colorprofile.ANSI256: "48;5;236", colorprofile.ANSI: "\x1b[7m"} {
		for _, width := range []int{40, 80, 120} {
			d := startWith(t, Options{}, width, 24)
			d.report(profile, color.Black)
			d.press("down")
			for y, line := range strings.Split(d.m.screen(), "\n") {
				if is := strings.Contains(line, "▸"); strings.Contains(line, want) != is {
					t.Errorf("%v, %d cells, line %d: %q", profile, width, y, line)
				} else if is && (ansi.StringWidth(line) != width || !allIn(line, want)) {
					t.Errorf("%v, %d cells: not the whole row: %q", profile, width, line)
				}
			}
		}
	}
}

// allIn reports whether every character stands behind an escape sequence with a code.
func allIn(line, code string) bool {
	in := false
	for line != "" {
		if end := strings.IndexByte(line, 'm'); line[0] == '\x1b' {
			in, line = strings.Contains(line[:end+1], code), line[end+1:]
			continue
		}
		if !in {
			return false
		}
		line = line[1:]
	}
	return true
}

// --color=always takes no colors from a terminal that has more than 16.
func TestColorsAlways(t *testing.T) {
	for _, c := range []struct {
		environ string
		want    colorprofile.Profile
	}{
		{"TERM=xterm-256color COLORTERM=truecolor TTY_FORCE=1", colorprofile.TrueColor},
		{"TERM=xterm-256color TTY_FORCE=1", colorprofile.ANSI256},
		{"TERM=xterm-256color NO_COLOR=1 TTY_FORCE=1", colorprofile.ANSI},
		{"TERM=dumb", colorprofile.ANSI},
	} {
		if got := colorsAlways(io.Discard, strings.Fields(c.environ)); got != c.want {
			t.Errorf("%s: %v, not %v", c.environ, got, c.want)
		}
	}
}
