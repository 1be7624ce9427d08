package tui

import (
	"errors"
	"testing"
)

// Keys that arrive together, as over a slow connection, mean the rows that the
// filter leaves.
func TestKeysAfterFilter(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.hold = true
	d.press("/")
	d.typeIn("62893")
	d.press("enter", "x")
	if d.m.dialog != nil {
		t.Errorf("x acts on a row that is about to go:\n%s", d.text())
	}
	d.hold = false
	d.release()
	if d.m.dialog == nil || d.m.dialog.row.Socket.Local.Port() != 62893 {
		t.Errorf("x does not act on the row that the filter leaves:\n%s", d.text())
	}
	d.wantsSignals()
}

// A row picked while the filter is typed is the one that it leaves there, however
// late the rows come.
func TestDownAfterFilter(t *testing.T) {
	pick := func(hold bool) string {
		d := start(t, street(), 80, 24)
		d.press("down")
		d.hold = hold
		d.press("/")
		d.typeIn("state:listen")
		d.press("down", "down", "down", "down", "down", "down", "enter")
		d.hold = false
		d.release()
		return d.selected()
	}
	if at, late := pick(false), pick(true); late != at {
		t.Errorf("selected %s, want %s", late, at)
	}
}

// Keys that act on no row do not wait.
func TestKeysWithoutRowDoNotWait(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.hold = true
	d.press("tab", "tab", "?")
	if d.m.view != connectionsView || d.m.help == nil {
		t.Errorf("view %d, help %v", d.m.view, d.m.help)
	}
}

// A failed read leaves the rows that there are, and the keys go on.
func TestHeldKeysAfterError(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.hold = true
	d.source.err = errors.New("netlink: no buffer space available")
	d.run(d.m.refresh())
	d.press("/")
	d.typeIn("62893")
	d.run(d.m.refresh())
	d.press("enter", "x")
	d.hold = false
	d.release()
	if d.m.dialog == nil || d.m.dialog.row.Socket.Local.Port() != 62893 {
		t.Errorf("no dialog for the row that the filter leaves:\n%s", d.text())
	}
}
