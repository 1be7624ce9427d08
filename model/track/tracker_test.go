package track

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/model/query"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// markStep is a literal snapshot at some second, and the rows it gives.
type markStep struct {
	at            float64
	sockets, want string
}

const (
	listener1 = "1 tcp LISTEN 127.0.0.1:1 pid:10\n"
	listener2 = "2 tcp LISTEN 127.0.0.1:2 pid:10\n"
)

var markTests = []struct {
	name  string
	steps []markStep
}{
	{"new for three seconds", []markStep{
		{0, listener1, "1 tcp LISTEN 127.0.0.1:1"},
		{10, listener1 + listener2, "1 tcp LISTEN 127.0.0.1:1\n+ 2 tcp LISTEN 127.0.0.1:2"},
		{12.9, listener1 + listener2, "1 tcp LISTEN 127.0.0.1:1\n+ 2 tcp LISTEN 127.0.0.1:2"},
		{13, listener1 + listener2, "1 tcp LISTEN 127.0.0.1:1\n2 tcp LISTEN 127.0.0.1:2"},
	}},
	{"changed for three seconds", []markStep{
		{0, "1 tcp BOUND 127.0.0.1:1 pid:10", "1 tcp BOUND 127.0.0.1:1"},
		{10, listener1, "~ 1 tcp LISTEN 127.0.0.1:1"},
		{12.9, listener1, "~ 1 tcp LISTEN 127.0.0.1:1"},
		{13, listener1, "1 tcp LISTEN 127.0.0.1:1"},
	}},
	{"what is new stays new through its handshake", []markStep{
		{0, "", ""},
		{1, "2 tcp SYN_SENT 127.0.0.1:2 127.0.0.1:80", "+ 2 tcp SYN_SENT 127.0.0.1:2 > 127.0.0.1:80"},
		{2, "2 tcp ESTABLISHED 127.0.0.1:2 127.0.0.1:80", "+ 2 tcp ESTABLISHED 127.0.0.1:2 > 127.0.0.1:80"},
		{5, "2 tcp CLOSE_WAIT 127.0.0.1:2 127.0.0.1:80", "~ 2 tcp CLOSE_WAIT 127.0.0.1:2 > 127.0.0.1:80"},
	}},
	{"a closed row for three seconds", []markStep{
		{0, listener1 + listener2, "1 tcp LISTEN 127.0.0.1:1\n2 tcp LISTEN 127.0.0.1:2"},
		{10, listener1, "1 tcp LISTEN 127.0.0.1:1\n- 2 tcp LISTEN 127.0.0.1:2"},
		{12.9, listener1, "1 tcp LISTEN 127.0.0.1:1\n- 2 tcp LISTEN 127.0.0.1:2"},
		{13, listener1, "1 tcp LISTEN 127.0.0.1:1"},
	}},
	{"a clock set back leaves neither marks nor closed rows", []markStep{
		{100, listener1 + listener2, "1 tcp LISTEN 127.0.0.1:1\n2 tcp LISTEN 127.0.0.1:2"},
		{101, listener1 + "3 tcp LISTEN 127.0.0.1:3", "1 tcp LISTEN 127.0.0.1:1\n- 2 tcp LISTEN 127.0.0.1:2\n+ 3 tcp LISTEN 127.0.0.1:3"},
		{50, listener1 + "3 tcp LISTEN 127.0.0.1:3", "1 tcp LISTEN 127.0.0.1:1\n3 tcp LISTEN 127.0.0.1:3"},
	}},
	{"no closed row beside a socket with the same ID", []markStep{
		{0, listener1, "1 tcp LISTEN 127.0.0.1:1"},
		{1, "", "- 1 tcp LISTEN 127.0.0.1:1"},
		{2, listener1, "+ 1 tcp LISTEN 127.0.0.1:1"},
	}},
	{"a connection that enters TIME_WAIT is no closed row", []markStep{
		{0, serverHigh, "2=3 tcp ESTABLISHED 127.0.0.1:3000 <? 127.0.0.1:62893"},
		{1, "2 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:62893", "~ 2 tcp TIME_WAIT 127.0.0.1:3000 <? 127.0.0.1:62893"},
		{2, "", ""},
	}},
	{"nor without cookies", []markStep{
		{0, serverHigh, "2=3 tcp ESTABLISHED 127.0.0.1:3000 <? 127.0.0.1:62893"},
		{1, "9 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:62893", "~ 9 tcp TIME_WAIT 127.0.0.1:3000 <? 127.0.0.1:62893"},
		{2, "", ""},
	}},
	{"a row that loses one end has changed", []markStep{
		{0, "2 tcp CLOSE_WAIT 127.0.0.1:2 127.0.0.1:80 pid:10\n3 tcp FIN_WAIT2 127.0.0.1:80 127.0.0.1:2", "2=3 tcp CLOSE_WAIT 127.0.0.1:2 <? 127.0.0.1:80"},
		{1, "2 tcp CLOSE_WAIT 127.0.0.1:2 127.0.0.1:80 pid:10", "~ 2 tcp CLOSE_WAIT 127.0.0.1:2 <? 127.0.0.1:80"},
	}},
	{"duplicates in a dump are dropped", []markStep{
		{0, listener1 + listener2 + listener1 + listener2 + "3 tcp LISTEN 127.0.0.1:3", "1 tcp LISTEN 127.0.0.1:1\n2 tcp LISTEN 127.0.0.1:2\n3 tcp LISTEN 127.0.0.1:3"},
		{1, listener2 + listener2 + listener1, "1 tcp LISTEN 127.0.0.1:1\n2 tcp LISTEN 127.0.0.1:2\n- 3 tcp LISTEN 127.0.0.1:3"},
	}},
}

