package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
)

// What the screen can ask its worker for, one at a time; see [Model.start].
// Requests and results are values: what is in one belongs to its receiver, and
// the sender does not change it afterward. Only the rows and events of an
// arrangement are lent; see [turns].
type (
	// hearRequest asks to apply the notifications that have arrived.
	hearRequest struct{ all bool }

	// arrangeRequest asks for the rows of the newest snapshot.
	arrangeRequest struct {
		listID  int               // of the filter, view and order asked for
		shape   track.ListOptions // without its query
		query   string
		events  bool        // those too
		pin     []model.Row // to pin, or to unpin if they are pinned
		inspect subject
	}

	// readRequest asks for a new snapshot and its rows.
	readRequest struct {
		arrangeRequest
		measure []sockets.ID // the connections whose bytes are to be counted
	}
)

// subject is what details are wanted of.
type subject struct {
	id    sockets.ID // 0 for nothing
	event bool
	row   model.Row // of the event: what is known if the socket has gone
}

type (
	hearResult struct {
		heard  bool   // there was an event
		closed bool   // a row of the table closed, or notifications were lost
		failed string // why nothing more is recorded, once and if no warning says it
	}

	// arrangement is what a screen is drawn from: nothing in it has to be sorted
	// or looked up again.
	arrangement struct {
		listID    int // as in the request
		rows      []model.Row
		events    []track.Event
		hasEvents bool
		counts    track.Counts
		warnings  []sockets.Warning
		lost      int // notifications, since the start
		at        time.Time
		flows     map[sockets.ID]flow
		inspected inspected
		pins      []pin
		news      []track.Event // what happened to pinned rows
		failed    string        // as in a hearResult
	}

	readResult struct {
		arrangement
		anew bool // the snapshot does not follow the last one: the replay has jumped
		err  error
	}
)

// inspected is what was found of a subject.
type inspected struct {
	id   sockets.ID
	now  *detailsData // nil if it is not there
	past *detailsData // of an event's row, if it is not there any more
}

// ask makes a command of a request.
func ask[Q, R any](answer func(Q) R, q Q) tea.Cmd {
	return func() tea.Msg { return answer(q) }
}

// readTimeout bounds one read of the tables, so that a stuck kernel shows as a
// line on the screen.
const readTimeout = 10 * time.Second

func (w *worker) read(q readRequest) (res readResult) {
	before := w.tracker
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	if res.err = w.refresh(ctx); res.err != nil {
		return res
	}
	res.anew = w.tracker != before
	w.flows = w.meter.sample(w.tracker, q.measure, w.tracker.Snapshot().Time)
	res.arrangement = w.arrange(q.arrangeRequest)
	return res
}

func (w *worker) arrange(q arrangeRequest) (res arrangement) {
	res.listID = q.listID
	snap := w.tracker.Snapshot()
	if snap == nil {
		return res
	}
	for i := range q.pin {
		w.pins.toggle(&q.pin[i])
	}
	q.shape.Match = w.parsed(q.query).Match
	res.rows = w.rows.fill(func(rows []model.Row) []model.Row {
		rows, res.counts = w.tracker.Rows(rows, q.shape)
		return w.pins.arrange(rows, w.tracker, snap.Time)
	})
	if res.hasEvents = q.events; q.events {
		res.events = w.events.fill(func(events []track.Event) []track.Event {
			return w.eventLog.Newest(events, q.shape.Match, q.shape.AllHosts)
		})
	}
	res.inspected = w.inspected(&q.inspect)
	res.flows = w.flows
	res.pins, res.news, res.lost = slices.Clone(w.pins.all), w.pinEvents, w.lostNotifications
	w.pinEvents, res.failed = nil, w.unrecorded(snap.Warnings)
	res.warnings, res.at = snap.Warnings, snap.Time
	return res
}

func (w *worker) inspected(of *subject) (found inspected) {
	if found.id = of.id; of.id == 0 {
		return found
	}
	if found.now = w.collectDetails(of.id); found.now == nil && of.event {
		found.past = newDetailsData(&of.row, w.readEndpoint) // its processes may go on
	}
	return found
}

// parsed returns the query of a text that the screen has checked. The worker has a
// query of its own, because a query keeps scratch memory.
func (w *worker) parsed(text string) *query.Query {
	if text != w.query.String() {
		w.query, _ = query.Parse(text)
	}
	return w.query
}
