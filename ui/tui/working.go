package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model/track"
)

// task is a kind of request to the worker; each includes those below it.
type task uint8

const (
	taskNone task = iota
	taskDrain
	taskArrange
	taskRead
)

// refresh requests a read of the tables.
func (m *Model) refresh() tea.Cmd { return m.schedule(taskRead) }

// rearrange requests the rows again, with the present options.
func (m *Model) rearrange() tea.Cmd { return m.schedule(taskArrange) }

// schedule sends a request, or remembers it until the worker is free.
func (m *Model) schedule(t task) tea.Cmd {
	t = max(t, m.pending)
	if m.busy {
		m.pending = t
		return nil
	}
	m.busy, m.pending = true, taskNone
	switch t {
	case taskDrain:
		return ask(m.worker.applyNotifications, notificationsRequest{all: m.shape.AllHosts})
	case taskRead:
		m.tickID++ // a pending tick would only read once more
		return ask(m.worker.read, readRequest{m.arrangeRequest(), m.visibleConns()})
	}
	return ask(m.worker.arrange, m.arrangeRequest())
}

// arrangeRequest returns the request for what the screen shows now.
func (m *Model) arrangeRequest() arrangeRequest {
	q := arrangeRequest{listID: m.listID, shape: m.shape, query: m.query.String(), events: m.view == eventsView, pin: m.pinRequests, marked: m.marks.ids()}
	q.shape.View = m.modelView()
	m.pinRequests = nil
	if q.events {
		q.openEvents = m.openEvents()
	}
	q.complete = m.liveTerm()
	if m.view == portsView {
		q.ports, q.group = m.portOptions(), m.fold.group
	}
	if d := m.details; d != nil {
		q.inspect.id = d.id
		if q.inspect.event = d.event != nil; q.inspect.event {
			q.inspect.row = d.data.row.Clone()
		}
	}
	return q
}

// sendNext sends the next request, if any, after a result has arrived.
func (m *Model) sendNext() tea.Cmd {
	if m.pending != taskNone {
		return m.schedule(m.pending)
	}
	return nil
}

// modelView returns the kind of rows of the present view.
func (m *Model) modelView() track.View {
	if m.view == connectionsView {
		return track.Connections
	}
	return track.AllSockets
}

// tick waits for the refresh interval. Only the newest tick has an effect.
func (m *Model) tick() tea.Cmd {
	m.tickID++
	n := m.tickID
	return m.after(m.refreshEvery(), func(time.Time) tea.Msg { return tickMsg{n} })
}

// applyNotificationsResult applies the result of a notificationsRequest.
func (m *Model) applyNotificationsResult(r notificationsResult) tea.Cmd {
	m.busy = false
	m.reportUnrecorded(r.failed)
	if next := m.sendNext(); next != nil {
		return next
	}
	return m.refreshAfterNotifications(r)
}

// applyArrangement applies the result of an arrangeRequest.
func (m *Model) applyArrangement(r arrangement) tea.Cmd {
	m.busy = false
	shown := m.showResult(&r, false, false)
	return tea.Batch(shown, m.sendNext())
}

// applyReadResult applies the result of a readRequest.
func (m *Model) applyReadResult(r readResult) tea.Cmd {
	m.busy = false
	m.readErr = r.err
	if m.player != nil {
		m.position = m.player.Position()
	}
	var tick, shown tea.Cmd
	if !m.paused {
		tick = m.tick()
	}
	switch {
	case r.err == nil:
		shown = m.showResult(&r.arrangement, true, r.jumped)
	case m.stale():
		shown = m.rearrange() // the rows that there are
	}
	if m.latest.at.IsZero() {
		m.heldKeys = nil // an error is shown instead of the rows that they mean
	}
	return tea.Batch(tick, shown, m.sendNext())
}

// showResult shows an arrangement. read reports whether it is of a new snapshot,
// jumped whether that does not follow the previous one.
func (m *Model) showResult(r *arrangement, read, jumped bool) tea.Cmd {
	m.latest = *r
	m.marks.forget(r.unmarked)
	m.reportUnrecorded(r.failed)
	// The rows of the other table would point into a snapshot that is used again.
	if r.hasPorts {
		m.portRows.SetRows(r.ports, read)
		m.rows.SetRows(nil, read)
	} else {
		m.rows.SetRows(r.rows, read)
		m.portRows.SetRows(nil, read)
	}
	m.followMarks()
	if r.hasEvents {
		// Open details keep their event.
		m.events.StickToTop = m.details == nil || m.details.auto
		m.events.SetRows(r.events, false) // past events do not change
	}
	if m.details != nil {
		m.details.applyResult(&r.inspected, r.at, jumped)
	}
	return tea.Batch(m.notifyPins(r.news), m.requestDiagnosis(), m.releaseKeys())
}

// reportUnrecorded shows why nothing more is recorded, if there is a new reason.
func (m *Model) reportUnrecorded(why string) {
	if why != "" {
		m.status = styled(danger, "✗ "+printable(why))
	}
}
