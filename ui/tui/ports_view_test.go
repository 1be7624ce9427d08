package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/sockets"
	"lotop/sockets/process"
)

// startPorts opens the Ports view over a snapshot.
func startPorts(t testing.TB, snap sockets.Snapshot, width, height int) *driver {
	t.Helper()
	d := prepare(t, snap, Options{Shown: Shown{View: "ports"}})
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
}

// selectPort moves to the row of a port.
func (d *driver) selectPort(port uint16) {
	d.t.Helper()
	i := slices.IndexFunc(d.m.portRows.Rows, func(r portlist.Row) bool {
		return r.Kind == portlist.Port && r.Socket.Local.Port() == port
	})
	if i < 0 {
		d.t.Fatalf("no port %d:\n%s", port, d.text())
	}
	d.press("g")
	for d.m.portRows.Cursor < i {
		d.press("down")
	}
}

// children are the connections below the selected port.
func (d *driver) children() (n int) {
	rows := d.m.portRows.Rows
	for i := d.m.portRows.Cursor + 1; i < len(rows) && rows[i].Kind == portlist.Connection; i++ {
		n++
	}
	return n
}

func TestPortsAreTheFirstView(t *testing.T) {
	if v := newModel(Options{Source: &fakeSource{}}, nil, nil, nil, time.Now).view; v != portsView {
		t.Errorf("the first view is %s", viewNames[v])
	}
}

func TestOpenConnections(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.selectPort(5432)
	if d.children() != 0 {
		t.Fatal("connections are shown without being asked for")
	}
	d.press("right")
	if d.children() != 2 || !strings.Contains(d.selected(), "5432") {
		t.Errorf("→ shows %d connections; selected: %s", d.children(), d.selected())
	}
	d.pass(2 * time.Second)
	if d.children() != 2 {
		t.Error("the next refresh hides them")
	}
	d.press("down", "down", "left")
	if d.children() != 0 || !strings.Contains(d.selected(), "5432") {
		t.Errorf("← shows %d connections; selected: %s", d.children(), d.selected())
	}
	d.selectPort(6379)
	d.press("right")
	d.wants("no client is connected")
	d.press("u")
	d.selectPort(5432)
	if d.children() != 2 {
		t.Error("u does not show every connection")
	}
	d.press("left")
	if d.children() != 0 {
		t.Error("after u ← does not hide those of one port")
	}
}

// x frees the port of the row, and asks about the ends of a connection.
func TestFreeFromPorts(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.selectPort(3000)
	d.press("x")
	d.wants("node", "2001")
	d.press("y")
	if !slices.Contains(d.ports.stopped, 2001) {
		t.Errorf("stopped %v", d.ports.stopped)
	}
}

func TestExposedKey(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.press("/")
	d.typeIn("java")
	d.press("enter", "e")
	if got := d.m.filter.Value(); got != "is:exposed java" {
		t.Errorf("filter %q", got)
	}
	if n := d.m.portRows.Len(); n != 1 {
		t.Errorf("%d rows:\n%s", n, d.text())
	}
	d.press("e")
	if got := d.m.filter.Value(); got != "java" {
		t.Errorf("filter %q", got)
	}
}

func TestTimeWaitKey(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.wants("1 closed connection still waits (TIME_WAIT): 1 to :5432", "t shows them")
	n := d.m.portRows.Len()
	d.press("t")
	d.wantsNot("still waits")
	if d.m.portRows.Len() != n+1 {
		t.Errorf("%d rows, %d before", d.m.portRows.Len(), n)
	}
}

// The selection stays with its port while twins come and go and rows move.
func TestSelectedPortStays(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.selectPort(6379)
	d.source.snap = with(street(), sock(50, sockets.TCP, sockets.Listen, "127.0.0.1:6379", "", 6379), sock(51, sockets.TCP, sockets.Listen, "127.0.0.1:80", "", 2001))
	d.pass(time.Second)
	if r := d.m.portRows.Current(); r.Socket.Local.Port() != 6379 || r.Place != portlist.Localhost {
		t.Errorf("selected %s", d.selected())
	}
	d.source.snap = without(d.source.snap, 20) // the one that was there first
	d.pass(time.Second)
	if r := d.m.portRows.Current(); r.Socket.Local.Port() != 6379 || r.Mark == model.Closed {
		t.Errorf("selected %s", d.selected())
	}
}

// A pinned port is the first row, with its connections, and stays when it has closed.
func TestPinnedPort(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.selectPort(62893)
	d.press("right", "w", "g")
	if first := &d.m.portRows.Rows[0]; first.Socket.Local.Port() != 62893 || d.children() != 1 {
		t.Errorf("first row %s, %d connections", d.selected(), d.children())
	}
	d.source.snap = without(d.source.snap, 10, 11, 12)
	d.pass(5 * time.Second)
	d.wants("62893", "ago  was dlv")
}

