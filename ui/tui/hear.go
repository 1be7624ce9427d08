package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/sockets"
)

// notices are the kernel's words about closed sockets, as sockets.Notices gives
// them.
type notices interface {
	Ready() <-chan struct{}
	Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int)
	Close() error
}

// calm is how long the screen waits after the first notice before it looks: one
// page that opens closes dozens of connections.
const calm = 200 * time.Millisecond

type (
	wokenMsg struct{} // there are notices
	heardMsg struct{} // they have had their time to gather
)

// listen waits for the next notice.
func (m *Model) listen() tea.Cmd {
	if m.worker.notices == nil {
		return nil
	}
	wake := m.worker.notices.Ready()
	if wake == nil {
		return nil // a recording: its notices come with each look
	}
	return func() tea.Msg {
		<-wake
		return wokenMsg{}
	}
}

// woken lets notices gather for a moment.
func (m *Model) woken() tea.Cmd {
	return m.wait(max(calm, m.interval/5), func(time.Time) tea.Msg { return heardMsg{} })
}

// heard takes in what has gathered.
func (m *Model) heard() tea.Cmd {
	return tea.Batch(m.start(hearing), m.listen())
}

// reconcile shows what was heard: with a look at the tables if a row in sight has
// closed. Connections that came and went unseen change no row.
func (m *Model) catchUp(r hearResult) tea.Cmd {
	switch {
	case m.paused:
		return nil
	case r.closed:
		return m.refresh()
	case m.view == eventsView && r.heard:
		return m.rearrange()
	}
	return nil
}

// answerHear answers a hearRequest.
func (w *worker) answerHear(q hearRequest) hearResult {
	res := w.hear(q)
	res.failed = w.unrecorded(nil)
	return res
}

// hear brings the notices that have come into the journal.
func (w *worker) hear(q hearRequest) (res hearResult) {
	if w.notices == nil {
		return res
	}
	var lost int
	w.heard, lost = w.notices.Drain(w.heard[:0])
	w.lost += lost
	events := w.monitor.ApplyNotifications(w.heard, lost > 0)
	w.note(events)
	for i := range events {
		inScope := q.all || events[i].Row.InScope()
		res.heard = res.heard || inScope
		res.closed = res.closed || !events[i].ShortLived && inScope
	}
	res.closed = res.closed || lost > 0
	return res
}
