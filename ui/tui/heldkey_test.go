package tui

import (
	"errors"
	"testing"
)

// A key that arrives together with a filter, as over a slow connection, means the rows
// that the filter leaves.
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

// A key that waits is superseded by the next: keys do not pile up, and y confirms
// nothing that was not shown.
func TestHeldKeySuperseded(t *testing.T) {
	for _, next := range []string{"y", "tab", "q", "down"} {
		d := start(t, street(), 80, 24)
		d.hold = true
		d.press("/")
		d.typeIn("62893")
		d.press("enter", "x", next)
		if quit := len(d.left) > 0; quit != (next == "q") {
			t.Errorf("after %s: quit %v", next, quit)
		}
		d.hold = false
		d.release()
		if d.m.dialog != nil {
			t.Errorf("after %s the dialog opens:\n%s", next, d.text())
		}
		d.wantsSignals()
	}
}

// Keys that act on no row do not wait.
func TestKeysWithoutRowDoNotWait(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.hold = true
	d.press("shift+tab", "?")
	if d.m.view != connectionsView || d.m.help == nil {
		t.Errorf("view %d, help %v", d.m.view, d.m.help)
	}
}

// A failed read leaves the rows that there are, and a held key goes on.
func TestHeldKeyAfterError(t *testing.T) {
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
