package tui

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"lotop/model"
)

// startWith opens the screen as configured.
func startWith(t *testing.T, o Options, width, height int) *driver {
	t.Helper()
	d := prepare(t, street(), o)
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
}

// Every theme says of every role how it looks, on both backgrounds, and what is
// to be told apart differs.
func TestThemes(t *testing.T) {
	for _, p := range palettes() {
		for background, shades := range map[string]*[numRoles]colorCode{"light": &p.light, "dark": &p.dark} {
			for r, s := range shades {
				_, err := strconv.ParseUint(strings.TrimPrefix(string(s), "#"), 16, 24)
				if s != defaultColor && err != nil {
					t.Errorf("%s, %s: role %d has the colour %q", p.name, background, r, s)
				}
			}
			for i, r := range []role{success, warning, danger, accent} {
				for _, other := range append([]role{plain}, []role{success, warning, danger, accent}[:i]...) {
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
		if got := paletteOf(p.name); got.name != p.name {
			t.Errorf("%s is found as %s", p.name, got.name)
		}
	}
	if Themes()[0].Name != "terminal" || paletteOf("").name != "terminal" || paletteOf("none").name != "terminal" {
		t.Error("the terminal's own colours are not those without a choice")
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

// Colours of a theme's own can be read on the background it is for: 4.5 to 1,
// as WCAG asks for text, and 7 to 1 where contrast is what it is for.
func TestThemesCanBeRead(t *testing.T) {
	const black, nearlyBlack, white, nearlyWhite = "#000000", "#1e1e1e", "#ffffff", "#f4f4f4"
	for _, p := range palettes() {
		least := 4.5
		if p.name == "contrast" {
			least = 7
		}
		check := func(shades [numRoles]colorCode, backgrounds ...colorCode) {
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

func TestGoldenThemes(t *testing.T) {
	for _, theme := range Themes() {
		t.Run(theme.Name, func(t *testing.T) {
			var out strings.Builder
			for _, dark := range []bool{false, true} {
				d := startWith(t, Options{Theme: theme.Name}, 60, 12)
				d.m.dark = dark
				d.m.rebuildTheme()
				d.source.snap = changed()
				d.pass(time.Second)
				out.WriteString(d.m.screen() + "\n")
			}
			golden.RequireEqual(t, out.String())
		})
	}
}

// No theme brings colours to where none are wanted.
func TestNoColourInAnyTheme(t *testing.T) {
	want := startWith(t, Options{Color: "never"}, 100, 30).m.screen()
	for _, theme := range Themes() {
		if got := startWith(t, Options{Color: "never", Theme: theme.Name}, 100, 30).m.screen(); got != want {
			t.Errorf("%s looks otherwise without colours", theme.Name)
		}
	}
}

func TestColumnsAsChosen(t *testing.T) {
	titles := func(o Options, width int) []string {
		d := startWith(t, o, width, 30)
		return strings.Fields(strings.NewReplacer("↑", "", "REMOTE / CLIENTS", "REMOTE").Replace(d.lines()[2]))
	}
	for _, c := range []struct {
		columns string
		width   int
		want    string
	}{
		{"process pid local", 200, "PROCESS PID LOCAL"},
		{"command user proto", 200, "COMMAND USER PROTO"},
		{"age local state process", 40, "LOCAL PROCESS"},
		{"age user state", 40, "AGE USER STATE"},
		{"command", 40, "COMMAND"},
		{"in out local", 100, "LOCAL"},
	} {
		if got := titles(Options{Columns: strings.Fields(c.columns)}, c.width); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s in %d cells: %v", c.columns, c.width, got)
		}
	}
	for _, width := range []int{40, 80, 200} {
		if got, want := titles(Options{Columns: Columns()}, width), titles(Options{}, width); !slices.Equal(got, want) {
			t.Errorf("all columns in %d cells: %v, not %v", width, got, want)
		}
	}
	d := startWith(t, Options{Columns: []string{"process", "pid", "local"}}, 100, 30)
	d.press("s") // from an order by local round to the first
	if d.m.shape.Order.Column != model.ByProcess {
		t.Errorf("ordered by %v", d.m.shape.Order.Column)
	}
	d = startWith(t, Options{Columns: []string{"command"}}, 100, 30)
	d.press("s", "<", ">", "enter") // there is nothing to order by
}

func TestKeysAsBound(t *testing.T) {
	o := Options{Keys: map[string][]string{
		"free": {"X"}, "up": {"i"}, "down": {"n", "ctrl+n"}, "back": {"backspace"}, "pause": {}, "all": nil, "quit": {"f10"},
	}}
	d := startWith(t, o, 120, 60)
	d.wants("i n move", "X free port", "f10 quit")
	d.wantsNot("p pause")
	for _, no := range []string{"p", "space", "a", "q", "down", "j"} {
		if d.press(no); d.m.paused || d.m.shape.AllHosts || len(d.left) > 0 || d.m.rows.cursor != 0 {
			t.Errorf("%s still does something", no)
		}
	}
	if d.press("n", "ctrl+n", "i"); d.m.rows.cursor != 1 {
		t.Errorf("row %d is selected", d.m.rows.cursor)
	}
	d.press("enter")
	d.wants("X free · y copy · o open · backspace back")
	d.press("backspace", "?")
	d.wants("n ctrl+n     down", "X            free port")
	d.wantsNot("pause", "toggle all hosts")
	d.press("esc", "/")
	d.typeIn("nosuchthing")
	d.press("enter")
	d.wants("backspace clears the filter")
	d.wantsNot("esc clears", "shows all hosts")
	if d.press("f10"); len(d.left) != 1 {
		t.Errorf("f10: %v", d.left)
	}
}

// Every action of the key map has a name of its own, but for the keys that work
// wherever something is typed.
func TestActions(t *testing.T) {
	d := defaultKeys()
	if got, want := len(d.entries()), len(bindings(d)); got != want {
		t.Errorf("%d actions for %d bindings", got, want)
	}
	names := map[string]bool{}
	for _, a := range Actions() {
		if a.Name == "" && a.Keys[0] != "ctrl+c" && a.Keys[0] != "ctrl+z" || a.Name != "" && names[a.Name] {
			t.Errorf("the name of %q is %q", a.Description, a.Name)
		}
		names[a.Name] = true
		for _, k := range a.Keys {
			if got, err := ParseKey(k); err != nil || got != k {
				t.Errorf("%s is read as %s, %v", k, got, err)
			}
			if got := keyPress(k).String(); got != k {
				t.Errorf("%s is told as %s", k, got)
			}
		}
	}
}

func TestParseKey(t *testing.T) {
	for s, want := range map[string]string{
		"x": "x", "X": "X", "é": "é", "+": "+", " ": "space", "Space": "space", "shift+x": "X", "Ctrl+X": "ctrl+x",
		"ctrl++": "ctrl++", "ctrl+-": "ctrl+-", "alt+ctrl+a": "ctrl+alt+a", "Shift+Tab": "shift+tab", "F12": "f12",
		"PageDown": "pgdown", "escape": "esc", "return": "enter", "ctrl+space": "ctrl+space", "alt+ ": "alt+space",
		"": "", "xx": "", "ctrl": "", "ctrl+": "", "+x": "", "ctlr+x": "", "ctrl+ctrl+x": "", "f0": "", "f25": "", "f1x": "",
		"ctrl+m": "", "ctrl+[": "", "shift+1": "", "\x1b": "", "\n": "", "\xff": "", "\u202e": "",
	} {
		got, err := ParseKey(s)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q gives %q, %v; not %q", s, got, err, want)
		}
	}
}
