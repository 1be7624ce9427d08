package tui

import (
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lotop/ui/tui/keymap"
)

// bindings are all fields of the key map, by their names.
func bindings(k keymap.Map) map[string]key.Binding {
	all := map[string]key.Binding{}
	v := reflect.ValueOf(k)
	for i := range v.NumField() {
		all[v.Type().Field(i).Name] = v.Field(i).Interface().(key.Binding)
	}
	return all
}

func TestHelpListsEveryKey(t *testing.T) {
	d := replay(t, 120, 100)
	d.press("?")
	page := d.text()
	for name, b := range bindings(d.m.keys) {
		if !b.Enabled() {
			continue
		}
		if b.Help().Desc == "" || !strings.Contains(page, b.Help().Desc) {
			t.Errorf("help does not say what %s does: %q", name, b.Help().Desc)
		}
		if !strings.Contains(page, keyNames(b)) {
			t.Errorf("help does not name the keys of %s: %q", name, keyNames(b))
		}
		for _, g := range d.m.keys.Groups() {
			for _, listed := range g.Keys {
				if listed.Help().Desc == b.Help().Desc && !reflect.DeepEqual(listed.Keys(), b.Keys()) {
					t.Errorf("help lists %s with other keys: %v", name, listed.Keys())
				}
			}
		}
	}
}

// Every binding belongs to something, and to one thing only.
func TestEveryKeyActs(t *testing.T) {
	m := replay(t, 80, 24).m
	acts := []key.Binding{m.keys.Interrupt, m.keys.Suspend, m.keys.Tenth, m.keys.View}
	for _, a := range append(m.replayCommands(), m.commands()...) {
		acts = append(acts, a.key)
	}
	taken := map[string]string{}
	for name, b := range bindings(m.keys) {
		if !b.Enabled() {
			continue
		}
		found := false
		for _, a := range acts {
			found = found || reflect.DeepEqual(a.Keys(), b.Keys())
		}
		if !found {
			t.Errorf("nothing happens on %s (%v)", name, b.Keys())
		}
		for _, k := range b.Keys() {
			if other := taken[k]; other != "" {
				t.Errorf("%s is both %s and %s", k, other, name)
			}
			taken[k] = name
		}
	}
}

// What the last line of the screen offers works there.
func TestFooterKeysWork(t *testing.T) {
	places := map[string]func(*driver){
		"table":   func(*driver) {},
		"filter":  func(d *driver) { d.press("/") },
		"details": func(d *driver) { d.press("enter") },
		"events":  playEvents,
	}
	for place, play := range places {
		open := func() *driver {
			d := start(t, street(), 200, 50)
			d.press("down")
			play(d)
			return d
		}
		for _, b := range open().m.footerKeys() {
			changed := false
			for _, k := range b.Keys() {
				d := open()
				before := d.m.screen()
				d.send(keyPress(k))
				changed = changed || d.m.screen() != before || len(d.left)+len(d.opened)+len(d.others) > 1
			}
			if !changed && (place != "filter" || b.Help().Desc != "clear") {
				t.Errorf("%s: %v (%s) does nothing", place, b.Keys(), b.Help().Desc)
			}
		}
	}
}

func TestViews(t *testing.T) {
	d := start(t, street(), 80, 24)
	for _, want := range []view{eventsView, portsView, connectionsView, socketsView} {
		if d.press("tab"); d.m.view != want {
			t.Errorf("tab turns to %s, not %s", viewNames[d.m.view], viewNames[want])
		}
	}
	if d.press("shift+tab"); d.m.view != connectionsView {
		t.Errorf("shift+tab turns to %s", viewNames[d.m.view])
	}
	for i, want := range []view{portsView, connectionsView, socketsView, eventsView} {
		if d.press(strconv.Itoa(i + 1)); d.m.view != want {
			t.Errorf("%d turns to %s, not %s", i+1, viewNames[d.m.view], viewNames[want])
		}
	}
}