// TestMarks advances by literal snapshots at the given seconds.
func TestMarks(t *testing.T) {
	for _, tt := range markTests {
		t.Run(tt.name, func(t *testing.T) {
			m := watch(t)
			for _, s := range tt.steps {
				m.Update(modeltest.Snapshot(t, s.at, s.sockets))
				if diff := cmp.Diff(modeltest.Lines(s.want), trimmed(m.rows(ListOptions{Order: model.Order{Column: model.ByLocal}}))); diff != "" {
					t.Errorf("after %v s (-want +got):\n%s", s.at, diff)
				}
			}
		})
	}
}

func TestAge(t *testing.T) {
	const old = `
		1 tcp LISTEN 127.0.0.1:1 pid:10
		2 tcp LISTEN 127.0.0.1:2 pid:10,30,20
		3 tcp LISTEN 127.0.0.1:3
		4 tcp LISTEN 127.0.0.1:4 pid:99`
	m := New()
	first := modeltest.Snapshot(t, 0, old)
	delete(first.Processes, 99)
	m.Update(first)
	m.Update(modeltest.Snapshot(t, 2, old+"\n5 tcp LISTEN 127.0.0.1:5 pid:10"))
	for id, want := range map[sockets.ID]struct {
		age   time.Duration // before modeltest.Began; 0 for unknown
		exact bool
	}{
		1: {age: 10 * time.Minute},
		2: {age: 30 * time.Minute}, // the oldest owner: the others inherited it
		3: {},
		4: {}, // its process had ended before it was looked up
		5: {age: -2 * time.Second, exact: true},
	} {
		r, ok := m.Find(id)
		if !ok {
			t.Fatalf("socket %d is not found", id)
		}
		if want.age == 0 != r.FirstSeen.IsZero() || want.age != 0 && !r.FirstSeen.Equal(modeltest.Began.Add(-want.age)) || r.FirstSeenExact != want.exact {
			t.Errorf("socket %d: first seen %v, exact %v; want %v before %v", id, r.FirstSeen, r.FirstSeenExact, want.age, modeltest.Began)
		}
	}
}

func TestBeforeTheFirstSnapshot(t *testing.T) {
	m := New()
	if rows, counts := m.Rows(nil, ListOptions{}); rows != nil || counts != (Counts{}) || m.Snapshot() != nil {
		t.Errorf("%d rows, %+v", len(rows), counts)
	}
	if _, ok := m.Find(1); ok {
		t.Error("found a socket in nothing")
	}
}

// TestRowsAppends makes sure that what dst holds already stays where it is.
func TestRowsAppends(t *testing.T) {
	m := watch(t, "1 tcp LISTEN 127.0.0.1:9 pid:10\n2 tcp LISTEN 127.0.0.1:1 pid:10")
	rows, _ := m.Rows([]model.Row{{Debugger: "mine"}}, ListOptions{Order: model.Order{Column: model.ByLocal}})
	if len(rows) != 3 || rows[0].Debugger != "mine" || rows[1].Socket.ID != 2 {
		t.Errorf("got %d rows", len(rows))
	}
}

