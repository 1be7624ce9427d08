package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model/query"
	"lotop/sockets"
)

// fakeNotifications delivers what the test gives it.
type fakeNotifications struct {
	wake  chan struct{}
	queue []sockets.DestroyNotification
	lost  int
}

func (n *fakeNotifications) Ready() <-chan struct{} { return n.wake }
func (n *fakeNotifications) Close() error           { return nil }

func (n *fakeNotifications) Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int) {
	dst, lost = append(dst, n.queue...), n.lost
	n.queue, n.lost = nil, 0
	return dst, lost
}

// push puts the end of a socket into the queue and wakes the screen.
func (n *fakeNotifications) push(at time.Time, s sockets.Socket, sent uint64) {
	s.State, s.Owners, s.Inode, s.NoOwner = sockets.Close, nil, 0, sockets.NoReason
	n.queue = append(n.queue, sockets.DestroyNotification{Time: at, Socket: s, TCPInfo: sockets.TCPInfo{Known: true, Sent: sent}})
}

// startWithNotifications opens the screen with notices. The wait for the first of them
// would block the driver, so a closed channel stands for a wake that has come.
func startWithNotifications(t *testing.T, pin string) (*driver, *fakeNotifications) {
	t.Helper()
	notifications := &fakeNotifications{wake: make(chan struct{})}
	d := prepare(t, street(), Options{})
	d.m.worker = newWorker(d.source, d.processes, notifications)
	if pin != "" {
		q, err := query.Parse(pin)
		if err != nil {
			t.Fatal(err)
		}
		d.m.worker.pins.query = q
	}
	d.send(tea.WindowSizeMsg{Width: 120, Height: 30})
	d.run(d.m.refresh())
	return d, notifications
}

// bells counts the bells sent to the terminal, and forgets them.
func (d *driver) bells() int {
	n := 0
	for _, msg := range d.others {
		if raw, ok := msg.(tea.RawMsg); ok {
			n += strings.Count(raw.Msg.(string), "\a")
		}
	}
	d.others = nil
	return n
}

func TestShortLivedConnection(t *testing.T) {
	d, notifications := startWithNotifications(t, "")
	client := sock(900, sockets.TCP, sockets.Established, "127.0.0.1:40000", "127.0.0.1:62893")
	server := sock(901, sockets.TCP, sockets.Established, "127.0.0.1:62893", "127.0.0.1:40000")
	notifications.push(d.clock, client, 10)
	notifications.push(d.clock, server, 2048)
	d.run(d.m.schedule(taskRead))
	d.press("tab")
	d.wants("62893", "short connection to", "not seen", "10B", "2.0K")
	if n := d.m.worker.eventLog.Len(); n != 1 {
		t.Errorf("%d events for one connection", n)
	}
}

func TestNotificationsWhilePaused(t *testing.T) {
	d, notifications := startWithNotifications(t, "")
	d.press("p", "tab")
	before := d.text()
	notifications.push(d.clock, sock(900, sockets.TCP, sockets.Established, "127.0.0.1:40000", "127.0.0.1:62893"), 0)
	notifications.push(d.clock, sock(901, sockets.TCP, sockets.Established, "127.0.0.1:62893", "127.0.0.1:40000"), 0)
	reads := d.source.reads
	d.run(d.m.schedule(taskDrain))
	if d.text() != before {
		t.Errorf("the paused screen moved:\n%s", d.text())
	}
	if d.source.reads != reads {
		t.Error("a paused screen read the tables")
	}
	d.wantsNot("short connection")
	d.press("p")
	d.wants("62893", "short connection")
}

func TestLostNotificationsShown(t *testing.T) {
	d, notifications := startWithNotifications(t, "")
	notifications.lost = 7
	d.run(d.m.schedule(taskRead))
	d.wants("about 7 events lost")
}

