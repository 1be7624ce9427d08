package track

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/sockets"
)

const (
	listener3000 = "1 tcp LISTEN 127.0.0.1:3000 pid:10\n"
	pair3000     = listener3000 + `
		2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20
		3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10`
	oneEnd3000 = listener3000 + `2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20`
)

// eventTests give a snapshot a second; the events are those of the last.
var eventTests = []struct {
	name  string
	snaps []string
	want  string
}{
	{"the first snapshot has none", []string{pair3000}, ``},
	{"nothing has happened", []string{pair3000, pair3000}, ``},
	{"a listener opens", []string{"", listener3000}, `opened 1 tcp LISTEN 127.0.0.1:3000`},
	{
		"a connection opens: one event",
		[]string{listener3000, pair3000},
		`opened 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1`,
	},
	{
		"a connection is gone: one event, both ends",
		[]string{listener3000, pair3000, pair3000, listener3000},
		`closed 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 2s`,
	},
	{
		"one that was there before has not lived a known time",
		[]string{pair3000, pair3000, listener3000},
		`closed 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1`,
	},
	{
		"into TIME_WAIT: closed, as last seen",
		[]string{listener3000, pair3000, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000"},
		`closed 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 1s`,
	},
	{
		"a TIME_WAIT goes on",
		[]string{
			pair3000,
			listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000",
			listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000",
		},
		``,
	},
	{
		"a TIME_WAIT runs out",
		[]string{pair3000, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", listener3000},
		``,
	},
	{"a TIME_WAIT from before runs out", []string{"2 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000", ""}, ``},
	{
		"a short-lived connection",
		[]string{listener3000, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51234"},
		`closed 2 tcp TIME_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen`,
	},
	{
		"a TIME_WAIT of a short-lived connection expires without an event",
		[]string{listener3000, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51234", listener3000},
		``,
	},
	{
		"both ends in TIME_WAIT",
		[]string{listener3000, listener3000 + "2 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51234\n3 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000"},
		`closed 2=3 tcp TIME_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1 unseen`,
	},
	{
		"without cookies: the TIME_WAIT has another ID",
		[]string{listener3000, pair3000, listener3000 + "7 tcp TIME_WAIT 127.0.0.1:51234 127.0.0.1:3000"},
		`closed 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1 lived 1s`,
	},
	{
		"without cookies: the next connection has the ID of a TIME_WAIT",
		[]string{"2 tcp TIME_WAIT 127.0.0.1:80 127.0.0.1:40001", "2 tcp CLOSE_WAIT 127.0.0.1:80 127.0.0.1:40001", ""},
		`closed 2 tcp CLOSE_WAIT 127.0.0.1:80 >? 127.0.0.1:40001 lived 1s`,
	},
	{
		"a bound socket listens",
		[]string{"1 tcp BOUND 127.0.0.1:3000 pid:10", listener3000},
		`changed 1 tcp LISTEN 127.0.0.1:3000 from BOUND`,
	},
	{
		"the client has half closed",
		[]string{pair3000, listener3000 + `
			2 tcp FIN_WAIT2 127.0.0.1:51234 127.0.0.1:3000 pid:20
			3 tcp CLOSE_WAIT 127.0.0.1:3000 127.0.0.1:51234 pid:10`},
		`changed 3=2 tcp CLOSE_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1 from ESTABLISHED`,
	},
	{
		"only the client's end has changed",
		[]string{pair3000, listener3000 + `
			2 tcp FIN_WAIT1 127.0.0.1:51234 127.0.0.1:3000
			3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10`},
		`changed 2|3 tcp FIN_WAIT1 127.0.0.1:51234 > 127.0.0.1:3000 from ESTABLISHED`,
	},
	{
		"the server's end times out before the client's",
		[]string{
			listener3000 + `
			2 tcp CLOSE_WAIT 127.0.0.1:51234 127.0.0.1:3000 pid:20
			3 tcp FIN_WAIT2 127.0.0.1:3000 127.0.0.1:51234`,
			listener3000 + `2 tcp CLOSE_WAIT 127.0.0.1:51234 127.0.0.1:3000 pid:20`,
		},
		`changed 2 tcp CLOSE_WAIT 127.0.0.1:51234 > 127.0.0.1:3000 from FIN_WAIT2`,
	},
	{
		"and then the client closes",
		[]string{
			listener3000 + `
			2 tcp CLOSE_WAIT 127.0.0.1:51234 127.0.0.1:3000 pid:20
			3 tcp FIN_WAIT2 127.0.0.1:3000 127.0.0.1:51234`,
			listener3000 + `2 tcp CLOSE_WAIT 127.0.0.1:51234 127.0.0.1:3000 pid:20`,
			listener3000,
		},
		`closed 2 tcp CLOSE_WAIT 127.0.0.1:51234 > 127.0.0.1:3000`,
	},
	{
		"a connection is asked for, which is no socket yet",
		[]string{listener3000, listener3000 + "3 tcp SYN_RECV 127.0.0.1:3000 127.0.0.1:51234", listener3000},
		``,
	},
	{
		"the socket that was asked for has another ID",
		[]string{
			listener3000 + "2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20\n3 tcp SYN_RECV 127.0.0.1:3000 127.0.0.1:51234",
			listener3000 + "2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20\n4 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234",
		},
		`changed 4=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1 from SYN_RECV`,
	},
	{
		"the other end comes later",
		[]string{
			listener3000 + `2 tcp SYN_SENT 127.0.0.1:51234 127.0.0.1:3000 pid:20`,
			listener3000 + `
			2 tcp SYN_SENT 127.0.0.1:51234 127.0.0.1:3000 pid:20
			3 tcp CLOSE_WAIT 127.0.0.1:3000 127.0.0.1:51234`,
		},
		`changed 3=2 tcp CLOSE_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1 from SYN_SENT`,
	},
	{
		"the other end comes later, and both are through",
		[]string{listener3000 + `2 tcp SYN_SENT 127.0.0.1:51234 127.0.0.1:3000 pid:20`, pair3000},
		`changed 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1 from SYN_SENT`,
	},
	{
		"a dump missed one end of what came: the next has both",
		[]string{"", listener3000 + `2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20`, pair3000},
		`opened 3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1`,
	},
	{
		"a dump missed one end of what was there: no news",
		[]string{listener3000 + `2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20`, pair3000},
		``,
	},
	{
		"of what came only one end is ever seen",
		[]string{listener3000, oneEnd3000, oneEnd3000},
		`opened 2 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000`,
	},
	{
		"the other end comes when the first closes already",
		[]string{listener3000, oneEnd3000, listener3000 + `
			2 tcp FIN_WAIT2 127.0.0.1:51234 127.0.0.1:3000
			3 tcp CLOSE_WAIT 127.0.0.1:3000 127.0.0.1:51234 pid:10`},
		`opened 3=2 tcp CLOSE_WAIT 127.0.0.1:3000 < 127.0.0.1:51234 via 1`,
	},
	{
		"one end comes, and goes before the other is seen",
		[]string{listener3000, oneEnd3000, listener3000},
		"opened 2 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000\nclosed 2 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000 lived 1s",
	},
	{
		"the next connection between the same ports",
		[]string{
			listener3000, pair3000,
			listener3000 + "3 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51234",
			listener3000 + "4 tcp SYN_SENT 127.0.0.1:51234 127.0.0.1:3000 pid:20\n3 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51234",
		},
		`opened 4 tcp SYN_SENT 127.0.0.1:51234 > 127.0.0.1:3000`,
	},
	{
		"a socket twice in a dump, first old, then new",
		[]string{listener3000, "1 tcp LISTEN 127.0.0.1:3000 pid:10\n1 tcp BOUND 127.0.0.1:3000 pid:10"},
		``,
	},
	{
		"a listener is replaced by another",
		[]string{listener3000, "7 tcp LISTEN 127.0.0.1:3000 pid:11"},
		"opened 7 tcp LISTEN 127.0.0.1:3000\nclosed 1 tcp LISTEN 127.0.0.1:3000",
	},
	{
		"a UDP socket connects",
		[]string{"1 udp UNCONN 127.0.0.1:53 pid:10", "1 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:9 pid:10"},
		`changed 1 udp ESTABLISHED 127.0.0.1:53 >? 127.0.0.1:9 from UNCONN`,
	},
	{
		"a UDP socket leaves its peer for another, and then closes",
		[]string{
			"1 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:50000 pid:10\n2 udp ESTABLISHED 127.0.0.1:50000 127.0.0.1:53 pid:20",
			"1 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:50000 pid:10\n2 udp ESTABLISHED 127.0.0.1:50000 127.0.0.1:54 pid:20",
			"1 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:50000 pid:10",
		},
		`closed 2 udp ESTABLISHED 127.0.0.1:50000 >? 127.0.0.1:54`,
	},
}

func TestEvents(t *testing.T) {
	for _, tt := range eventTests {
		t.Run(tt.name, func(t *testing.T) {
			w := watch(t, tt.snaps...)
			if diff := cmp.Diff(modeltest.Lines(tt.want), sketchEvents(w.events)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for _, e := range w.events {
				at := w.cur.snap.Time
				if e.Kind == EventOpened {
					at = e.Row.FirstSeen // it can have waited for its other end
				}
				if !e.Time.Equal(at) || e.Row.Mark != e.Kind.Mark() {
					t.Errorf("event at %v with mark %d", e.Time, e.Row.Mark)
				}
			}
		})
	}
}

// TestEventRowsAreCopies poisons everything the caller may use again.
func TestEventRowsAreCopies(t *testing.T) {
	m := watch(t)
	first, second := modeltest.Snapshot(t, 0, pair3000), modeltest.Snapshot(t, 1, "4 tcp LISTEN 127.0.0.1:4000 pid:30")
	m.Update(first)
	row, ok := m.Find(2)
	if !ok {
		t.Fatal("socket 2 is not found")
	}
	kept := row.Clone()
	events := m.Update(second)
	before := sketchEvents(events)
	closed := m.rows(ListOptions{})
	poison := func(s *sockets.Snapshot) {
		for i := range s.Sockets {
			s.Sockets[i] = sockets.Socket{ID: 99}
		}
		s.Warnings, s.Users, s.Interfaces, s.Processes, s.Addresses = nil, nil, nil, nil, nil
		s.Time = time.Time{}
	}
	poison(first)
	if diff := cmp.Diff(closed, m.rows(ListOptions{})); diff != "" {
		t.Errorf("rows changed with the old snapshot:\n%s", diff)
	}
	third := modeltest.Snapshot(t, 1.5, "")
	m.Update(third)
	poison(second)
	if diff := cmp.Diff(before, sketchEvents(events)); diff != "" {
		t.Errorf("events changed with the snapshots:\n%s", diff)
	}
	for _, e := range events {
		if p := e.Row.Owner(e.Row.Socket); p == nil {
			t.Errorf("%s: the process is forgotten", sketch(&e.Row))
		}
	}
	if got, want := sketch(&kept), "  3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1"; got != want {
		t.Errorf("the kept row is now\n%s, want\n%s", got, want)
	}
	if p := kept.Owner(kept.Peer); p == nil || p.PID != 20 {
		t.Errorf("the kept row's client is %v", p)
	}
	if got := m.rows(ListOptions{Order: model.Order{Column: model.ByLocal}}); len(got) != 3 {
		t.Errorf("%d closed rows, want the listener, the pair and the other listener: %q", len(got), got)
	}
}

// TestEventsRetainOnlyOwners makes sure that an event does not keep all processes of
// its snapshot in memory.
func TestEventsRetainOnlyOwners(t *testing.T) {
	w := watch(t, "8 tcp LISTEN 127.0.0.1:80 pid:11,12,13", "8 tcp LISTEN 127.0.0.1:80 pid:11,12,13\n"+pair3000)
	if len(w.events) != 2 {
		t.Fatalf("events %q", sketchEvents(w.events))
	}
	for _, e := range w.events {
		if n := len(e.Row.Snapshot.Processes); n != 2 || e.Row.Snapshot.Sockets != nil {
			t.Errorf("%s keeps %d processes and %d sockets", sketch(&e.Row), n, len(e.Row.Snapshot.Sockets))
		}
	}
}

func TestEventKindString(t *testing.T) {
	for kind, want := range map[EventKind]string{0: "", EventOpened: "opened", EventChanged: "changed", EventClosed: "closed"} {
		if got := kind.String(); got != want {
			t.Errorf("kind %d is %q, want %q", kind, got, want)
		}
	}
}
