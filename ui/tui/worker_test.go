package tui

import (
	"slices"
	"testing"
	"time"

	"lotop/model"
)

// Whatever views are turned to, the worker writes to no events that the screen
// still shows.
func TestWorkerLeavesShownEventsAlone(t *testing.T) {
	for _, elsewhere := range []int{0, 1, 2, 3} { // results in other views, before the one with events again
		d := start(t, street(), 80, 24)
		playEvents(d)
		d.hold = true // the result of a job waits, as while the worker still fills it
		d.press("shift+tab")
		d.release()
		for range elsewhere {
			d.press("S")
			d.release()
		}
		before := slices.Clone(d.m.events.rows)
		d.m.worker.journal.Add(model.Event{Kind: model.EventOpened, Time: noon.Add(time.Hour), Row: d.m.rows.rows[0].Clone()})
		d.press("tab")
		if !slices.EqualFunc(before, d.m.events.rows, func(a, b model.Event) bool { return a.Seq == b.Seq }) {
			t.Errorf("after %d results without events the worker wrote to those on the screen", elsewhere)
		}
		d.release()
		if len(d.m.events.rows) != len(before)+1 {
			t.Errorf("%d events, not one more than %d", len(d.m.events.rows), len(before))
		}
	}
}
