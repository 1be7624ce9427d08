package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

// ghost is what is suggested behind the cursor.
func (d *driver) ghost() string { return d.m.suggested }

func TestFilterCompletion(t *testing.T) {
	for _, c := range []struct{ typed, want string }{
		{"sta", "te:"},
		{"-na", "me:"},
		{"state:li", "sten"},
		{"state:listen", ""},
		{"is:", "changed"},
		{"name:", "code"},
		{"name:no", "de"},
		{"-name:po", "stgres"},
		{"user:po", "stgres"},
		{"unit:post", "gresql.service"},
		{"port:54", "32"},
		{"300", "0"},
		{"3000 80", "80"},
		{"nosuchword", ""},
		{"cmd:no", ""},
		{`"no`, ""},
		{"", ""},
		{"name:node ", ""},
	} {
		d := start(t, street(), 120, 30)
		d.press("/")
		d.typeIn(c.typed)
		if got := d.ghost(); got != c.want {
			t.Errorf("%q: %q, not %q", c.typed, got, c.want)
			continue
		}
		d.press("tab")
		if got := d.m.filter.Value(); got != c.typed+c.want {
			t.Errorf("tab makes %q of %q", got, c.typed)
		}
		if d.m.view != socketsView || !d.m.filtering {
			t.Errorf("%q: tab in the box turns to another view", c.typed)
		}
	}
}

// The suggestion stands only behind the text, and → takes it only there.
func TestCompletionAtTheEnd(t *testing.T) {
	d := start(t, street(), 120, 30)
	d.press("/")
	d.typeIn("sta")
	d.wants("/ state:", "tab complete")
	left, right := tea.KeyPressMsg{Code: tea.KeyLeft}, tea.KeyPressMsg{Code: tea.KeyRight}
	d.send(left)
	d.wantsNot("/ state:", "tab complete")
	d.send(right)
	if d.m.filter.Value() != "sta" {
		t.Error("→ in the text takes the suggestion")
	}
	d.send(right)
	if d.m.filter.Value() != "state:" {
		t.Errorf("→ at the end leaves %q", d.m.filter.Value())
	}
	d.typeIn("l")
	d.press("tab", "enter")
	d.wantsNot("tab complete")
	if d.count() == 0 || d.m.query.String() != "state:listen" {
		t.Errorf("%d rows of %s", d.count(), d.m.query)
	}
	d.send(tea.WindowSizeMsg{Width: 16, Height: 12})
	d.press("/")
	d.typeIn(" is:de")
	if d.ghost() != "" {
		t.Error("a suggestion for which there is no room")
	}
	d.lines()
}

// The box's own keys for other suggestions do nothing, whether there is one or not.
func TestOtherSuggestions(t *testing.T) {
	for _, typed := range []string{"", "sta", "nosuchword", "3000 "} {
		d := start(t, street(), 80, 24)
		for _, open := range []string{"/", "?"} {
			d.press(open)
			d.typeIn(typed)
			d.press("ctrl+p", "ctrl+p", "ctrl+n", "tab")
			d.lines()
			d.press("a", "ctrl+n", "ctrl+n", "ctrl+n", "tab", "backspace", "esc", "esc")
			d.lines()
		}
	}
}

// What completes a name is asked of the worker, and no key waits for the answer.
func TestCompletionOnItsWay(t *testing.T) {
	d := start(t, street(), 120, 30)
	d.hold = true
	d.press("/")
	d.typeIn("name:no")
	if d.ghost() != "" {
		t.Errorf("%q before the rows are read", d.ghost())
	}
	for len(d.held) > 0 {
		d.release()
	}
	if d.ghost() != "de" {
		t.Errorf("%q", d.ghost())
	}
	d.press("enter")
	if d.m.filter.Value() != "name:no" {
		t.Errorf("enter takes what was not typed: %q", d.m.filter.Value())
	}
}

func TestFilterHistory(t *testing.T) {
	d := start(t, street(), 80, 24)
	for _, s := range []string{"5432", "node", "5432", "state:listen"} {
		d.press("/")
		d.typeIn(s)
		d.press("enter", "esc")
	}
	d.press("/")
	for _, want := range []struct{ key, box string }{
		{"up", "state:listen"}, {"up", "5432"}, {"up", "node"}, {"up", "node"}, {"down", "5432"}, {"down", "state:listen"}, {"down", ""},
	} {
		if d.press(want.key); d.m.filter.Value() != want.box {
			t.Errorf("%s brings %q, not %q", want.key, d.m.filter.Value(), want.box)
		}
		if d.m.query.String() != want.box {
			t.Errorf("%q is in the box, %q in effect", want.box, d.m.query)
		}
	}
	before := d.m.rows.Cursor
	if d.press("down"); d.m.rows.Cursor != before+1 {
		t.Error("↓ does not move the selection")
	}
	d.typeIn("127.0.0.1")
	before = d.m.rows.Cursor
	if d.press("up"); d.m.filter.Value() != "127.0.0.1" || d.m.rows.Cursor != max(before-1, 0) {
		t.Errorf("↑ on a filter that is not kept: %q, row %d of %d before", d.m.filter.Value(), d.m.rows.Cursor, before)
	}
	d.press("enter", "/", "down")
	if d.m.filter.Value() != "127.0.0.1" {
		t.Errorf("↓ takes away a filter that no ↑ has brought: %q", d.m.filter.Value())
	}
}
