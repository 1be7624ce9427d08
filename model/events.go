package model

import (
	"time"

	"lotop/sockets"
)

// EventKind is what can happen to a row.
type EventKind uint8

// The kinds of event.
const (
	EventOpened  EventKind = iota + 1
	EventChanged           // of state
	EventClosed
)

// String gives the word that watch and JSON use.
func (k EventKind) String() string {
	switch k {
	case EventOpened:
		return "opened"
	case EventChanged:
		return "changed"
	case EventClosed:
		return "closed"
	}
	return ""
}

// Event is something that happened between two snapshots. A loopback connection
// has one event for both ends.
type Event struct {
	Kind EventKind
	Time time.Time
	// Row is a copy of the row as it was at the event, or last seen.
	Row Row
	// From is the state before an EventChanged.
	From sockets.State
	// Lived is how long the row was seen, with EventClosed; 0 if it was there
	// before lotop, or if no snapshot saw it alive.
	Lived time.Duration
	// Unseen tells that no snapshot saw the connection: it came and went
	// between two.
	Unseen bool
	// Seq numbers the events of a Journal from 1 on.
	Seq uint64
}

// change is what happened to one socket; tell makes events of them.
type change struct {
	kind  EventKind
	track *track
	index int // of the socket: in the old frame for EventClosed, else in the new
	from  sockets.State
	told  bool
}

func (m *Monitor) note(c change) {
	c.track.change = int32(len(m.changes))
	m.changes = append(m.changes, c)
}

// tell folds the changes of both ends of a connection into one event each.
func (m *Monitor) tell() []Event {
	var events []Event
	thin := map[*frame]*sockets.Snapshot{}
	for i := range m.changes {
		c := &m.changes[i]
		if c.told {
			continue
		}
		c.told = true
		p := m.peerChange(c)
		if p != nil {
			p.told = true
		}
		if e, ok := m.event(c, p); ok {
			e.Row = m.keep(c, thin)
			e.Time = m.cur.snap.Time
			events = append(events, e)
		}
	}
	return events
}

// peerChange returns what happened to the other end in the same pass, or nil.
func (m *Monitor) peerChange(c *change) *change {
	p := c.track.peer
	if p == nil || p.change < 0 || int(p.change) >= len(m.changes) {
		return nil
	}
	if pc := &m.changes[p.change]; pc.track == p {
		return pc
	}
	return nil
}

func (m *Monitor) event(c, p *change) (Event, bool) {
	t, peer := c.track, c.track.peer
	if m.ended(t) && (peer == nil || m.ended(peer)) {
		told := t.over || peer != nil && peer.over
		t.over = true
		if peer != nil {
			peer.over = true
		}
		return Event{Kind: EventClosed, Lived: m.lived(t), Unseen: c.kind == EventOpened}, !told
	}
	if c.kind == EventOpened && (peer == nil || p != nil && p.kind == EventOpened) {
		return Event{Kind: EventOpened}, true
	}
	return Event{Kind: EventChanged, From: c.from}, true
}

// ended tells whether a socket's part is over: it has gone, or only the
// kernel's memory of it is left.
func (m *Monitor) ended(t *track) bool {
	return t.pass != m.pass || t.state == sockets.TimeWait
}

func (m *Monitor) lived(t *track) time.Duration {
	if !t.exact {
		return 0
	}
	return time.Duration(m.cur.snap.Time.UnixNano() - t.first)
}

// keep copies the row that a change belongs to out of its snapshot, whose
// memory will be used again.
func (m *Monitor) keep(c *change, thin map[*frame]*sockets.Snapshot) Row {
	f := m.cur
	if c.kind == EventClosed {
		f = m.old
	}
	i := c.index
	if j := f.pairs.peer[i]; j >= 0 && f.pairs.server[j] {
		i = int(j)
	}
	r := m.row(f, i, true)
	if thin[f] == nil {
		snap := *f.snap
		snap.Sockets, snap.Warnings = nil, nil
		thin[f] = &snap
	}
	r.In = thin[f]
	r.Socket, r.Peer, r.Listener = copySocket(r.Socket), copySocket(r.Peer), copySocket(r.Listener)
	return r
}

func copySocket(s *sockets.Socket) *sockets.Socket {
	if s == nil {
		return nil
	}
	c := *s
	return &c
}

// raise keeps the rows that have gone for a moment, and lets go of those whose
// moment is over. A TIME_WAIT that follows its connection is no ghost: it still
// stands in the table.
func (m *Monitor) raise(events []Event) {
	now := m.cur.snap.Time
	kept := m.ghosts[:0]
	for _, g := range m.ghosts {
		if now.Before(g.until) {
			kept = append(kept, g)
		}
	}
	m.ghosts = kept
	for _, e := range events {
		if e.Kind != EventClosed || m.tracks[e.Row.Socket.ID] != nil {
			continue
		}
		if e.Row.Folded && m.tracks[e.Row.Peer.ID] != nil {
			continue
		}
		row := e.Row
		row.Mark = Closed
		m.ghosts = append(m.ghosts, ghost{row: row, until: now.Add(MarkFor)})
	}
}
