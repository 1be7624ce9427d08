package track

import (
	"fmt"
	"testing"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/sockets/socketstest"
)

// liveTracker is a Monitor of the running kernel. Two snapshots take turns, as they
// do on the screen.
type liveTracker struct {
	*Tracker
	source sockets.Source
	snaps  [2]sockets.Snapshot
	turn   int
}

func openLive(t *testing.T) *liveTracker {
	t.Helper()
	source, err := live.Open(live.Options{})
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { _ = source.Close() })
	return &liveTracker{Tracker: New(), source: source}
}

// read advances by a snapshot and returns the events of connections and
// listeners at a port.
func (l *liveTracker) read(t *testing.T, port uint16) []Event {
	t.Helper()
	s := &l.snaps[l.turn]
	l.turn = 1 - l.turn
	if err := l.source.Read(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	var mine []Event
	for _, e := range l.Update(s) {
		if e.Row.Socket.Local.Port() == port || e.Row.Socket.Remote.Port() == port {
			mine = append(mine, e)
		}
	}
	return mine
}

// at returns the rows at a port, the listener first.
func (l *liveTracker) at(port uint16) []model.Row {
	rows, _ := l.Rows(nil, ListOptions{Order: model.Order{Column: model.ByState}})
	var mine []model.Row
	for _, r := range rows {
		if s := r.Socket; r.Mark != model.Closed && (s.Local.Port() == port || s.Remote.Port() == port) {
			mine = append(mine, r)
		}
	}
	return mine
}

func only(t *testing.T, events []Event, kind EventKind) *model.Row {
	t.Helper()
	if len(events) != 1 || events[0].Kind != kind {
		t.Fatalf("events %q, want one of kind %v", sketchEvents(events), kind)
	}
	return &events[0].Row
}

func TestLivePair(t *testing.T) {
	l := openLive(t)
	server := socketstest.Start(t, socketstest.Name("lotop-server"))
	client := socketstest.Start(t, socketstest.Name("lotop-client"))
	l.read(t, 0)

	listener := server.Listen("tcp4", "127.0.0.1:0")
	port := listener.Local.Port()
	only(t, l.read(t, port), EventOpened)

	c := client.Dial(listener.Target())
	r := only(t, l.read(t, port), EventOpened)
	checkLivePair(t, r, 0, client.PID())
	if rows := l.at(port); len(rows) != 2 || rows[0].Clients != 1 || rows[0].Queued != 1 {
		t.Errorf("before accept: %q", sketches(rows))
	}

	a := server.Accept(listener)
	if events := l.read(t, port); len(events) != 0 {
		t.Errorf("accept is no event: %q", sketchEvents(events))
	}
	rows := l.at(port)
	if len(rows) != 2 || rows[0].Clients != 1 || rows[0].Queued != 0 {
		t.Fatalf("after accept: %q", sketches(rows))
	}
	checkLivePair(t, &rows[1], server.PID(), client.PID())

	// The client closes first, so that its end passes into TIME_WAIT.
	client.Close(c)
	server.Recv(a, 1)
	server.Close(a)
	socketstest.AwaitState(t, c.Network, c.Local, c.Remote, socketstest.StateTimeWait)
	checkLivePair(t, only(t, l.read(t, port), EventClosed), server.PID(), client.PID())
	rows = l.at(port)
	if len(rows) != 2 || rows[0].Clients != 0 || rows[1].Socket.State != sockets.TimeWait || rows[1].Inbound || rows[1].RoleUnknown {
		t.Errorf("after the end: %q", sketches(rows))
	}
	if events := l.read(t, port); len(events) != 0 {
		t.Errorf("it has closed already: %q", sketchEvents(events))
	}
	server.Close(listener)
	if r := only(t, l.read(t, port), EventClosed); r.Owner(r.Socket) == nil || r.Owner(r.Socket).Name.String() != "lotop-server" {
		t.Errorf("the closed listener's owner is %v", r.Owner(r.Socket))
	}
}

// checkLivePair wants a row with both processes; server 0 for none.
func checkLivePair(t *testing.T, r *model.Row, server, client int) {
	t.Helper()
	if !r.Folded || !r.Inbound || r.RoleUnknown || r.Peer == nil || r.Reach != model.ReachLoopback {
		t.Fatalf("%q is no pair", sketch(r))
	}
	for s, want := range map[*sockets.Socket]int{r.Socket: server, r.Peer: client} {
		got := 0
		if p := r.Owner(s); p != nil {
			got = p.PID
		}
		if got != want {
			t.Errorf("%v is held by %d, want %d", s.Local, got, want)
		}
	}
}

// TestLiveShortLived lets a connection come and go between two snapshots.
func TestLiveShortLived(t *testing.T) {
	l := openLive(t)
	l.read(t, 0)
	ends := socketstest.TimeWait(t, "127.0.0.1:0")
	events := l.read(t, ends.Local.Port())
	if r := only(t, events, EventClosed); !events[0].ShortLived || r.Socket.State != sockets.TimeWait {
		t.Errorf("got %q", sketchEvents(events))
	}
}

func TestLiveBoundListens(t *testing.T) {
	l := openLive(t)
	p := socketstest.Start(t)
	// A port that the system gives to no TCP client, which would be seen as well.
	s := p.UDP(fmt.Sprintf("127.0.0.1:%d", socketstest.FreePort(t, "udp")))
	l.read(t, 0)
	client := p.ConnectUDP(s.Local.String())
	if got := only(t, l.read(t, s.Local.Port()), EventOpened); got.Listener == nil && got.Inbound {
		t.Errorf("the client is %q", sketch(got))
	}
	p.Close(client)
	only(t, l.read(t, s.Local.Port()), EventClosed)
}
