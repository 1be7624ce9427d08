package tui

import (
	"context"
	"slices"
	"time"

	"lotop/model"
	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// worker does what takes time: it reads the tables, compares, filters and
// orders. It has one request at a time, so it needs no locks; Model sees to that.
//
// Of every buffer there are two that take turns; see [turns].
type worker struct {
	source            sockets.Source
	reader            processReader
	tracker           *track.Tracker
	eventLog          *track.EventLog
	meter             meter
	notifications     notificationSource // nil where the kernel does not tell
	notificationBuf   []sockets.DestroyNotification
	lostNotifications int  // notices that did not get here
	jumpsSeen         int  // the jumps of a recording that were followed
	failed            bool // whether it was told that nothing more is recorded
	pins              pins
	pinEvents         []track.Event // that a pin is about, since the last result

	snaps    [2]*sockets.Snapshot
	snapTurn int
	rows     turns[model.Row]
	events   turns[track.Event]
	flows    map[sockets.ID]flow // of the last look; handed out, never changed
	query    *query.Query        // of the last arrangement
}

// turns are two buffers, one for the screen and one for the worker. The worker
// fills the one that it did not hand over last. That one belongs to the screen
// until it takes the result with the other, which is before the next request.
//
// Each kind of row has turns of its own: they change hands only with a result
// that has rows of that kind, for only then the screen lets go of the others.
type turns[T any] struct {
	buffers [2][]T
	shown   int // which one was handed over last
}

// fill lets f append to the buffer that the screen does not have, and hands that
// over.
func (t *turns[T]) fill(f func(dst []T) []T) []T {
	t.shown = 1 - t.shown
	t.buffers[t.shown] = f(t.buffers[t.shown][:0])
	return t.buffers[t.shown]
}

// processReader is what the worker asks about processes.
type processReader interface {
	Details(pid int) (*process.Details, error)
	Ancestors(pid int) ([]*process.Process, error)
}

// eventLogSize is how many events are kept.
const eventLogSize = 10_000

func newWorker(source sockets.Source, reader processReader, heard notificationSource) *worker {
	w := &worker{
		notifications: heard,
		source:        source,
		reader:        reader,
		tracker:       track.New(),
		eventLog:      track.NewEventLog(eventLogSize),
		meter:         newMeter(source),
		snaps:         [2]*sockets.Snapshot{{}, {}},
	}
	if heard != nil {
		w.tracker.EnableNotifications()
	}
	return w
}

// unrecorded returns why nothing more is recorded, once, and empty if a warning
// says it: what could not be recorded may be a notification between two reads.
func (w *worker) unrecorded(told []sockets.Warning) string {
	recorder, ok := w.source.(interface{ Failed() error })
	if !ok || w.failed {
		return ""
	}
	err := recorder.Failed()
	if w.failed = err != nil; !w.failed {
		return ""
	}
	if slices.ContainsFunc(told, func(w sockets.Warning) bool { return w.Kind == sockets.RecordingFailed }) {
		return ""
	}
	return err.Error()
}

// refresh reads the tables and compares them with the last snapshot.
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
	// What was heard by now comes first: the tables already show the outcome.
	w.drainNotifications(hearRequest{all: true})
	w.recordEvents(w.tracker.Update(next))
	return nil
}

// jumpCount counts how often a recording was not just played on. A jump during a
// read counts with the next one.
func (w *worker) jumpCount() int {
	if p, ok := w.source.(player); ok {
		return p.Position().Jumps
	}
	return 0
}

// reset forgets what happened before: what comes now does not follow it.
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
