package tui

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lotop/model/plan"
	"lotop/model/portlist"
	"lotop/sockets"
)

// markSome marks two ports and one that lotop does not free.
func (d *driver) markSome() {
	for _, address := range []string{"127.0.0.1:3000", "127.0.0.1:3333", "[::1]:6379"} {
		d.selectRow(address)
		d.press("m")
	}
}

func (d *driver) marked() []sockets.ID {
	var all []sockets.ID
	for _, k := range d.m.marks.all {
		all = append(all, k.row.Socket.ID)
	}
	return all
}

func (d *driver) wantsMarked(want ...sockets.ID) {
	d.t.Helper()
	if got := d.marked(); !slices.Equal(got, want) {
		d.t.Errorf("marked are %v, not %v", got, want)
	}
}

func TestMark(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("127.0.0.1:3000")
	d.press("m")
	d.wants("▸*", "* 1 row marked: x y w act on it", "1 marked")
	d.press("down")
	d.wants("  *", "x free 1 marked")
	d.press("up", "m")
	d.wantsNot("*127", "1 marked")
	d.wantsMarked()
	d.press("M")
	if len(d.marked()) != d.m.rows.Len() {
		t.Errorf("%d of %d rows are marked", len(d.marked()), d.m.rows.Len())
	}
	d.press("M")
	d.wantsMarked()
	d.press("m", "esc")
	d.wantsMarked()
}

// A mark belongs to the sockets of its row, wherever that stands.
func TestMarksFollowRows(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.markSome()
	d.wantsMarked(25, 24, 20)
	d.press("S", "/")
	d.typeIn("redis")
	d.press("enter")
	d.pass(2 * time.Second)
	d.wantsMarked(25, 24, 20)
	if n := strings.Count(d.text(), "*"); n != 1 {
		t.Errorf("%d marks under a filter:\n%s", n, d.text())
	}
	d.source.snap = with(without(street(), 24), listeners(1025, 5)...) // it closes out of sight
	d.pass(time.Second)
	d.wantsMarked(25, 20)
	d.press("esc")
	d.wantsMarked(25, 20)
	d.press("1")
	if n := strings.Count(d.text(), "*"); n < 2 {
		t.Errorf("%d marks in the Ports view:\n%s", n, d.text())
	}
}

// A row of the Ports view stays marked while one of its sockets is open.
func TestMarkOfPort(t *testing.T) {
	snap := street()
	snap.Sockets = append(snap.Sockets, sock(40, sockets.TCP, sockets.Listen, "[::1]:3333", "", 3333))
	d := start(t, snap, 120, 30)
	d.press("1", "g")
	for range d.m.portRows.Len() {
		if r := d.m.portRows.Current(); r.Socket.Local.Port() == 3333 {
			break
		}
		d.press("down")
	}
	d.press("m")
	d.wantsMarked(24)
	d.source.snap = without(snap, 24)
	d.pass(time.Second)
	d.wantsMarked(40)
	d.press("x")
	d.wants("Free [::1]:3333?")
}

func TestCopyAndPinMarked(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.markSome()
	d.press("y")
	if got := d.clipboard(); got != "127.0.0.1:3000\n127.0.0.1:3333\n[::1]:6379" {
		t.Errorf("copied %q", got)
	}
	d.wants("copied 3 addresses, one a line")
	d.press("w")
	if n := len(d.m.latest.pins); n != 3 {
		t.Errorf("%d rows are pinned", n)
	}
	d.press("w")
	if n := len(d.m.latest.pins); n != 0 {
		t.Errorf("%d rows are pinned", n)
	}
}

// All plans are shown before one yes, and one that does nothing hides no other.
func TestFreeMarked(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.markSome()
	d.press("x")
	d.wants("Free 3 ports?", "127.0.0.1:3000  ends node (2001)", "127.0.0.1:3333  ends 服务器🚀 (3333)", "lotop runs inside it", "to 2 processes", "[ y  end them ]")
	d.wantsSignals()
	d.exit(3333)
	d.ports.reports = map[uint16]plan.Report{3000: survived(d, 2001)}
	d.press("y")
	d.wantsSignals(syscall.SIGTERM, syscall.SIGTERM)
	if got := d.ports.stopped; !slices.Equal(got, []int{2001, 3333}) {
		t.Errorf("ended %v", got)
	}
	d.wants("node (2001) did not exit on SIGTERM", "127.0.0.1:3333 is free", "lotop runs inside it", "[ f  send SIGKILL ]")
	d.press("f")
	if got := d.ports.stopped; !slices.Equal(got, []int{2001, 3333, 2001}) {
		t.Errorf("ended %v", got)
	}
}

