package tui

import (
	"slices"
	"testing"
	"time"

	"lotop/model/eventlist"
	"lotop/model/track"
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
		before := slices.Clone(d.m.events.Rows)
		d.m.worker.eventLog.Add(track.Event{Kind: track.EventOpened, Time: noon.Add(time.Hour), Row: d.m.rows.Rows[0].Clone()})
		d.press("tab")
		if !slices.EqualFunc(before, d.m.events.Rows, func(a, b eventlist.Row) bool { return a.Seq == b.Seq }) {
			t.Errorf("after %d results without events the worker wrote to those on the screen", elsewhere)
		}
		d.release()
		if len(d.m.events.Rows) != len(before)+1 {
			t.Errorf("%d events, not one more than %d", len(d.m.events.Rows), len(before))
		}
	}
}

// A plan comes to the dialog that asked for it and to no other, whatever else is
// under way.
func TestPlanOfClosedDialog(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.selectRow("127.0.0.1:62893")
	d.hold = true
	d.press("x")
	if d.m.dialog.stage != stagePlanning {
		t.Fatalf("the dialog is at stage %d", d.m.dialog.stage)
	}
	d.press("n") // while it plans
	d.selectRow("127.0.0.1:3000")
	d.press("x")
	d.release()
	if dialog := d.m.dialog; dialog.stage != stageConfirming || len(dialog.jobs[0].plan.ToStop) != 1 || dialog.jobs[0].plan.ToStop[0].PID != 2001 {
		t.Errorf("at stage %d with the plan %+v", dialog.stage, dialog.jobs[0].plan)
	}
}

// What the worker gets, the screen can go on using: nothing in it is shared that
// either side changes.
func TestRequestsShareNothing(t *testing.T) {
	d := start(t, street(), 120, 30)
	playEvents(d)
	d.press("/")
	d.typeIn("proto:tcp")
	d.press("enter", "enter")
	q := d.m.arrangeRequest()
	if d.m.query.Empty() || q.shape.Match != nil || q.query != "proto:tcp" {
		t.Errorf("the query of the screen is %q, its request has a match of the screen: %t, and %q", d.m.query, q.shape.Match != nil, q.query)
	}
	if d.m.worker.query == d.m.query {
		t.Error("the worker and the screen have one query")
	}
	shown := &d.m.details.data.row
	if !q.inspect.event || q.inspect.row.Socket.ID != shown.Socket.ID || q.inspect.row.Socket == shown.Socket || q.inspect.row.Snapshot == shown.Snapshot {
		t.Errorf("the request has the row of the details: %+v", q.inspect)
	}
}
