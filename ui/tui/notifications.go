package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/sockets"
)

// notificationSource are the kernel's words about closed sockets, as sockets.Notices gives
// them.
type notificationSource interface {
	Ready() <-chan struct{}
	Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int)
	Close() error
}

// notificationDebounce is how long the screen waits after the first notice before it looks: one
// page that opens closes dozens of connections.
const notificationDebounce = 200 * time.Millisecond

type (
	notificationsReadyMsg   struct{} // there are notices
	notificationsSettledMsg struct{} // they have had their time to gather
)

// waitForNotifications waits for the next notice.
func (m *Model) waitForNotifications() tea.Cmd {
	if m.worker.notifications == nil {
		return nil
	}
	wake := m.worker.notifications.Ready()
	if wake == nil {
		return nil // a recording: its notices come with each look
	}
	return func() tea.Msg {
		<-wake
		return notificationsReadyMsg{}
	}
}

// debounceNotifications lets notices gather for a moment.
func (m *Model) debounceNotifications() tea.Cmd {
	return m.after(max(notificationDebounce, m.interval/5), func(time.Time) tea.Msg { return notificationsSettledMsg{} })
}

// drainNotifications takes in what has gathered.
func (m *Model) drainNotifications() tea.Cmd {
	return tea.Batch(m.schedule(taskDrain), m.waitForNotifications())
}

// reconcile shows what was heard: with a look at the tables if a row in sight has
// closed. Connections that came and went unseen change no row.
func (m *Model) refreshAfterNotifications(r hearResult) tea.Cmd {
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
	res := w.drainNotifications(q)
	res.failed = w.unrecorded(nil)
	return res
}

// drainNotifications brings the notices that have come into the journal.
func (w *worker) drainNotifications(q hearRequest) (res hearResult) {
	if w.notifications == nil {
		return res
	}
	var lost int
	w.notificationBuf, lost = w.notifications.Drain(w.notificationBuf[:0])
	w.lostNotifications += lost
	events := w.tracker.ApplyNotifications(w.notificationBuf, lost > 0)
	w.recordEvents(events)
	for i := range events {
		inScope := q.all || events[i].Row.InScope()
		res.heard = res.heard || inScope
		res.closed = res.closed || !events[i].ShortLived && inScope
	}
	res.closed = res.closed || lost > 0
	return res
}
