package tui

import (
	"fmt"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
)

// listeners makes so many, on the ports from first on.
func listeners(first, n int) []sockets.Socket {
	var all []sockets.Socket
	for i := range n {
		all = append(all, sock(sockets.ID(1000+first+i), sockets.TCP, sockets.Listen, fmt.Sprintf("127.0.0.1:%d", first+i), "", 2001))
	}
	return all
}

func hundred() sockets.Snapshot {
	snap := street()
	snap.Sockets = listeners(20000, 100)
	return snap
}

// cursorLine is the line of the screen that the selected row stands on.
func (d *driver) cursorLine() int { return d.m.rows.Cursor - d.m.rows.Offset }

func TestSelectionFollowsItsSocket(t *testing.T) {
	d := start(t, hundred(), 80, 24)
	for range 40 {
		d.press("down")
	}
	want, line := d.selected(), d.cursorLine()
	d.source.snap = with(d.source.snap, listeners(10000, 30)...)
	d.pass(time.Second)
	if got := d.selected(); got != want {
		t.Errorf("after rows came in above: %s, not %s", got, want)
	}
	if got := d.cursorLine(); got != line {
		t.Errorf("the row moved from line %d to %d of the window", line, got)
	}
	d.press("S")
	if got := d.selected(); got != want {
		t.Errorf("after the order was reversed: %s, not %s", got, want)
	}
	d.source.snap = without(d.source.snap, listenersIDs(10000, 30)...)
	d.pass(time.Second)
	if got := d.selected(); got != want {
		t.Errorf("after rows went: %s, not %s", got, want)
	}
	d.lines()
}

func listenersIDs(first, n int) []sockets.ID {
	var ids []sockets.ID
	for i := range n {
		ids = append(ids, sockets.ID(1000+first+i))
	}
	return ids
}

// At the top of the table the window stays at the top: what comes in above is
// seen, as long as the selected row is in sight too.
func TestWindowStaysAtTheTop(t *testing.T) {
	d := start(t, hundred(), 80, 24)
	d.press("down", "down")
	want := d.selected()
	d.source.snap = with(d.source.snap, listeners(10000, 3)...)
	d.pass(time.Second)
	if d.m.rows.Offset != 0 || d.selected() != want || d.cursorLine() != 5 {
		t.Errorf("offset %d, selected %s on line %d", d.m.rows.Offset, d.selected(), d.cursorLine())
	}
}

// With the same rows again nothing moves.
func TestCalm(t *testing.T) {
	d := start(t, hundred(), 80, 24)
	d.press("pgdown", "pgdown", "down")
	before := d.text()
	d.pass(10 * time.Second)
	if after := d.text(); after[80:] != before[80:] {
		t.Errorf("something moved; before:\n%s\nafter:\n%s", before, after)
	}
}

func TestShrinkToNothingAndGrow(t *testing.T) {
	d := start(t, hundred(), 80, 24)
	d.press("G")
	want := d.selected()
	all := d.source.snap
	d.source.snap.Sockets = nil
	d.pass(time.Second)
	d.pass(track.MarkDuration + time.Second) // the closed rows go
	if d.m.rows.Current() != nil || d.m.rows.Offset != 0 {
		t.Errorf("of an empty table: row %v, offset %d", d.m.rows.Current(), d.m.rows.Offset)
	}
	d.press("down", "up", "pgdown", "G", "enter", "x", "y", "o")
	d.wants("no socket on loopback")
	d.source.snap = all
	d.pass(time.Second)
	if got := d.selected(); got != want {
		t.Errorf("selected %q, not %q", got, want)
	}
	d.press("up")
	d.lines()
}

// Of a connection that ends, one end can stay behind: the row stays selected,
// whichever it is.
func TestPairBecomesTimeWait(t *testing.T) {
	for _, stays := range []sockets.ID{11, 12} {
		d := start(t, street(), 80, 24)
		d.selectRow("← 127.0.0.1:51234")
		snap := without(street(), 23-stays)
		for i := range snap.Sockets {
			if s := &snap.Sockets[i]; s.ID == stays {
				s.State, s.Owners, s.NoOwner, s.Timer, s.TimerLeft = sockets.TimeWait, nil, sockets.InTimeWait, sockets.TimeWaitTimer, time.Minute
			}
		}
		d.source.snap = snap
		d.pass(time.Second)
		r := d.m.rows.Current()
		if !r.Has(stays) || r.Socket.State != sockets.TimeWait {
			t.Errorf("with %v left, selected: %v %v", stays, r.Socket.Local, r.Socket.State)
		}
	}
}

