package tui

import (
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
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
	if d.m.dialog == nil || d.m.dialog.jobs[0].row.Socket.Local.Port() != 62893 {
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
	if d.m.dialog == nil || d.m.dialog.jobs[0].row.Socket.Local.Port() != 62893 {
		t.Errorf("no dialog for the row that the filter leaves:\n%s", d.text())
	}
}

// early is the screen while the first read runs.
func early(t *testing.T) *driver {
	d := prepare(t, street(), Options{})
	d.hold = true
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.run(d.m.Init())
	return d
}

// showRows lets the first read and what comes of it arrive.
func (d *driver) showRows() {
	d.hold = false
	d.release()
}

// What is typed while the first read runs is done when the rows are there.
func TestKeysBeforeData(t *testing.T) {
	d := early(t)
	d.press("/")
	d.typeIn("62893")
	d.press("enter", "x")
	d.showRows()
	if d.m.dialog == nil || d.m.dialog.only().row.Socket.Local.Port() != 62893 {
		t.Errorf("x before the first rows:\n%s", d.text())
	}
	d.wantsSignals()

	d = early(t)
	d.press("down", "j", "down", "up", "enter")
	d.showRows()
	if d.m.rows.Cursor != 2 || d.m.details == nil {
		t.Errorf("row %d, details %v", d.m.rows.Cursor, d.m.details != nil)
	}

	d = early(t)
	d.press("G", "y", "tab")
	d.showRows()
	if d.m.view != eventsView || len(d.m.status) > 0 || d.m.rows.Cursor != 0 {
		t.Errorf("keys of a view that was left: row %d, %s", d.m.rows.Cursor, d.m.status)
	}
}

// A dialog that keys before the first rows open takes none of them.
func TestEarlyKeysConfirmNothing(t *testing.T) {
	d := early(t)
	d.press("down", "x", "y", "y")
	d.showRows()
	if d.m.dialog == nil || d.m.dialog.stage > stageConfirming {
		t.Errorf("dialog %+v", d.m.dialog)
	}
	d.wantsSignals()

	d = early(t)
	for range 10 * maxHeldKeys {
		d.press("down")
	}
	if len(d.m.heldKeys) > maxHeldKeys {
		t.Errorf("%d keys wait", len(d.m.heldKeys))
	}
}

// If the first read fails, its error is shown, and no key acts on rows that come later.
func TestEarlyKeysAfterError(t *testing.T) {
	d := early(t)
	d.press("x")
	d.source.err = errors.New("netlink: no buffer space available")
	d.held = nil
	d.send(readResult{err: d.source.err})
	d.source.err = nil
	d.hold = false
	d.pass(5 * time.Second)
	if d.count() == 0 || d.m.dialog != nil {
		t.Errorf("%d rows, dialog %v", d.count(), d.m.dialog != nil)
	}
}
