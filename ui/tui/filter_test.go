package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

func (d *driver) count() int { return len(d.m.rows.Rows) }

func TestFilterWhileTyping(t *testing.T) {
	d := start(t, street(), 80, 24)
	all := d.count()
	d.press("/")
	d.typeIn("543")
	none := d.count()
	d.typeIn("2")
	if none != 0 || d.count() != 4 {
		t.Errorf("of %d rows: %d with 543, %d with 5432", all, none, d.count())
	}
	d.press("down", "down")
	if d.m.rows.Cursor != 2 || d.m.filter.Value() != "5432" {
		t.Errorf("arrows while typing: row %d, filter %q", d.m.rows.Cursor, d.m.filter.Value())
	}
	d.typeIn(" q")
	if len(d.left) > 0 {
		t.Fatal("a letter in the filter leaves")
	}
	d.press("ctrl+w", "enter")
	if d.m.filtering || strings.TrimSpace(d.m.filter.Value()) != "5432" || d.count() != 4 {
		t.Errorf("after enter: filter %q, %d rows", d.m.filter.Value(), d.count())
	}
	d.press("/", "esc")
	if d.m.filtering || d.m.filter.Value() != "" || d.count() != all {
		t.Errorf("after esc: filter %q, %d rows of %d", d.m.filter.Value(), d.count(), all)
	}
}

func TestWrongFilter(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.press("/")
	d.typeIn("5432")
	want := d.count()
	d.send(tea.PasteMsg{Content: " stat:x"})
	if d.count() != want {
		t.Errorf("%d rows with a wrong filter, %d with the last good one", d.count(), want)
	}
	d.wantsNot("did you mean")
	d.pass(typingPause)
	lines := d.lines()
	at := strings.Index(lines[1], "stat:")
	if got := strings.IndexByte(lines[2], '^'); got != len([]rune(lines[1][:at])) {
		t.Errorf("the mark is at %d, the wrong word at %d:\n%s\n%s", got, at, lines[1], lines[2])
	}
	d.wants("did you mean state:?")
	d.press("enter")
	if got := d.m.filter.Value(); got != "5432" {
		t.Errorf("enter leaves %q in the box", got)
	}
	d.wantsNot("did you mean")
	if d.m.filterErr != nil || d.count() != want {
		t.Errorf("after enter: %v, %d rows", d.m.filterErr, d.count())
	}
}

func TestPaste(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.send(tea.PasteMsg{Content: "nothing open"})
	if d.m.filter.Value() != "" {
		t.Error("a paste goes into a closed box")
	}
	d.press("/")
	d.send(tea.PasteMsg{Content: "54\n32\x1b\u202e"})
	if got := d.m.filter.Value(); strings.ContainsAny(got, "\n\x1b\u202e") {
		t.Errorf("pasted %q", got)
	}
}

func TestFilterFromTheCommandLine(t *testing.T) {
	d := prepare(t, street(), Options{Query: "state:listen 5432"})
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.run(d.m.Init())
	if d.count() != 1 {
		t.Errorf("%d rows:\n%s", d.count(), d.text())
	}
	d.wants("/ state:listen 5432")
	d.press("esc")
	if d.count() < 10 {
		t.Errorf("esc leaves %d rows", d.count())
	}
}

// The filter and the scope hold for events as well.
func TestEventsFiltered(t *testing.T) {
	d := start(t, street(), 80, 24)
	playEvents(d)
	all := len(d.m.events.Rows)
	d.press("/")
	d.typeIn("3005")
	if n := len(d.m.events.Rows); n != 2 || all <= n {
		t.Errorf("%d of %d events", n, all)
	}
	d.typeIn("9")
	d.wants("no event matches 30059")
}

// The word under the cursor can be as short as the last letter, or nothing.
func TestDeleteWordForward(t *testing.T) {
	for text, want := range map[string]string{"3000": "300", "a ": "a", "ä": "", "": ""} {
		for _, k := range []tea.KeyPressMsg{{Code: 'd', Mod: tea.ModAlt}, {Code: tea.KeyDelete, Mod: tea.ModAlt}, {Code: tea.KeyDelete, Mod: tea.ModCtrl}} {
			d := start(t, street(), 80, 24)
			d.press("/")
			d.typeIn(text)
			d.send(tea.KeyPressMsg{Code: tea.KeyLeft})
			d.send(k)
			if got := d.m.filter.Value(); got != want {
				t.Errorf("%s at the end of %q leaves %q, not %q", k, text, got, want)
			}
			d.send(tea.KeyPressMsg{Code: tea.KeyEnd})
			d.send(k)
			if got := d.m.filter.Value(); got != want {
				t.Errorf("%s behind %q leaves %q", k, want, got)
			}
		}
	}
}

// An error waits until typing pauses, and until then the last good filter stays; enter
// shows the error before it takes the text away.
func TestErrorWaits(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.press("/")
	d.typeIn("5432 ")
	want := d.count()
	d.send(tea.PasteMsg{Content: "state:"})
	d.pass(typingPause / 2)
	d.wantsNot("missing value")
	d.typeIn("l")
	d.pass(typingPause / 2)
	d.wantsNot("unknown value", "missing value")
	if d.count() != want || want == 0 {
		t.Errorf("%d rows, not those of the last good filter", d.count())
	}
	d.pass(typingPause)
	d.wants("unknown value l")
	d.typeIn("x")
	d.wantsNot("unknown value")
	d.press("enter")
	d.wants("unknown value lx")
	if !d.m.filtering {
		t.Error("enter takes a wrong text away before it is said what is wrong")
	}
	if d.press("enter"); d.m.filtering || strings.TrimSpace(d.m.filter.Value()) != "5432" {
		t.Errorf("a second enter leaves %q", d.m.filter.Value())
	}
}