// The traffic of a port is that of its connections together; of too many it is unknown.
func TestPortTraffic(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.m.latest.flows = map[sockets.ID]flow{2: {inRate: 1000, measured: true}, 4: {inRate: 500, measured: true}}
	d.selectPort(5432)
	r := *d.m.portRows.Current()
	cell := d.m.portRateCell(func(f *flow) float64 { return f.inRate })
	if got := cell(&r)[0].Text; got != "1.5K" {
		t.Errorf("traffic %q of sockets %v", got, r.Measurable)
	}
	r.Measurable = nil
	if got := cell(&r)[0].Text; got != dash {
		t.Errorf("traffic %q of connections that are not measured", got)
	}
}

// Turning to another view leaves no rows behind that point into a snapshot which is
// used again.
func TestNoRowsOfHiddenViews(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	if d.m.rows.Len() != 0 {
		t.Error("the socket table has rows in the Ports view")
	}
	d.press("3")
	if d.m.portRows.Len() != 0 || d.m.rows.Len() == 0 {
		t.Errorf("%d ports, %d sockets", d.m.portRows.Len(), d.m.rows.Len())
	}
	d.press("1")
	if d.m.portRows.Len() == 0 || d.m.rows.Len() != 0 {
		t.Errorf("%d ports, %d sockets", d.m.portRows.Len(), d.m.rows.Len())
	}
}

// b groups the ports; the headings fold, and no key acts on them as if they were ports.
func TestGrouping(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.press("b")
	d.wants("grouped by process", "node server.js")
	head := func() *portlist.Row { return d.m.portRows.Current() }
	d.press("g")
	for head().Kind != portlist.Heading || head().Title != "node server.js" {
		if d.press("down"); d.m.portRows.Cursor == d.m.portRows.Len()-1 {
			t.Fatalf("no heading:\n%s", d.text())
		}
	}
	if head().Ports != 3 {
		t.Errorf("%d ports", head().Ports)
	}
	n := d.m.portRows.Len()
	d.press("left")
	if got := d.m.portRows.Len(); got != n-3 || head().Title != "node server.js" {
		t.Errorf("%d rows after folding %d; selected %q", got, n, head().Title)
	}
	d.press("x", "y", "enter", "w", "o")
	if d.m.dialog != nil || d.m.details != nil || len(d.opened) != 0 {
		t.Error("a key acts on a heading")
	}
	d.press("right")
	if got := d.m.portRows.Len(); got != n {
		t.Errorf("%d rows after unfolding, not %d", got, n)
	}
	d.press("b")
	d.wants("grouped by folder", "shop")
	d.press("b", "b")
	d.wants("not grouped")
}

// What is shown at the end is what the next run begins with.
func TestShown(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.press("b", "s", "S", "3", "+")
	left := d.m.shown()
	want := Shown{View: "sockets", Sort: left.Sort, Reverse: true, Group: "process", Interval: 2 * time.Second}
	if left != want || left.Sort == "local" {
		t.Errorf("%+v, want %+v", left, want)
	}
	again := prepare(t, street(), Options{Shown: left, Interval: left.Interval})
	if got := again.m.shown(); got != left {
		t.Errorf("%+v, want %+v", got, left)
	}
	broken := prepare(t, street(), Options{Shown: Shown{View: "none such", Sort: "?", Group: "?"}})
	if got := broken.m.shown(); got.View != "ports" || got.Sort != "local" || got.Group != "none" {
		t.Errorf("%+v", got)
	}
}

// A TIME_WAIT row belongs to no port: it stands below no heading, and the keys that show
// and hide connections leave the ports alone.
func TestTimeWaitBelongsToNobody(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	d.press("t", "G")
	if r := d.m.portRows.Current(); r.Socket.State != sockets.TimeWait {
		t.Fatalf("the last row is %v", r.Socket.State)
	}
	n := d.m.portRows.Len()
	d.press("left", "right")
	if r := d.m.portRows.Current(); r.Socket.State != sockets.TimeWait || d.m.portRows.Len() != n || len(d.m.fold.folded)+len(d.m.fold.opened) > 0 {
		t.Errorf("← and → act on another row: %s", d.selected())
	}
	d.press("b")
	for i := range d.m.portRows.Rows {
		if r := &d.m.portRows.Rows[i]; r.Kind == portlist.Heading {
			d.m.setFold(r, false)
		}
	}
	d.run(d.m.relist())
	if r := d.m.portRows.Rows[d.m.portRows.Len()-1]; r.Socket.State != sockets.TimeWait {
		t.Error("a folded heading hides TIME_WAIT")
	}
}

// What starts a server again is read again: its parent can have exited.
func TestContextsAreReadAgain(t *testing.T) {
	d := startPorts(t, street(), 120, 40)
	nodemon := proc(1499, 1, time.Hour, "node", "/usr/bin/nodemon", "server.js")
	d.processes.parents[2001] = []*process.Process{nodemon}
	d.pass(4 * time.Second)
	d.wants("↻")
	d.processes.parents[2001] = nil
	d.pass(4 * time.Second)
	d.wantsNot("↻")
}