func TestPinStaysOnTop(t *testing.T) {
	d, _ := startWithNotifications(t, "")
	d.selectRow("127.0.0.1:62893")
	d.press("w")
	d.wants("127.0.0.1:62893 pinned")
	if first := d.m.rows.Rows[0].Socket.ID; first != 10 {
		t.Errorf("socket %v is first, not the pinned one", first)
	}
	d.press("S")
	if first := d.m.rows.Rows[0].Socket.ID; first != 10 {
		t.Errorf("the order moved the pinned row down: %v is first", first)
	}
	d.wants("◆")
	d.press("g", "w")
	d.wants(" unpinned")
	d.wantsNot("◆")
}

func TestPinnedRowThatCloses(t *testing.T) {
	d, _ := startWithNotifications(t, "")
	d.selectRow("127.0.0.1:62893")
	d.press("w")
	d.bells()
	d.source.snap = without(street(), 10)
	d.pass(time.Second)
	if n := d.bells(); n != 1 {
		t.Errorf("%d bells for a pinned row that closed", n)
	}
	d.wants("◆ ", "closed", "127.0.0.1:62893")
	d.pass(12 * time.Second)
	d.wants("closed 12s ago", "was dlv")
	if d.m.rows.Rows[0].Socket.ID != 10 {
		t.Error("the closed row is no longer on top")
	}
	if n := d.bells(); n != 0 {
		t.Errorf("%d bells for nothing", n)
	}
}

func TestPinQueryNotifiesClients(t *testing.T) {
	d, _ := startWithNotifications(t, "62893")
	if first := d.m.rows.Rows[0].Socket.ID; first != 10 {
		t.Fatalf("%v is first, not the listener", first)
	}
	if n := len(d.m.latest.pins); n != 1 {
		t.Errorf("%d pins: connections are told of, not pinned", n)
	}
	d.bells()
	d.source.snap = with(street(),
		sock(900, sockets.TCP, sockets.Established, "127.0.0.1:40000", "127.0.0.1:62893", 4400),
		sock(901, sockets.TCP, sockets.Established, "127.0.0.1:62893", "127.0.0.1:40000", 5120))
	d.pass(time.Second)
	if n := d.bells(); n != 1 {
		t.Errorf("%d bells for a client that attached", n)
	}
	d.wants("◆ ", "opened 127.0.0.1:62893 ← 127.0.0.1:40000", "code")
}

func TestNotification(t *testing.T) {
	env := func(term, program string) func(string) string {
		return func(k string) string { return map[string]string{"TERM": term, "TERM_PROGRAM": program}[k] }
	}
	for _, c := range []struct{ term, program, want string }{
		{"xterm-256color", "", ""},
		{"xterm-256color", "iTerm.app", "\x1b]9;lotop: a, b\x1b\\"},
		{"foot", "", "\x1b]777;notify;lotop;a, b\x1b\\"},
		{"xterm-kitty", "", "\x1b]9;lotop: a, b\x1b\\"},
	} {
		if got := desktopNotification("a; b", env(c.term, c.program)); got != c.want {
			t.Errorf("%s %s: %q, not %q", c.term, c.program, got, c.want)
		}
	}
}

func TestOnlyClosedRowRefreshes(t *testing.T) {
	d, notifications := startWithNotifications(t, "")
	reads := d.source.reads
	notifications.push(d.clock, sock(900, sockets.TCP, sockets.Established, "127.0.0.1:40000", "127.0.0.1:62893"), 0)
	notifications.push(d.clock, sock(901, sockets.TCP, sockets.Established, "127.0.0.1:62893", "127.0.0.1:40000"), 0)
	d.run(d.m.schedule(taskDrain))
	if d.source.reads != reads {
		t.Error("a connection that no row shows made the screen read the tables")
	}
	d.source.snap = without(street(), 11, 12)
	notifications.push(d.clock, street().Sockets[11-1], 0)
	notifications.push(d.clock, street().Sockets[12-1], 0)
	d.run(d.m.schedule(taskDrain))
	if d.source.reads != reads+1 {
		t.Errorf("%d looks for a row that has closed", d.source.reads-reads)
	}
	d.wants("-  tcp")
}
