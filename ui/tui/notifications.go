package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/sockets"
)

// notificationSource is a source of destroy notifications, such as
// [sockdiag.Watcher].
type notificationSource interface {
	Ready() <-chan struct{}
	Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int)
	Close() error
}

// notificationDebounce is how long the screen waits after the first notification
// before it drains the queue: a page that opens closes dozens of connections.
const notificationDebounce = 200 * time.Millisecond

type (
	notificationsReadyMsg   struct{} // there are notifications to drain
	notificationsSettledMsg struct{} // the wait for more is over
)

// waitForNotifications returns a message when there are notifications to drain.
func (m *Model) waitForNotifications() tea.Cmd {
	if m.worker.notifications == nil {
		return nil
	}
	wake := m.worker.notifications.Ready()
	if wake == nil {
		return nil // a replay: its notifications are drained at each read
	}
	return func() tea.Msg {
		<-wake
		return notificationsReadyMsg{}
	}
}

// debounceNotifications waits for more notifications.
func (m *Model) debounceNotifications() tea.Cmd {
	return m.after(max(notificationDebounce, m.interval/5), func(time.Time) tea.Msg { return notificationsSettledMsg{} })
}

// drainNotifications has the worker apply the queued notifications, and waits for
// the next.
func (m *Model) drainNotifications() tea.Cmd {
	return tea.Batch(m.schedule(taskDrain), m.waitForNotifications())
}

// refreshAfterNotifications shows what the notifications changed. It reads the
// tables only if a row in the table closed: short-lived connections change no row.
func (m *Model) refreshAfterNotifications(r notificationsResult) tea.Cmd {
	switch {
	case m.paused:
		return nil
	case r.closed:
		return m.refresh()
	case m.view == eventsView && r.inScope:
		return m.rearrange()
	}
	return nil
}

// applyNotifications is the worker's part of a notificationsRequest.
func (w *worker) applyNotifications(q notificationsRequest) notificationsResult {
	res := w.drainNotifications(q)
	res.failed = w.unrecorded(nil)
	return res
}

// drainNotifications applies the queued notifications and adds their events to the
// log.
func (w *worker) drainNotifications(q notificationsRequest) (res notificationsResult) {
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
		res.inScope = res.inScope || inScope
		res.closed = res.closed || inScope && !events[i].ShortLived
	}
	res.closed = res.closed || lost > 0
	return res
}
