package cli

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/recording"
	"lotop/ui"
	"lotop/ui/jsonout"
	"lotop/ui/style"
)

// watcher is a watch that goes on.
type watcher struct {
	app      *app
	options  *options
	output   *outputOptions
	query    *query.Query
	interval time.Duration
	period   time.Duration // 0 for ever

	source            sockets.Source
	notifications     recording.NotificationSource // nil where the kernel does not notify
	usesNotifications bool                         // whether the monitor counts on notices
	monitor           *track.Tracker
	snaps             [2]*sockets.Snapshot // the monitor has one, the other is read into
	snapIndex         int
	notificationBuf   []sockets.DestroyNotification
	out               *bufio.Writer
	encoder           *json.Encoder
	records           *recordWriter // nil for lines and JSON
	fields            []eventField
	cwd               directories
	since             time.Time // earlier events are not printed
}

func newWatcher(a *app, o *options, out *outputOptions, query *query.Query) *watcher {
	w := &watcher{app: a, options: o, output: out, query: query, monitor: track.New(), snaps: [2]*sockets.Snapshot{{}, {}}, cwd: a.directories(o)}
	w.out = bufio.NewWriterSize(a.out, 1<<16)
	w.encoder = json.NewEncoder(w.out)
	w.encoder.SetEscapeHTML(false) // a command with & and > stays readable
	names, f := out.columns.names, out.format.value
	if names == nil && (f == formatCSV || f == formatTSV) {
		names = defaultEventFields()
	}
	if names != nil {
		w.records, w.fields = newRecordWriter(w.out, f), fieldsNamed(eventFields(), names)
	}
	return w
}

// writeHeader writes the names of the columns, at once: events can be long in
// coming.
func (w *watcher) writeHeader() error {
	if w.records == nil || w.output.noHeader {
		return nil
	}
	err := w.writeRecord(func(f *eventField) string { return f.name })
	if err == nil {
		err = w.out.Flush()
	}
	if err != nil {
		return fmt.Errorf("write the events: %w", err)
	}
	return nil
}

// writeRecord writes a record; a dash stands for what is empty where nothing else
// would show that a field is there.
func (w *watcher) writeRecord(value func(*eventField) string) error {
	record := make([]string, len(w.fields))
	for i := range w.fields {
		record[i] = value(&w.fields[i])
		if w.output.format.value == formatTable {
			record[i] = orDash(record[i])
		}
	}
	return w.records.write(record)
}

// refresh reads the tables and prints what has changed. Notifications are drained
// after the read: so what has left the table was reported,
// or is about to be.
func (w *watcher) refresh(ctx context.Context) error {
	next := w.snaps[w.snapIndex]
	if err := w.source.Read(ctx, next); err != nil {
		return fmt.Errorf("read the socket tables: %w", err)
	}
	w.snapIndex = 1 - w.snapIndex
	if w.monitor.Snapshot() == nil {
		// Without tables nothing is known of what has closed.
		return errors.Join(w.write(w.monitor.Update(next)), w.drainNotifications())
	}
	if err := w.drainNotifications(); err != nil {
		return err
	}
	return w.write(w.monitor.Update(next))
}

// drainNotifications prints what has closed.
func (w *watcher) drainNotifications() error {
	if w.notifications == nil {
		return nil
	}
	var lost int
	w.notificationBuf, lost = w.notifications.Drain(w.notificationBuf[:0])
	return w.write(w.applyNotifications(w.notificationBuf, lost))
}

func (w *watcher) applyNotifications(notices []sockets.DestroyNotification, lost int) []track.Event {
	if lost > 0 {
		w.app.warn("%s", ui.LostMessage(lost))
	}
	return w.monitor.ApplyNotifications(notices, lost > 0)
}

// write writes the events that are asked for, at once.
func (w *watcher) write(events []track.Event) error {
	for i := range events {
		e := &events[i]
		if !w.options.all && !e.Row.InScope() || !w.query.Match(&e.Row) || e.Time.Before(w.since) {
			continue
		}
		if err := w.writeEvent(e); err != nil {
			return fmt.Errorf("write the events: %w", err)
		}
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write the events: %w", err)
	}
	return nil
}

func (w *watcher) writeEvent(e *track.Event) error {
	switch {
	case w.records != nil:
		return w.writeRecord(func(f *eventField) string { return f.value(e, w.cwd) })
	case w.output.isJSON():
		j := jsonout.NewEvent(e)
		j.Socket.AddDirectories(&e.Row, w.cwd)
		return w.encoder.Encode(j)
	}
	w.app.stdoutStyler(w.options).writeLines(w.out, []style.Line{ui.EventLine(e)})
	return nil
}

// replay prints what happened in a recording, as fast as it can be read.
func (w *watcher) replay() (int, error) {
	player, err := openRecording(w.options.recording.replay)
	if err != nil {
		return exitFailed, err
	}
	defer player.Close()
	p := player.Position()
	w.since = p.Begin
	if at := w.options.recording.at; at != "" {
		if w.since, err = parseTimeWithin(at, p.Begin, p.End); err != nil {
			return exitFailed, err
		}
	}
	if text := player.Damage(); text != "" {
		w.app.warn("%s", text)
	}
	for {
		m, err := player.Next()
		switch {
		case errors.Is(err, io.EOF):
			return exitOK, w.write(w.monitor.FlushPending())
		case err != nil:
			return exitFailed, err
		case w.period > 0 && m.Snapshot != nil && m.Snapshot.Time.Sub(w.since) > w.period:
			return exitOK, w.write(w.monitor.FlushPending())
		}
		if err := w.replayStep(m); err != nil {
			return exitFailed, err
		}
	}
}

// replayStep prints what one step of a recording brought. Notifications that came while
// the tables were read belong before them, as they did then.
func (w *watcher) replayStep(m recording.Step) error {
	before := len(m.Notifications)
	if m.Snapshot != nil {
		late := func(n sockets.DestroyNotification) bool { return n.Time.After(m.Snapshot.Time) }
		if i := slices.IndexFunc(m.Notifications, late); i >= 0 {
			before = i
		}
	}
	if len(m.Notifications)+m.Dropped > 0 && !w.usesNotifications {
		w.usesNotifications = true // this recording has notifications
		w.monitor.EnableNotifications()
	}
	events := w.applyNotifications(m.Notifications[:before], m.Dropped)
	if m.Snapshot != nil {
		events = append(events, w.monitor.Update(m.Snapshot)...)
	}
	return w.write(append(events, w.applyNotifications(m.Notifications[before:], 0)...))
}
