package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/eventlist"
	"lotop/model/portlist"
	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui/complete"
)

// The requests to the worker, one at a time; see [Model.schedule]. Requests and
// results are values: their content belongs to the receiver, and the sender does not
// change it afterward. Only the rows and events of an arrangement are lent; see
// [turns].
type (
	// notificationsRequest applies the queued notifications. all includes events outside of
	// loopback.
	notificationsRequest struct{ all bool }

	// arrangeRequest returns the rows of the newest snapshot.
	arrangeRequest struct {
		listID     int               // of the filter, view and order asked for
		shape      track.ListOptions // without its query
		query      string
		group      grouping
		ports      *portlist.Options // of the Ports view, without its query; nil for the rows of sockets
		events     bool              // include events
		openEvents map[uint64]bool   // folded events whose single ones follow
		pin        []model.Row       // rows whose pin to toggle
		inspect    subject
		// complete is a term of the filter to complete by values of the rows, empty for none.
		complete string
		marked   []sockets.ID // of marked rows
	}

	// readRequest reads a new snapshot and returns its rows.
	readRequest struct {
		arrangeRequest
		measure []sockets.ID // connections whose traffic to measure
	}
)

// subject is the socket or the event whose details are requested.
type subject struct {
	id    sockets.ID // 0 for nothing
	event bool
	row   model.Row // of the event, for the details of a closed socket
}

type (
	notificationsResult struct {
		inScope bool   // there was an event in scope
		closed  bool   // a row of the table closed, or notifications were lost
		failed  string // why nothing more is recorded, once and if no warning reports it
	}

	// arrangement is what the screen is drawn from, sorted and complete.
	arrangement struct {
		listID    int // as in the request
		rows      []model.Row
		hasPorts  bool // ports instead of rows
		ports     []portlist.Row
		timeWait  []portlist.TimeWait
		context   map[int32]processContext // of the processes that own ports, by PID
		events    []eventlist.Row
		hasEvents bool
		counts    track.Counts
		warnings  []sockets.Warning
		lost      int // number of lost notifications since the start
		at        time.Time
		flows     map[sockets.ID]flow
		inspected inspected
		pins      []pin
		unmarked  []sockets.ID  // of marked rows that have closed
		news      []track.Event // events of pinned rows
		failed    string        // as in a notificationsResult
		offers    []complete.Offer
	}

	readResult struct {
		arrangement
		jumped bool // the replay jumped, so the snapshot does not follow the previous one
		err    error
	}
)

// inspected is the details of a subject.
type inspected struct {
	id   sockets.ID
	now  *detailsData // nil if the snapshot does not contain it
	past *detailsData // of the event's row, if the snapshot does not contain it
}

// ask returns a command that answers a request.
func ask[Q, R any](answer func(Q) R, q Q) tea.Cmd {
	return func() tea.Msg { return answer(q) }
}

// readTimeout limits one read of the tables, so that a stuck kernel shows as an
// error on the screen.
const readTimeout = 10 * time.Second

func (w *worker) read(q readRequest) (res readResult) {
	before := w.tracker
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	if res.err = w.refresh(ctx); res.err != nil {
		return res
	}
	res.jumped = w.tracker != before
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
	if res.hasPorts = q.ports != nil; res.hasPorts {
		w.arrangePorts(&q, &res)
	} else {
		res.rows = w.rows.fill(func(rows []model.Row) []model.Row {
			rows, res.counts = w.tracker.Rows(rows, q.shape)
			return w.pins.arrange(rows, w.tracker, snap.Time)
		})
	}
	if res.hasEvents = q.events; q.events {
		res.events = w.events.fill(func(rows []eventlist.Row) []eventlist.Row {
			return eventlist.Fold(rows, w.eventLog.Newest(q.shape.Match, q.shape.AllHosts), q.openEvents)
		})
	}
	res.inspected = w.inspected(&q.inspect, res.ports)
	res.offers = w.offers(q.complete, q.shape.AllHosts)
	res.unmarked = closedOf(q.marked, w.tracker)
	res.flows = w.flows
	res.pins, res.news, res.lost = slices.Clone(w.pins.all), w.pinEvents, w.lostNotifications
	w.pinEvents, res.failed = nil, w.unrecorded(snap.Warnings)
	res.warnings, res.at = snap.Warnings, snap.Time
	return res
}

func (w *worker) inspected(of *subject, ports []portlist.Row) (found inspected) {
	if found.id = of.id; of.id == 0 {
		return found
	}
	if found.now = w.collectDetails(of.id, ports); found.now == nil && of.event {
		found.past = newDetailsData(&of.row, w.readEndpoint) // its processes may still run
	}
	return found
}

// parsed returns the query of a text that the screen has validated. The worker has
// its own, because a query contains scratch memory.
func (w *worker) parsed(text string) *query.Query {
	if text != w.query.String() {
		w.query, _ = query.Parse(text)
	}
	return w.query
}