func TestEscGoesOneStepBack(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.press("/")
	d.typeIn("5432")
	d.press("enter", "enter")
	if d.m.details == nil {
		t.Fatal("no details")
	}
	d.press("?")
	d.press("esc")
	if d.m.help != nil || d.m.details == nil {
		t.Error("esc in the help does not close just the help")
	}
	d.press("x", "esc")
	if d.m.dialog != nil || d.m.details == nil {
		t.Error("esc in the dialog does not close just the dialog")
	}
	d.press("esc")
	if d.m.details != nil || d.m.filter.Value() != "5432" {
		t.Error("esc does not close just the details")
	}
	d.press("esc")
	if d.m.filter.Value() != "" || !d.m.query.Empty() {
		t.Error("esc does not clear the filter")
	}
	d.press("esc")
	if len(d.left) > 0 {
		t.Errorf("esc leaves: %v", d.left)
	}
	d.press("q")
	if len(d.left) != 1 || d.left[0] != (tea.QuitMsg{}) {
		t.Errorf("q: %v", d.left)
	}
}

func TestInterruptEverywhere(t *testing.T) {
	for _, s := range scenarios() {
		d := start(t, street(), 80, 24)
		s.play(d)
		d.press("ctrl+c")
		if len(d.left) != 1 || d.left[0] != (tea.InterruptMsg{}) {
			t.Errorf("%s: ctrl+c gives %v", s.name, d.left)
		}
		if d.press("ctrl+z"); len(d.left) != 2 || d.left[1] != (tea.SuspendMsg{}) {
			t.Errorf("%s: ctrl+z gives %v", s.name, d.left)
		}
	}
}

func TestCopyAndBrowse(t *testing.T) {
	d := start(t, street(), 80, 24)
	for _, c := range []struct{ row, address, url string }{
		{"127.0.0.1:3000", "127.0.0.1:3000", "http://localhost:3000"},
		{"*:8080", "127.0.0.1:8080", "http://localhost:8080"},
		{"[::]:8443", "[::1]:8443", "https://[::1]:8443"},
		{"0.0.0.0:2024", "127.0.0.1:2024", "http://localhost:2024"},
		{"[::1]:6379", "[::1]:6379", "http://[::1]:6379"},
	} {
		d.opened, d.others = nil, nil
		d.selectRow(c.row)
		d.press("y")
		d.wants("copied " + c.address)
		if len(d.others) != 1 || reflect.ValueOf(d.others[0]).String() != c.address {
			t.Errorf("%s: copied %v", c.row, d.others)
		}
		d.press("o")
		d.wants("opened " + c.url)
		if len(d.opened) != 1 || d.opened[0] != c.url {
			t.Errorf("%s: opened %v, not %s", c.row, d.opened, c.url)
		}
	}
	d.selectRow("127.0.0.1:5353")
	d.press("o")
	d.wants("only TCP")
}

func TestAll(t *testing.T) {
	d := start(t, street(), 200, 50)
	d.wantsNot("93.184.216.34")
	d.press("a")
	d.wants("93.184.216.34:443", "all hosts")
	d.press("a")
	d.wantsNot("93.184.216.34")
}

// The sorted column, the selection and the marks are visible without colors too.
func TestWithoutColors(t *testing.T) {
	d := prepare(t, street(), Options{Color: "never"})
	d.send(tea.WindowSizeMsg{Width: 100, Height: 30})
	d.run(d.m.Init())
	d.source.snap = changed()
	d.pass(time.Second)
	d.press("?")
	d.press("esc")
	screen := d.m.screen()
	if color := regexp.MustCompile(`\x1b\[([0-9;]*;)?([34]|9|10)[0-9][;m]`).FindString(screen); color != "" {
		t.Errorf("a color (%q) in %q", color, screen)
	}
	if !strings.Contains(screen, "\x1b[4;4m3 Sockets") || !strings.Contains(screen, "\x1b[4;4mLOCAL↑") {
		t.Errorf("the view and the sorted column are not underlined in %q", screen)
	}
	if text := ansi.Strip(screen); !strings.Contains(text, "▸") || !strings.Contains(text, "\n+") || !strings.Contains(text, "\n-") || !strings.Contains(text, "\n~") {
		t.Errorf("no marks:\n%s", text)
	}
}

// A key that is pressed arrives by the name that the configuration has for it.
func TestKeyNames(t *testing.T) {
	for _, a := range keymap.Actions() {
		for _, k := range a.Keys {
			if got := keyPress(k).String(); got != k {
				t.Errorf("%s arrives as %s", k, got)
			}
		}
	}
}
