package tui

import (
	"context"
	"slices"
	"time"

	"lotop/model"
	"lotop/model/eventlist"
	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// worker does everything that takes time: it reads the tables, compares, filters and
// sorts. It handles one request at a time, which Model ensures, so it needs no
// locks.
//
// It has two of every buffer, which alternate; see [turns].
type worker struct {
	source            sockets.Source
	reader            processReader
	tracker           *track.Tracker
	eventLog          *track.EventLog
	meter             meter
	contexts          contexts
	notifications     notificationSource // nil if there are none
	notificationBuf   []sockets.DestroyNotification
	lostNotifications int  // notifications that were dropped
	jumpsSeen         int  // the jumps of a replay after which the worker was reset
	failed            bool // it was reported that nothing more is recorded
	pins              pins
	pinEvents         []track.Event // of pinned rows, since the last result

	snaps    [2]*sockets.Snapshot
	snapTurn int
	rows     turns[model.Row]
	events   turns[eventlist.Row]
	flows    map[sockets.ID]flow // of the last read; shared with the screen, never changed
	query    *query.Query        // of the last arrangement
}

// turns are two buffers, one for the screen and one for the worker. The worker fills
// the one that it did not hand over last. The screen uses the other until it
// receives the next result, which is before the next request.
//
// Each kind of row has its own turns: they alternate only with a result that
// contains rows of that kind, because the screen keeps the others.
type turns[T any] struct {
	buffers [2][]T
	shown   int // index of the one handed over last
}

// fill calls f to append to the buffer that the screen does not use, and hands that
// over.
func (t *turns[T]) fill(f func(dst []T) []T) []T {
	t.shown = 1 - t.shown
	t.buffers[t.shown] = f(t.buffers[t.shown][:0])
	return t.buffers[t.shown]
}

// processReader is what the worker needs of a process.Reader.
type processReader interface {
	Details(pid int) (*process.Details, error)
	Ancestors(pid int) ([]*process.Process, error)
}

// eventLogSize is how many events are kept.
const eventLogSize = 10_000

func newWorker(source sockets.Source, reader processReader, notifications notificationSource) *worker {
	w := &worker{
		notifications: notifications,
		source:        source,
		reader:        reader,
		tracker:       track.New(),
		eventLog:      track.NewEventLog(eventLogSize),
		meter:         newMeter(source),
		snaps:         [2]*sockets.Snapshot{{}, {}},
	}
	if notifications != nil {
		w.tracker.EnableNotifications()
	}
	return w
}

// unrecorded returns why nothing more is recorded, once, and empty if one of the
// warnings reports it. A recording can also fail at a notification between two
// reads.
func (w *worker) unrecorded(reported []sockets.Warning) string {
	recorder, ok := w.source.(interface{ Failed() error })
	if !ok || w.failed {
		return ""
	}
	err := recorder.Failed()
	if w.failed = err != nil; !w.failed {
		return ""
	}
	if slices.ContainsFunc(reported, func(w sockets.Warning) bool { return w.Kind == sockets.RecordingFailed }) {
		return ""
	}
	return err.Error()
}

// refresh reads the tables and compares them with the previous snapshot.
func (w *worker) refresh(ctx context.Context) error {
	next := w.snaps[w.snapTurn]
	jumps := w.jumpCount()
	if err := w.source.Read(ctx, next); err != nil {
		return err
	}
	if jumps != w.jumpsSeen {
		w.jumpsSeen = jumps
		w.reset()
	}
	w.snapTurn = 1 - w.snapTurn
	// Notifications are applied after the read and before its snapshot, which
	// already shows their effect.
	w.drainNotifications(notificationsRequest{all: true})
	w.recordEvents(w.tracker.Update(next))
	return nil
}

// jumpCount returns how often the replay has jumped. A jump during a read counts for
// the next one.
func (w *worker) jumpCount() int {
	if p, ok := w.source.(player); ok {
		return p.Position().Jumps
	}
	return 0
}

// reset drops the history, which the next snapshot does not continue.
func (w *worker) reset() {
	w.tracker = track.New()
	if w.notifications != nil {
		w.tracker.EnableNotifications()
	}
	w.eventLog.Clear()
	for i := range w.pins.all {
		w.pins.all[i].closed = time.Time{}
	}
}

func (w *worker) recordEvents(events []track.Event) {
	w.pinEvents = append(w.pinEvents, w.pins.matching(events)...)
	w.eventLog.Add(events...)
}
