package track

import (
	"slices"

	"lotop/sockets"
)

// pendingOpen is a connection that has opened and of which the table has one end only.
// A table is not read at one moment: the end whose line was passed before the
// connection came is missing. Who it belongs to is what people want to
// know of it, so the event waits for the next table.
type pendingOpen struct {
	track *track
	event Event
}

// lacksPeer tells whether the other end of a connection must be on this machine
// and is not in the table.
func (m *Tracker) lacksPeer(t *track) bool {
	s := &m.cur.snap.Sockets[t.index]
	return t.peer == nil && s.State == sockets.Established && m.hasLocalPeer(s, t)
}

// completeOpens returns the events that have waited for this table. What it shows
// of these connections now is all in them.
func (m *Tracker) completeOpens() []Event {
	for i := range m.pendingOpens {
		t, e := m.pendingOpens[i].track, &m.pendingOpens[i].event
		if t.generation != m.generation || t.closeEmitted || m.isOver(t) {
			continue
		}
		m.markEmitted(t)
		if p := t.peer; p != nil {
			p.firstSeen, p.firstSeenExact = t.firstSeen, t.firstSeenExact // both ends are as old as the connection
			m.markEmitted(p)
		}
		e.Row = m.cloneRow(m.cur, t.index)
		e.Row.Mark = e.Kind.Mark()
	}
	return m.takeOpens()
}

// markEmitted tells that what happened to a socket in this pass is told.
func (m *Tracker) markEmitted(t *track) {
	if t.changeIndex >= 0 {
		m.changes[t.changeIndex].emitted = true
	}
}

// takeOpen returns the opening of the connection whose end an event tells, if
// it still waits.
func (m *Tracker) takeOpen(e *Event) []Event {
	for i, h := range m.pendingOpens {
		if id := h.event.Row.Socket.ID; id == e.Row.Socket.ID || e.Row.Peer != nil && id == e.Row.Peer.ID {
			m.pendingOpens = slices.Delete(m.pendingOpens, i, i+1)
			return []Event{h.event}
		}
	}
	return nil
}

// takeOpens returns all openings that wait.
func (m *Tracker) takeOpens() []Event {
	var events []Event
	for _, h := range m.pendingOpens {
		events = append(events, h.event)
	}
	clear(m.pendingOpens)
	m.pendingOpens = m.pendingOpens[:0]
	return events
}
