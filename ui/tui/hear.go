package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/sockets"
)

// notices are the kernel's words about closed sockets, as sockets.Notices gives
// them.
type notices interface {
	Wake() <-chan struct{}
	Drain(dst []sockets.Notice) (_ []sockets.Notice, lost int)
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
	wake := m.worker.notices.Wake()
	return func() tea.Msg {
		<-wake
		return wokenMsg{}
	}
}

// woken lets notices gather for a moment.
func (m *Model) woken() tea.Cmd {
	return m.wait(max(calm, m.interval/5), func(time.Time) tea.Msg { return heardMsg{} })
}

// heard takes in what has gathered: with a look at the tables, or, on a paused
// screen, only into the journal.
func (m *Model) heard() tea.Cmd {
	t := reading
	if m.paused {
		t = hearing
	}
	return tea.Batch(m.start(t), m.listen())
}

// hear brings the notices that have come into the journal.
func (w *worker) hear() {
	if w.notices == nil {
		return
	}
	var lost int
	w.heard, lost = w.notices.Drain(w.heard[:0])
	w.lost += lost
	w.note(w.monitor.Hear(w.heard, lost > 0))
}