// A process of several plans gets one signal.
func TestFreeMarkedOnce(t *testing.T) {
	d := start(t, street(), 120, 30)
	for _, address := range []string{"127.0.0.1:3000", "[::]:8443"} {
		d.selectRow(address)
		d.press("m")
	}
	d.ports.report = survived(d, 2001)
	d.press("x")
	d.wants("127.0.0.1:3000  ends node (2001)", "[::]:8443  ends node (2001)", "to 1 process")
	d.press("y")
	if got := d.ports.stopped; !slices.Equal(got, []int{2001}) {
		t.Errorf("ended %v", got)
	}
	d.press("f")
	if got := d.ports.stopped; !slices.Equal(got, []int{2001, 2001}) || !slices.Equal(d.ports.signals, []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL}) {
		t.Errorf("ended %v by %v", got, d.ports.signals)
	}
}

// A marked connection is not freed with others: it has two ends to choose from.
func TestMarkedConnection(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("← 127.0.0.1:51002")
	d.press("m")
	d.selectRow("127.0.0.1:3333")
	d.press("m", "x")
	d.wants("a connection is freed alone")
	d.exit(3333)
	d.press("y")
	if got := d.ports.stopped; !slices.Equal(got, []int{3333}) {
		t.Errorf("ended %v", got)
	}
}

// What closes and what is taken while the question stands changes nothing: exactly the
// processes of the plans that were shown are signaled.
func TestMarkedRowsChangeBeforeTheYes(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.markSome()
	d.press("x")
	shown := d.m.dialog.jobs[1].plan.ToStop[0]
	snap := with(without(street(), 24, 25), listeners(1025, 30)...)
	snap.Processes[3333] = proc(3333, 1, 0, "stranger")
	d.source.snap = snap
	d.pass(2 * time.Second)
	d.wantsMarked(20)
	d.exit(3333)
	d.press("y")
	if got := d.ports.stopped; !slices.Equal(got, []int{2001, 3333}) || d.m.dialog.jobs[1].plan.ToStop[0] != shown {
		t.Errorf("ended %v", got)
	}
}

func TestNothingToMark(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.press("4", "m")
	d.wants("events cannot be marked")
	d.press("M")
	d.wants("no row to mark")
	d.press("1", "a")
	for i := range d.m.portRows.Rows {
		if r := &d.m.portRows.Rows[i]; r.Kind == portlist.Program {
			d.m.portRows.MoveTo(i)
			d.press("m")
			d.wants("only open ports and connections")
			d.wantsMarked()
		}
	}
}

// What a filter, a heading or another view hides is not acted on, and the count of
// marked rows stays on the screen.
func TestHiddenMarksDoNotAct(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.selectPort(6379)
	d.press("m")
	d.filterBy("3333")
	d.wants("1 marked", "1-1 of 1")
	d.press("x")
	d.wants("Free 127.0.0.1:3333?")
	d.wantsNot("6379")
	d.press("n", "esc")
	d.selectPort(3333)
	d.press("m", "x")
	d.wants("Free 2 ports?", "6379", "3333")
}

func TestHeadingsAreNotMarked(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.press("b", "g")
	for d.m.portRows.Current().Kind != portlist.Heading {
		d.press("down")
	}
	d.press("m")
	d.wants("no port or connection is selected")
	title := d.m.portRows.Current().Title
	d.press("left", "M")
	for i := range d.m.portRows.Rows {
		if r := &d.m.portRows.Rows[i]; r.Kind == portlist.Heading && d.m.isMarkedPort(r) {
			t.Errorf("heading %s is marked", r.Title)
		}
	}
	for _, k := range d.m.marks.all {
		if p := k.row.Owner(k.row.Socket); p != nil && strings.HasPrefix(title, p.Name.String()) {
			t.Errorf("%v below the folded heading %s is marked", k.row.Socket.Local, title)
		}
	}
}
