package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/ui"
)

// startWith opens the screen as configured.
func startWith(t *testing.T, o Options, width, height int) *driver {
	t.Helper()
	d := prepare(t, street(), o)
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
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
		if got, want := titles(Options{Columns: ui.TableColumns()}, width), titles(Options{}, width); !slices.Equal(got, want) {
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
	d.wants("i n move", "X free", "f10 quit")
	d.wantsNot("p pause")
	for _, no := range []string{"p", "space", "a", "q", "down", "j"} {
		if d.press(no); d.m.paused || d.m.shape.AllHosts || len(d.left) > 0 || d.m.rows.Cursor != 0 {
			t.Errorf("%s still does something", no)
		}
	}
	if d.press("n", "ctrl+n", "i"); d.m.rows.Cursor != 1 {
		t.Errorf("row %d is selected", d.m.rows.Cursor)
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

// The names of the columns stand in package ui, so that reading a configuration
// takes no screen.
func TestColumnNames(t *testing.T) {
	var names []string
	for _, c := range newRowTable(nil, nil, nil).Columns {
		names = append(names, c.Name)
	}
	if !slices.Equal(names, ui.TableColumns()) {
		t.Errorf("%v, not %v", names, ui.TableColumns())
	}
}
