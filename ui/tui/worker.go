package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// worker does what takes time: it reads the tables, compares, filters and
// orders. It has one job at a time, so it needs no locks; Model sees to that.
//
// Of every buffer there are two that take turns; see [turns].
type worker struct {
	source  sockets.Source
	reader  people
	monitor *model.Tracker
	journal *model.EventLog
	meter   meter
	notices notices // nil where the kernel does not tell
	heard   []sockets.DestroyNotification
	lost    int  // notices that did not get here
	jumped  int  // the jumps of a recording that were followed
	failed  bool // whether it was told that nothing more is recorded
	pins    pins
	news    []model.Event // that a pin is about, since the last result

	snaps    [2]*sockets.Snapshot
	snapTurn int
	rows     turns[model.Row]
	events   turns[model.Event]
	flows    map[sockets.ID]flow // of the last look; handed out, never changed
}

// turns are two buffers, one for the screen and one for the worker. The worker
// fills the one that it did not hand over last. That one belongs to the screen
// until it takes the result with the other, which is before the next job starts.
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

// people is what the worker asks about processes.
type people interface {
	Details(pid int) (*process.Details, error)
	Ancestors(pid int) ([]*process.Process, error)
	Protected(p *process.Process) (reason string, ok bool)
	ParentsFirst(all []*process.Process) []*process.Process
}

// journalSize is how many events are kept.
const journalSize = 10_000

func newWorker(source sockets.Source, reader people, heard notices) *worker {
	w := &worker{
		notices: heard,
		source:  source,
		reader:  reader,
		monitor: model.NewMonitor(),
		journal: model.NewEventLog(journalSize),
		meter:   newMeter(source),
		snaps:   [2]*sockets.Snapshot{{}, {}},
	}
	if heard != nil {
		w.monitor.EnableNotifications()
	}
	return w
}

// job says what is wanted.
type job struct {
	read    bool        // ask the kernel first
	hear    bool        // only take in what the kernel tells by itself
	pin     []model.Row // rows to be pinned, or not to be any longer
	shape   model.ListOptions
	events  bool         // the journal in place of rows
	measure []sockets.ID // the connections whose bytes are to be counted, with read
	inspect sockets.ID   // the socket whose details are wanted, 0 for none
	known   *model.Row   // what is known of that if it has gone: the row of an event, nil for none
	free    *dialog      // the dialog that wants a plan, nil for none
}

// result is a finished job: nothing in it has to be sorted or looked up again.
type result struct {
	job      job
	rows     []model.Row
	events   []model.Event
	counts   model.Counts
	warnings []sockets.Warning
	from     string
	at       time.Time
	flows    map[sockets.ID]flow
	details  *inspection // of what is there
	past     *inspection // of job.known, if that is not there any more
	plan     *model.Plan
	pins     []pin
	news     []model.Event // what happened to pinned rows
	heard    bool          // a notice told of something, with job.hear
	closed   bool          // and of a row in the table
	lost     int           // notices that did not get here, since the start
	failed   string        // why nothing more is recorded, told once and if no warning says it
	anew     bool          // this look does not follow the one before: a recording was jumped in
	err      error
}

// do carries out a job, as a command.
func (w *worker) do(j job) tea.Cmd {
	return func() tea.Msg { return w.work(j) }
}

// readTimeout bounds one look at the tables, so that a stuck kernel shows as a
// line on the screen.
const readTimeout = 10 * time.Second

func (w *worker) work(j job) result {
	res := result{job: j}
	if j.read {
		before := w.monitor
		if res.err = w.read(); res.err != nil {
			return res
		}
		res.anew = w.monitor != before
	}
	if j.hear {
		res.heard, res.closed = w.hear(j.shape.AllHosts)
		res.failed = w.unrecorded(nil)
		return res
	}
	snap := w.monitor.Snapshot()
	if snap == nil {
		return res
	}
	for i := range j.pin {
		w.pins.toggle(&j.pin[i])
	}
	if j.read {
		w.flows = w.meter.look(w.monitor, j.measure, snap.Time)
	}
	res.flows = w.flows
	res.rows = w.rows.fill(func(rows []model.Row) []model.Row {
		rows, res.counts = w.monitor.Rows(rows, j.shape)
		return w.pins.arrange(rows, w.monitor, snap.Time)
	})
	if j.events {
		res.events = w.events.fill(func(events []model.Event) []model.Event {
			return w.journal.Newest(events, j.shape.Match, j.shape.AllHosts)
		})
	}
	if j.inspect != 0 {
		if res.details = w.inspect(j.inspect); res.details == nil && j.known != nil {
			res.past = newInspection(j.known, w.end) // its processes may go on
		}
	}
	if d := j.free; d != nil {
		plan := model.PlanEnd(&d.row, d.socket, w.reader.Protected, w.monitor.ByPID)
		plan.ToStop = w.reader.ParentsFirst(plan.ToStop)
		res.plan = &plan
	}
	res.pins, res.news, res.lost = slices.Clone(w.pins.all), w.news, w.lost
	w.news, res.failed = nil, w.unrecorded(snap.Warnings)
	res.warnings, res.from, res.at = snap.Warnings, snap.Source, snap.Time
	return res
}

// unrecorded returns why nothing more is recorded, once, and empty if a warning
// says it: what could not be recorded may be a notice between two looks.
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

func (w *worker) read() error {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	next := w.snaps[w.snapTurn]
	jumps := w.jumps()
	if err := w.source.Read(ctx, next); err != nil {
		return err
	}
	if jumps != w.jumped {
		w.jumped = jumps
		w.startOver()
	}
	w.snapTurn = 1 - w.snapTurn
	// What was heard by now comes first: the tables already show the outcome.
	w.hear(true)
	w.note(w.monitor.Update(next))
	return nil
}

// jumps counts how often a recording was not just played on. A jump during a
// read counts with the next one.
func (w *worker) jumps() int {
	if p, ok := w.source.(player); ok {
		return p.Position().Jumps
	}
	return 0
}

// startOver forgets what happened before: what comes now does not follow it.
func (w *worker) startOver() {
	w.monitor = model.NewMonitor()
	if w.notices != nil {
		w.monitor.EnableNotifications()
	}
	w.journal.Clear()
	for i := range w.pins.all {
		w.pins.all[i].closed = time.Time{}
	}
}

func (w *worker) note(events []model.Event) {
	w.news = append(w.news, w.pins.news(events)...)
	w.journal.Add(events...)
}
