package model

import (
	"slices"

	"lotop/sockets"
)

// half is a connection that has opened and of which the table has one end only.
// A table is not read at one moment: the end whose line was passed before the
// connection came is missing. Who it belongs to is what people want to
// know of it, so the event waits for the next table.
type half struct {
	track *track
	event Event
}

// isHalf tells whether the other end of a connection must be on this machine
// and is not in the table.
func (m *Monitor) isHalf(t *track) bool {
	s := &m.cur.snap.Sockets[t.at]
	return t.peer == nil && s.State == sockets.Established && m.hasOtherEnd(s, t)
}

// joinHalves returns the events that have waited for this table. What it shows
// of these connections now is all in them.
func (m *Monitor) joinHalves() []Event {
	for i := range m.halves {
		t, e := m.halves[i].track, &m.halves[i].event
		if t.pass != m.pass || t.over || m.ended(t) {
			continue
		}
		m.settle(t)
		if p := t.peer; p != nil {
			p.first, p.exact = t.first, t.exact // both ends are as old as the connection
			m.settle(p)
		}
		e.Row = m.keep(m.cur, t.at)
		e.Row.Mark = e.Kind.Mark()
	}
	return m.takeHalves()
}

// settle tells that what happened to a socket in this pass is told.
func (m *Monitor) settle(t *track) {
	if t.change >= 0 {
		m.changes[t.change].told = true
	}
}

// takeHalf returns the opening of the connection whose end an event tells, if
// it still waits.
func (m *Monitor) takeHalf(e *Event) []Event {
	for i, h := range m.halves {
		if id := h.event.Row.Socket.ID; id == e.Row.Socket.ID || e.Row.Peer != nil && id == e.Row.Peer.ID {
			m.halves = slices.Delete(m.halves, i, i+1)
			return []Event{h.event}
		}
	}
	return nil
}

// takeHalves returns all openings that wait.
func (m *Monitor) takeHalves() []Event {
	var events []Event
	for _, h := range m.halves {
		events = append(events, h.event)
	}
	clear(m.halves)
	m.halves = m.halves[:0]
	return events
}