func TestDebuggerOfRow(t *testing.T) {
	const dlv = `
		1 tcp LISTEN 127.0.0.1:62893 pid:10,11
		2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:62893 pid:20
		3 tcp ESTABLISHED 127.0.0.1:62893 127.0.0.1:51234 pid:11`
	snap := func(seconds float64, text string) *sockets.Snapshot {
		s := modeltest.Snapshot(t, seconds, text)
		s.Processes[11] = &process.Process{PID: 11, Args: []string{"/usr/bin/dlv", "dap"}, Name: untrusted.New("dlv")}
		return s
	}
	m := New()
	m.Update(snap(0, dlv))
	for _, id := range []sockets.ID{1, 2, 3} {
		if r, ok := m.Find(id); !ok || r.Debugger != "delve" {
			t.Errorf("socket %d is of %q", id, r.Debugger)
		}
	}
	for _, r := range m.ByPID(20) {
		if r.Debugger != "" {
			t.Errorf("the client is a debug server, %q", r.Debugger)
		}
	}
	gone := modeltest.Snapshot(t, 1, "")
	if events := m.Update(gone); len(events) != 2 || events[0].Row.Debugger != "delve" || events[1].Row.Debugger != "delve" {
		t.Errorf("after its end: %q", sketchEvents(events))
	}
	if len(m.debuggers.servers) != 0 || m.debuggers.count != 0 {
		t.Errorf("%d processes are remembered, %d as debuggers", len(m.debuggers.servers), m.debuggers.count)
	}
}

// TestMemoryIsBounded lets thousands of connections come and go, UDP ones in a
// chain where each peer outlives the one before.
func TestMemoryIsBounded(t *testing.T) {
	m := New()
	chain := func(i int) string {
		port := func(n int) int { return 10_000 + n%1000 }
		return fmt.Sprintf("%d udp ESTABLISHED 127.0.0.1:%d 127.0.0.1:%d pid:%d\n%d udp ESTABLISHED 127.0.0.1:%d 127.0.0.1:%d\n",
			100+i, port(i), port(i+1), 1000+i, 101+i, port(i+1), port(i))
	}
	m.Update(modeltest.Snapshot(t, 0, ""))
	collected := make(chan bool, 1)
	for i := range 2000 {
		m.Update(modeltest.Snapshot(t, float64(i), chain(i)))
		m.Rows(nil, ListOptions{})
		if i == 10 {
			runtime.AddCleanup(m.tracks[110], func(c chan bool) { c <- true }, collected)
		}
	}
	if n := len(m.tracks); n != 2 {
		t.Errorf("%d tracks of 2 sockets", n)
	}
	if n := len(m.closedRows); n > 10 {
		t.Errorf("%d closed rows", n)
	}
	if n := len(m.debuggers.servers); n != 1 {
		t.Errorf("%d processes remembered", n)
	}
	for range 10 {
		runtime.GC()
		select {
		case <-collected:
			return
		case <-time.After(100 * time.Millisecond):
		}
	}
	t.Error("the track of a socket that has gone is still in memory")
}

func TestClosedRowsAreBounded(t *testing.T) {
	m := New()
	s := modeltest.Snapshot(t, 0, "1 tcp LISTEN 127.0.0.1:3000 pid:10")
	for i := range 2 * maxClosedRows {
		s.Sockets = append(s.Sockets, s.Sockets[0])
		s.Sockets[i+1].ID = sockets.ID(i + 2)
	}
	m.Update(s)
	m.Update(modeltest.Snapshot(t, 1, ""))
	if len(m.closedRows) != maxClosedRows {
		t.Errorf("%d closed rows, want %d", len(m.closedRows), maxClosedRows)
	}
}

// TestUnchangedRefreshAllocatesNothing holds the budget of design.md.
func TestUnchangedRefreshAllocatesNothing(t *testing.T) {
	c, m := newLoad50k(), New()
	var rows []model.Row
	q, err := query.Parse("worker")
	if err != nil {
		t.Fatal(err)
	}
	for _, shape := range []ListOptions{
		{Order: model.Order{Column: model.ByLocal}},
		{Order: model.Order{Column: model.ByProcess}},
		{Order: model.Order{Column: model.ByUser, Reverse: true}, Unfold: true},
		{Order: model.Order{Column: model.ByAge}, Match: q.Match},
	} {
		refresh := func() {
			m.Update(c.read(0))
			rows, _ = m.Rows(rows[:0], shape)
		}
		refresh()
		refresh()
		refresh()
		if n := testing.AllocsPerRun(3, refresh); n > 10 {
			t.Errorf("%+v: %.0f allocations", shape.Order, n)
		}
	}
}
