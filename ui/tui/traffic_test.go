package tui

import (
	"testing"
	"time"

	"lotop/sockets"
)

// countingSource also counts bytes: so many more at every read.
type countingSource struct {
	*fakeSource
	in, out uint64 // per question
	asked   int
	sockets int // in all questions
}

func (s *countingSource) Info(dst []sockets.TCPInfo, all []*sockets.Socket) []sockets.TCPInfo {
	s.asked++
	s.sockets += len(all)
	for range all {
		n := uint64(s.asked)
		dst = append(dst, sockets.TCPInfo{Known: true, Received: n * s.in, Sent: n * s.out, RTT: 40 * time.Microsecond})
	}
	return dst
}

func startCounting(t *testing.T, width, height int) (*driver, *countingSource) {
	t.Helper()
	d := start(t, street(), width, height)
	s := &countingSource{fakeSource: d.source, in: 12 * 1024, out: 4 * 1024}
	d.m.worker.meter = newMeter(s)
	d.pass(3 * time.Second)
	return d, s
}

func TestTrafficColumns(t *testing.T) {
	d, s := startCounting(t, 140, 40)
	d.wants("IN/s", "OUT/s", " 12K ", " 4.0K ")
	connections := 0
	for i := range d.m.rows.Rows {
		if d.m.rows.Rows[i].Socket.Connected() {
			connections++
		}
	}
	if most := s.asked * connections; s.sockets > most {
		t.Errorf("asked for %d sockets in %d looks at %d connections", s.sockets, s.asked, connections)
	}
	d.press("tab")
	d.pass(2 * time.Second)
	d.wantsNot("IN/s") // listeners have no traffic of their own
}

func TestTrafficOfVisibleRowsOnly(t *testing.T) {
	d, s := startCounting(t, 140, 8)
	s.asked, s.sockets = 0, 0
	d.pass(time.Second)
	if s.sockets > d.m.rows.Height {
		t.Errorf("%d sockets asked for, %d rows in sight", s.sockets, d.m.rows.Height)
	}
}

func TestTrafficInDetails(t *testing.T) {
	d, s := startCounting(t, 160, 45)
	d.selectRow("← 127.0.0.1:51234")
	d.press("enter")
	d.pass(3 * time.Second)
	d.wants("TRAFFIC", "↓ 12K/s", "↑ 4.0K/s", "round trip 0.04ms", "█")
	s.in, s.out = 0, 0 // the counters fall: another connection, never a negative rate
	d.pass(time.Second)
	d.wants("↓ ·  ↑ ·")
}

func TestSparkline(t *testing.T) {
	for _, c := range []struct {
		history []float64
		want    string
	}{
		{nil, ""},
		{[]float64{0, 0}, "▁▁"},
		{[]float64{0, 50, 100}, "▁▄█"},
	} {
		if got := sparkline(c.history); got != c.want {
			t.Errorf("%v: %q, not %q", c.history, got, c.want)
		}
	}
}