func TestUnfoldKeepsTheSelection(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("← 127.0.0.1:51234")
	d.press("u")
	if got := d.selected(); got != "127.0.0.1:62893" {
		t.Errorf("unfolded: %s", got)
	}
	d.selectRow("→ 127.0.0.1:62893")
	d.press("u")
	if r := d.m.rows.Current(); !r.Folded || !r.Has(12) {
		t.Errorf("folded: %v", r.Socket.Local)
	}
}

func TestMoving(t *testing.T) {
	d := start(t, hundred(), 80, 24)
	page := d.m.rows.Height - 1
	for _, step := range []struct {
		key  string
		want int
	}{
		{"down", 1},
		{"j", 2},
		{"up", 1},
		{"k", 0},
		{"k", 0},
		{"pgdown", page},
		{"ctrl+f", 2 * page},
		{"ctrl+b", page},
		{"pgup", 0},
		{"G", 99},
		{"down", 99},
		{"home", 0},
		{"end", 99},
		{"g", 0},
	} {
		d.press(step.key)
		if d.m.rows.Cursor != step.want {
			t.Errorf("after %s: row %d, not %d", step.key, d.m.rows.Cursor, step.want)
		}
		if line := d.cursorLine(); line < 0 || line >= d.m.rows.Height {
			t.Errorf("after %s the selected row is out of sight", step.key)
		}
	}
	wheel := func(b tea.MouseButton) { d.send(tea.MouseWheelMsg{X: 5, Y: 9, Button: b}) }
	wheel(tea.MouseWheelDown)
	if d.m.rows.Offset != wheelStep || d.m.rows.Cursor != wheelStep {
		t.Errorf("after the wheel: offset %d, row %d", d.m.rows.Offset, d.m.rows.Cursor)
	}
	wheel(tea.MouseWheelUp)
	wheel(tea.MouseWheelUp)
	wheel(tea.MouseWheelLeft)
	if d.m.rows.Offset != 0 {
		t.Errorf("after the wheel back: offset %d", d.m.rows.Offset)
	}
}

func TestSorting(t *testing.T) {
	d := start(t, street(), 200, 50)
	order := func(c model.Column, reverse bool) {
		t.Helper()
		if want := (model.Order{Column: c, Reverse: reverse}); d.m.shape.Order != want {
			t.Errorf("order %+v, not %+v", d.m.shape.Order, want)
		}
	}
	order(model.ByLocal, false)
	d.press("s")
	order(model.ByRemote, false)
	d.press("<", "<")
	order(model.ByProto, false)
	d.press("<") // round the edge
	order(model.ByUser, false)
	d.press(">", ">")
	order(model.ByLocal, false)
	d.press("S")
	order(model.ByLocal, true)
	d.wants("LOCAL↓")
	d.sortBy("PROCESS")
	order(model.ByProcess, false)
	d.wants("PROCESS↑")
	d.sortBy("PROCESS")
	order(model.ByProcess, true)
	d.sortBy("COMMAND") // cannot be ordered by
	order(model.ByProcess, true)
	if d.source.reads != 1 {
		t.Errorf("%d looks at the tables for an order", d.source.reads)
	}
}

func TestClicks(t *testing.T) {
	d := start(t, street(), 80, 24)
	click := func(x, y int) { d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }
	click(10, 6) // header, tabs, titles, rule come first
	if d.m.rows.Cursor != 2 {
		t.Errorf("a click on the third row selects %d", d.m.rows.Cursor)
	}
	click(10, 3)
	if d.m.rows.Cursor != 2 {
		t.Error("a click on the rule selects")
	}
	for _, c := range []struct {
		x    int
		want view
	}{{2, portsView}, {10, connectionsView}, {40, eventsView}, {60, eventsView}, {27, socketsView}} {
		click(c.x, 1)
		if d.m.view != c.want {
			t.Errorf("a click at %d turns to %s, not %s", c.x, viewNames[d.m.view], viewNames[c.want])
		}
	}
	d.send(tea.MouseClickMsg{X: 40, Y: 1, Button: tea.MouseRight})
	if d.m.view != socketsView {
		t.Error("the right button turns the page")
	}
	d.press("?")
	before := d.m.view
	click(10, 1)
	if d.m.view != before {
		t.Error("a click reaches what lies under the help")
	}
}

// A long address gives up its host before its port.
func TestAddressesInLine(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.wants("…:3000 ⚠")
	colon := -1
	for _, l := range d.lines()[4:22] {
		cells := []rune(l)
		for i := 22; i > 0; i-- {
			if i < len(cells) && cells[i] == ':' {
				if colon >= 0 && i != colon {
					t.Errorf("the colon is at %d, not at %d: %s", i, colon, l)
				}
				colon = i
				break
			}
		}
	}
}
