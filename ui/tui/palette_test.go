package tui

import (
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/ui/style"
)

// choose opens the palette, types, and does what is selected.
func (d *driver) choose(typed string) {
	d.t.Helper()
	d.press("?")
	d.typeIn(typed)
	d.press("enter")
}

func TestPaletteDoes(t *testing.T) {
	for _, c := range []struct {
		typed string
		done  func(*driver) bool
	}{
		{"all hosts", func(d *driver) bool { return d.m.shape.AllHosts }},
		{"toggle all", func(d *driver) bool { return d.m.shape.AllHosts }},
		{"pause", func(d *driver) bool { return d.m.paused }},
		{"FREE", func(d *driver) bool { return d.m.dialog != nil }},
		{"x", func(d *driver) bool { return d.m.dialog != nil }},
		{"details", func(d *driver) bool { return d.m.details != nil }},
		{"last row", func(d *driver) bool { return d.m.rows.Cursor == len(d.m.rows.Rows)-1 }},
		{"view conn", func(d *driver) bool { return d.m.view == connectionsView }},
		{"ports view", func(d *driver) bool { return d.m.view == portsView }},
		{"next view", func(d *driver) bool { return d.m.view == eventsView }},
		{"sort by pid", func(d *driver) bool { return d.m.shape.Order.Column == model.ByPID }},
		{"theme nord", func(d *driver) bool {
			return strings.Contains(d.text(), `theme = "nord"`) && reflect.DeepEqual(d.m.appearance.palette, style.PaletteOf("nord"))
		}},
		{"state:listen", func(d *driver) bool { return d.m.filtering && d.m.query.String() == "state:listen" }},
		{"state:", func(d *driver) bool { return d.m.filtering && d.m.filter.Value() == "state:" }},
		{"regex", func(d *driver) bool { return d.m.filtering && d.m.filter.Value() == "/" }},
		{"exclude", func(d *driver) bool { return d.m.filtering && d.m.filter.Value() == "-" }},
		{"i", func(d *driver) bool { return d.m.filter.Value() == "ip:" }},
		{"quit", func(d *driver) bool { return len(d.left) == 1 && d.left[0] == tea.QuitMsg{} }},
		{"suspend", func(d *driver) bool { return len(d.left) == 1 && d.left[0] == tea.SuspendMsg{} }},
	} {
		d := start(t, street(), 100, 30)
		d.choose(c.typed)
		if !c.done(d) || d.m.help != nil {
			t.Errorf("%s:\n%s", c.typed, d.text())
		}
	}
}

// Every key that acts is found by what it does and by itself, and so is all else.
func TestPaletteFindsEverything(t *testing.T) {
	for _, d := range []*driver{start(t, street(), 120, 30), replay(t, 120, 30)} {
		d.press("?")
		for _, i := range d.m.paletteItems() {
			for _, typed := range []string{i.name, i.means, strings.ToUpper(i.name + " " + i.means)} {
				all := d.m.found(typed)
				found := false
				for _, f := range all {
					found = found || f.name == i.name && f.means == i.means
				}
				if !found {
					t.Errorf("%q does not find %s (%s)", typed, i.name, i.means)
				}
			}
		}
		for name, b := range bindings(d.m.keys) {
			if !b.Enabled() || name == "Help" || name == "View" || name == "Tenth" {
				continue
			}
			if all := d.m.found(b.Help().Desc); len(all) == 0 || all[0].means != b.Help().Desc {
				t.Errorf("%q does not find %s first", b.Help().Desc, name)
			}
		}
	}
}

func TestPaletteSelection(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.press("?")
	d.typeIn("theme")
	d.press("down", "down", "up", "down", "down")
	d.wants(" ▸ theme contrast")
	d.press("down", "down", "down", "down", "down", "down", "down", "down", "pgdown")
	d.wants(" ▸ theme dracula")
	d.press("pgup")
	d.wants(" ▸ theme terminal")
	d.press("down")
	d.typeIn(" n")
	d.press("backspace", "backspace")
	d.wants(" ▸ theme terminal", "? theme")
	d.press("ctrl+u")
	d.wants("navigate")
	d.send(tea.PasteMsg{Content: "theme\n\x1bnord"})
	d.wants(" ▸ theme nord")
	d.send(tea.WindowSizeMsg{Width: 40, Height: 3})
	d.wants(" ▸ theme nord")
}

