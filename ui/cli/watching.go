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

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/recording"
	"lotop/ui"
)

// watching is a watch that goes on.
type watching struct {
	a        *app
	o        *options
	query    *model.Query
	interval time.Duration
	period   time.Duration // 0 for ever

	source  sockets.Source
	ears    recording.Listener // nil where the kernel does not tell
	listens bool               // whether the monitor counts on notices
	monitor *model.Tracker
	snaps   [2]*sockets.Snapshot // the monitor has one, the other is read into
	turn    int
	heard   []sockets.DestroyNotification
	out     *bufio.Writer
	json    *json.Encoder
	since   time.Time // what was before is not told
}

func newWatching(a *app, o *options, query *model.Query) *watching {
	w := &watching{a: a, o: o, query: query, monitor: model.NewMonitor(), snaps: [2]*sockets.Snapshot{{}, {}}}
	w.out = bufio.NewWriterSize(a.out, 1<<16)
	w.json = json.NewEncoder(w.out)
	w.json.SetEscapeHTML(false) // a command with & and > stays readable
	return w
}

// look reads the tables and tells what has changed. What the kernel tells by
// itself is drained behind the read: so what has left the table was heard of,
// or is about to be.
func (w *watching) look(ctx context.Context) error {
	next := w.snaps[w.turn]
	if err := w.source.Read(ctx, next); err != nil {
		return fmt.Errorf("read the socket tables: %w", err)
	}
	w.turn = 1 - w.turn
	if w.monitor.Snapshot() == nil {
		// Without tables nothing can be told of what has closed.
		return errors.Join(w.tell(w.monitor.Update(next)), w.hear())
	}
	if err := w.hear(); err != nil {
		return err
	}
	return w.tell(w.monitor.Update(next))
}

// hear tells of what has closed.
func (w *watching) hear() error {
	if w.ears == nil {
		return nil
	}
	var lost int
	w.heard, lost = w.ears.Drain(w.heard[:0])
	return w.tell(w.listen(w.heard, lost))
}

func (w *watching) listen(notices []sockets.DestroyNotification, lost int) []model.Event {
	if lost > 0 {
		w.a.say("%s", ui.Lost(lost))
	}
	return w.monitor.ApplyNotifications(notices, lost > 0)
}

// tell writes the events that are asked for, at once.
func (w *watching) tell(events []model.Event) error {
	for i := range events {
		e := &events[i]
		if !w.o.all && !e.Row.InScope() || !w.query.Match(&e.Row) || e.Time.Before(w.since) {
			continue
		}
		if err := w.write(e); err != nil {
			return fmt.Errorf("write the events: %w", err)
		}
	}
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write the events: %w", err)
	}
	return nil
}

func (w *watching) write(e *model.Event) error {
	if w.o.json {
		return w.json.Encode(newEventJSON(e))
	}
	w.a.colours(w.o).writeLines(w.out, []ui.Line{ui.EventLine(e)})
	return nil
}

// replay tells what happened in a recording, as fast as it can be read.
func (w *watching) replay() (int, error) {
	player, err := openRecording(w.o.recording.replay)
	if err != nil {
		return exitFailed, err
	}
	defer player.Close()
	p := player.Position()
	w.since = p.Begin
	if at := w.o.recording.at; at != "" {
		if w.since, err = timeWithin(at, p.Begin, p.End); err != nil {
			return exitFailed, err
		}
	}
	if text := player.Damage(); text != "" {
		w.a.say("%s", text)
	}
	for {
		m, err := player.Next()
		switch {
		case errors.Is(err, io.EOF):
			return exitYes, w.tell(w.monitor.FlushPending())
		case err != nil:
			return exitFailed, err
		case w.period > 0 && m.Snapshot != nil && m.Snapshot.Time.Sub(w.since) > w.period:
			return exitYes, w.tell(w.monitor.FlushPending())
		}
		if err := w.retell(m); err != nil {
			return exitFailed, err
		}
	}
}

// retell tells what a moment of a recording brought. Notices that came while
// the tables were read belong before them, as they did then.
func (w *watching) retell(m recording.Moment) error {
	before := len(m.Notices)
	if m.Snapshot != nil {
		late := func(n sockets.DestroyNotification) bool { return n.Time.After(m.Snapshot.Time) }
		if i := slices.IndexFunc(m.Notices, late); i >= 0 {
			before = i
		}
	}
	if len(m.Notices)+m.Lost > 0 && !w.listens {
		w.listens = true // this recording has what the kernel told
		w.monitor.EnableNotifications()
	}
	events := w.listen(m.Notices[:before], m.Lost)
	if m.Snapshot != nil {
		events = append(events, w.monitor.Update(m.Snapshot)...)
	}
	return w.tell(append(events, w.listen(m.Notices[before:], 0)...))
}

// eventJSON is an event as scripts get it.
type eventJSON struct {
	Time     time.Time  `json:"time"`
	Event    string     `json:"event"`
	Socket   socketJSON `json:"socket"`
	From     string     `json:"from,omitempty"` // the state before a change
	Unseen   bool       `json:"unseen,omitempty"`
	LivedMS  *int64     `json:"lived_ms,omitempty"`
	Received *uint64    `json:"received_bytes,omitempty"`
	Sent     *uint64    `json:"sent_bytes,omitempty"`
	RTT      int64      `json:"rtt_us,omitempty"`
}

func newEventJSON(e *model.Event) eventJSON {
	j := eventJSON{Time: e.Time, Event: e.Kind.String(), Socket: newSocketJSON(&e.Row), Unseen: e.ShortLived, RTT: e.RTT.Microseconds()}
	if e.Kind == model.EventChanged && e.OldState != 0 {
		j.From = e.OldState.String()
	}
	if e.Lifetime > 0 {
		ms := e.Lifetime.Milliseconds()
		j.LivedMS = &ms
	}
	if e.HasBytes {
		j.Received, j.Sent = &e.Received, &e.Sent
	}
	return j
}
