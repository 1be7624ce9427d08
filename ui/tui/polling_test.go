package tui

import (
	"errors"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func (d *driver) wantsReads(n int, when string) {
	d.t.Helper()
	if d.source.reads != n {
		d.t.Errorf("%s: %d looks at the tables, not %d", when, d.source.reads, n)
	}
}

func TestPolling(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.wantsReads(1, "at the start")
	d.pass(3 * time.Second)
	d.wantsReads(4, "after 3s")
	d.press("p")
	d.wants("paused")
	d.pass(time.Minute)
	d.wantsReads(4, "paused")
	d.press("space")
	d.wantsReads(5, "going on")
	d.pass(2 * time.Second)
	d.wantsReads(7, "2s later")
	d.press("+")
	d.wants("refresh every 2s")
	d.pass(10 * time.Second)
	d.wantsReads(12, "10s later at 2s")
	d.press("-", "-")
	d.pass(time.Second)
	d.wantsReads(14, "1s later at 500ms")
	d.press("p", "p", "p", "p")
	before := d.source.reads
	d.pass(time.Second)
	d.wantsReads(before+2, "after pausing back and forth")
}

func TestPace(t *testing.T) {
	for _, c := range []struct {
		from         time.Duration
		slow, faster time.Duration
	}{
		{time.Second, 2 * time.Second, 500 * time.Millisecond},
		{300 * time.Millisecond, 500 * time.Millisecond, 200 * time.Millisecond},
		{time.Minute, time.Minute, 30 * time.Second},
		{time.Hour, time.Minute, time.Minute},
		{100 * time.Millisecond, 200 * time.Millisecond, 100 * time.Millisecond},
		{time.Millisecond, 100 * time.Millisecond, 100 * time.Millisecond},
	} {
		for key, want := range map[string]time.Duration{"+": c.slow, "-": c.faster} {
			d := start(t, street(), 80, 24)
			d.m.interval = c.from
			if d.press(key); d.m.interval != want {
				t.Errorf("%s at %v gives %v, not %v", key, c.from, d.m.interval, want)
			}
		}
	}
}

// While a job is under way nothing starts another; what was asked for meanwhile
// is done once, right after it. The polling never dies of that.
func TestNeverTwoJobs(t *testing.T) {
	for _, busy := range []string{"reading", "arranging"} {
		d := start(t, street(), 80, 24)
		d.hold = true
		if busy == "reading" {
			d.pass(time.Second)
		} else {
			d.press("S")
		}
		reads := d.source.reads
		d.press("S", "a", "u", "tab", "p", "p", "+", "-", "enter", "x")
		d.pass(5 * time.Second)
		d.wantsReads(reads, busy)
		if d.jobs() != 1 {
			t.Fatalf("%s: %d jobs in flight", busy, d.jobs())
		}
		d.release()
		if d.jobs() != 1 {
			t.Fatalf("%s: %d jobs follow", busy, d.jobs())
		}
		d.hold = false
		d.release()
		after := d.source.reads
		d.pass(3 * time.Second)
		d.wantsReads(after+3, busy+", 3s later")
	}
}

func TestReadErrorAndBack(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.source.err = errors.New("read the socket tables: no buffer space")
	d.pass(time.Second)
	d.wants("✗ read error", "no buffer space", "127.0.0.1:3000")
	d.press("down", "enter", "S", "esc") // what is known still is there to be looked at
	d.source.err = nil
	d.pass(time.Second)
	d.wants("● live")
	d.wantsNot("no buffer space")
}

func TestSpinner(t *testing.T) {
	d := prepare(t, street(), Options{})
	d.hold = true
	d.send(tea.WindowSizeMsg{Width: 80, Height: 24})
	d.run(d.m.Init())
	before := d.text()
	d.pass(spinnerDelay)
	if d.text() == before || !d.m.showSpinner {
		t.Error("no spinner after a while")
	}
	d.hold = false
	d.release()
	d.wantsNot("reading")
	quick := start(t, street(), 80, 24)
	if quick.pass(spinnerDelay); quick.m.showSpinner {
		t.Error("a spinner though the data is there")
	}
}

// Ages are counted from the look they belong to, so that a recording plays back
// as it was, and a paused screen stands still.
func TestAgesStandStillWhilePaused(t *testing.T) {
	d := start(t, street(), 120, 30)
	d.press("p")
	before := d.m.screen()
	d.clock = d.clock.Add(time.Hour)
	if d.m.screen() != before {
		t.Errorf("the paused screen moved:\n%s", d.text())
	}
}

// In the journal the newest is at the top. Whoever stays there sees what comes;
// whoever has moved away, or reads details, stays with the event.
func TestEventsComeInAtTheTop(t *testing.T) {
	d := start(t, street(), 80, 24)
	playEvents(d)
	newest := func() bool { return d.m.events.Cursor == 0 }
	toggle := func() {
		snap := d.source.snap
		if len(snap.Sockets) != len(without(snap, 7001).Sockets) {
			d.source.snap = without(snap, 7001)
		} else {
			d.source.snap = with(snap, listeners(6001, 1)...)
		}
		d.pass(time.Second)
	}
	toggle()
	if !newest() {
		t.Error("the selection leaves the top by itself")
	}
	d.press("down")
	want := d.m.events.Current().Seq
	toggle()
	if got := d.m.events.Current().Seq; got != want {
		t.Errorf("event %d is selected, not %d", got, want)
	}
	d.press("g", "enter")
	want = d.m.events.Current().Seq
	toggle()
	if got := d.m.events.Current().Seq; got != want {
		t.Errorf("with details open event %d is selected, not %d", got, want)
	}
}