// What does not apply says why, in the list and when it is chosen.
func TestPaletteReasons(t *testing.T) {
	nothing := func(d *driver) {
		d.source.snap.Sockets = nil
		d.pass(5 * time.Second)
	}
	for _, c := range []struct {
		what        string
		play        func(*driver)
		typed, want string
	}{
		{"no row", nothing, "free port", "no row is selected"},
		{"no row", nothing, "copy address", "no row is selected"},
		{"no row", nothing, "page down", "no row is selected"},
		{"filtered", func(d *driver) { d.press("/"); d.typeIn("nosuchthing"); d.press("enter") }, "free port", "no row is selected; esc clears the filter"},
		{"events", func(d *driver) { d.press("tab") }, "reverse sort", "the newest event is always first"},
		{"sockets", func(*driver) {}, "show connections", "every connection has a row of its own here"},
		{"sockets", func(*driver) {}, "show time_wait", "TIME_WAIT always has rows here"},
		{"sockets", func(*driver) {}, "view sockets", "it is shown already"},
		{"table", func(*driver) {}, "esc", "nothing is open, and there is no filter"},
		{"recording", func(d *driver) { d.m.live = false }, "free port", "cannot free a port in a recording"},
		{"no colors", func(d *driver) { d.m.appearance.noColor = true }, "theme nord", "colors are off"},
	} {
		d := start(t, street(), 120, 30)
		c.play(d)
		before := d.text()
		d.press("?")
		d.typeIn(c.typed)
		d.wants(c.want)
		d.press("enter")
		if last := d.lines()[29]; d.m.help == nil || !strings.Contains(last, c.want) {
			t.Errorf("%s, %s: %q", c.what, c.typed, last)
		}
		d.press("esc", "esc")
		if d.text() != before {
			t.Errorf("%s, %s did something:\n%s", c.what, c.typed, d.text())
		}
	}
}

// A key that acts on a row says why it does nothing, without the palette too.
func TestKeysWithoutRowSayWhy(t *testing.T) {
	for _, k := range []string{"x", "w", "y", "o", "enter"} {
		d := start(t, street(), 80, 24)
		d.source.snap.Sockets = nil
		d.pass(5 * time.Second)
		d.press(k)
		d.wants("no row is selected")
	}
	d := start(t, street(), 80, 24)
	d.press("tab", "s")
	d.wants("the newest event is always first")
}

// An action that is chosen while other rows are on their way means those.
func TestPaletteWaitsForRows(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.hold = true
	d.press("/")
	d.typeIn("62893")
	d.press("enter")
	d.choose("free port")
	if d.m.dialog != nil {
		t.Errorf("it acts on a row that is about to go:\n%s", d.text())
	}
	d.showRows()
	if d.m.dialog == nil || d.m.dialog.only().row.Socket.Local.Port() != 62893 {
		t.Errorf("it does not act on the row that the filter leaves:\n%s", d.text())
	}
	d.wantsSignals()
}

// A term goes behind the filter that there is.
func TestPaletteAddsTerm(t *testing.T) {
	d := start(t, street(), 120, 30)
	d.press("/")
	d.typeIn("node")
	d.press("enter")
	d.choose("is:exposed")
	if got := d.m.filter.Value(); got != "node is:exposed" || !d.m.filtering || d.m.query.String() != got {
		t.Errorf("%q in the box, %q in effect", got, d.m.query)
	}
}

// Keys that are bound to letters type them, and whatever is bound, arrows select.
func TestPaletteWithOtherKeys(t *testing.T) {
	d := startWith(t, Options{Keys: map[string][]string{"up": {"i"}, "down": {"n", "ctrl+n"}, "help": {"f1", "h"}, "close": nil, "back": {"b"}}}, 80, 24)
	d.send(tea.KeyPressMsg{Code: tea.KeyF1})
	d.typeIn("inhb")
	if d.m.help == nil || d.m.help.typed() != "inhb" {
		t.Fatalf("letters do not type: %+v", d.m.help)
	}
	d.press("esc")
	d.typeIn("theme")
	d.press("ctrl+n", "down")
	d.wants(" ▸ theme dark")
	if d.send(tea.KeyPressMsg{Code: tea.KeyF1}); d.m.help != nil {
		t.Error("the key of the help does not close it")
	}
}

// The signs of rows are explained, in ASCII as they are drawn there.
func TestHelpExplainsSigns(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		d := startWith(t, Options{ASCII: ascii}, 120, 100)
		d.press("?")
		for _, l := range signLines() {
			want := strings.TrimSpace(l.String())
			if ascii {
				want = strings.TrimSpace(style.ASCIIPage(l.String()))
			}
			d.wants(want)
		}
	}
}

// A recording has its own keys in the palette, and its tenths one by one.
func TestPaletteOfRecording(t *testing.T) {
	d := replay(t, 80, 24)
	d.press("?")
	d.typeIn("jump to 0%")
	d.wants(" ▸ 0                         jump to 0%")
	d.press("esc", "esc")
	d.choose("jump to 90%")
	if p := d.m.position; p.Time.Sub(p.Begin) < p.End.Sub(p.Begin)*8/10 {
		t.Errorf("at %v of %v to %v", p.Time, p.Begin, p.End)
	}
	d.choose("view events")
	if d.m.view != eventsView {
		t.Errorf("the view is %s", viewNames[d.m.view])
	}
}
