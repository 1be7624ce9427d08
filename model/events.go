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

// Mark is how a row is marked to which that has happened.
func (k EventKind) Mark() Mark {
	switch k {
	case EventOpened:
		return New
	case EventClosed:
		return Closed
	}
	return Changed
}

// Event is something that happened between two snapshots. A loopback connection
// has one event for both ends.
type Event struct {
	Kind EventKind
	Time time.Time
	// Row is a copy of the row as it was at the event; with EventClosed as it
	// was last seen. Row.In knows no other processes than the row's own. If of
	// a connection only the client's end has changed, the row is that end's,
	// not folded.
	Row Row
	// From is the state of Row.Socket before an EventChanged; if the row was
	// the other end's before, the state of that.
	From sockets.State
	// Lived is how long the row was seen, with EventClosed; 0 if it was there
	// before lotop, or if no snapshot saw it alive.
	Lived time.Duration
	// Unseen tells that no snapshot saw the connection: it came and went
	// between two.
	Unseen bool
	// Sent and Received are bytes of payload, seen from Row.Socket, with
	// EventClosed and if Counted; RTT is the last known round trip.
	Counted        bool
	Sent, Received uint64
	RTT            time.Duration
	// Seq numbers the events of a Journal from 1 on.
	Seq uint64

	remains bool // a TIME_WAIT of it stands in the table
}

// change is what happened to one socket; tell makes events of them.
type change struct {
	kind  EventKind
	track *track
	told  bool
}

func (m *Monitor) note(kind EventKind, t *track) {
	t.change = int32(len(m.changes))
	m.changes = append(m.changes, change{kind: kind, track: t})
}

// tell folds the changes of both ends of a connection into one event each, behind
// the events that have waited for this snapshot.
func (m *Monitor) tell() []Event {
	events := m.joinHalves()
	for i := range m.changes {
		c := &m.changes[i]
		if c.told {
			continue
		}
		c.told = true
		p := m.peerChange(c.track)
		if p != nil {
			p.told = true
		}
		if e, ok := m.event(c, p); ok {
			e.Time = m.cur.snap.Time
			e.Row.Mark = e.Kind.Mark()
			if e.Kind == EventOpened && m.isHalf(c.track) {
				m.halves = append(m.halves, half{c.track, e})
				continue
			}
			events = append(events, e)
		}
	}
	return events
}

// peerChange returns what happened to the other end in the same pass, or nil.
func (m *Monitor) peerChange(t *track) *change {
	if t.peer == nil || t.peer.change < 0 {
		return nil
	}
	return &m.changes[t.peer.change]
}

// asked tells whether a connection is only asked for. The kernel keeps no socket
// for that (inet_reqsk_alloc, net/ipv4/inet_connection_sock.c), so it is no news by
// itself: the server's socket comes with an ID of its own if the table was read
// at that moment, and no notice is sent of what was there before.
func (t *track) asked() bool { return t.state == sockets.SynRecv }

// event makes an event of what happened to a socket and, if p is not nil, to
// the other end of its connection; ok is false if that is no news.
func (m *Monitor) event(c, p *change) (e Event, ok bool) {
	if c.track.asked() {
		if p == nil {
			return Event{}, false
		}
		c, p = p, c
	}
	t, peer := c.track, c.track.peer
	switch {
	case m.hears.on && t.over && (peer == nil || peer.over || peer.asked()):
		return Event{}, false // heard of already; the table is older, or shows what is left
	case m.ended(t) && (peer == nil || m.ended(peer)):
		return m.closed(t, peer)
	case c.kind == EventOpened && (peer == nil || peer.asked() || p != nil && p.kind == EventOpened):
		return Event{Kind: EventOpened, Row: m.keep(m.cur, t.at)}, true
	}
	return m.changed(t, peer)
}

// ended tells whether a socket's part is over: it has gone, or only the
// kernel's memory of it is left.
func (m *Monitor) ended(t *track) bool {
	return t.pass != m.pass || t.state == sockets.TimeWait
}

func (m *Monitor) closed(t, peer *track) (e Event, ok bool) {
	told, remains := t.over, t.remains
	t.over = true
	f, i := m.last(t)
	if peer != nil {
		told, remains = told || peer.over, remains || peer.remains
		peer.over = true
		if f == m.cur {
			f, i = m.last(peer)
		}
	}
	if told || f == m.cur && m.hears.on && !m.hears.deaf {
		return Event{}, false // a TIME_WAIT has run out, or the kernel tells of it
	}
	e = Event{Kind: EventClosed, Unseen: f == m.cur, remains: remains}
	if j := f.pairs.peer[i]; j >= 0 && !m.ended(f.tracks[j]) {
		e.Row = f.keep(m.row(f, int(i), false)) // the other end goes on with somebody else
	} else {
		e.Row = m.keep(f, i)
	}
	if e.Row.Exact && !e.Unseen {
		e.Lived = max(m.cur.snap.Time.Sub(e.Row.First), 0)
	}
	return e, true
}

// last returns where the last snapshot had a socket; if it had not, where this
// one has it.
func (m *Monitor) last(t *track) (*frame, int32) {
	switch {
	case t.pass != m.pass:
		return m.old, t.at
	case t.was >= 0:
		return m.old, t.was
	}
	return m.cur, t.at
}

// changed compares what the table shows of a connection with what it showed.
func (m *Monitor) changed(t, peer *track) (e Event, ok bool) {
	if t.pass != m.pass {
		t, peer = peer, t // one end has gone, the other is what shows
	}
	f, was := m.last(t)
	if f == m.cur {
		f, was = m.last(peer) // an end has come to one that was there
	}
	was, is := f.folds(was), m.cur.folds(t.at)
	before, now := f.snap.Sockets[was].State, m.cur.snap.Sockets[is].State
	if before != now {
		return Event{Kind: EventChanged, From: before, Row: m.keep(m.cur, is)}, true
	}
	was, is = f.pairs.peer[was], m.cur.pairs.peer[is]
	if was < 0 || is < 0 || f.snap.Sockets[was].State == m.cur.snap.Sockets[is].State {
		return Event{}, false
	}
	e = Event{Kind: EventChanged, From: f.snap.Sockets[was].State}
	e.Row = m.cur.keep(m.row(m.cur, int(is), false))
	return e, true
}

// keep copies the row that stands for a socket out of its snapshot, whose
// memory will be used again.
func (m *Monitor) keep(f *frame, i int32) Row {
	return f.keep(m.row(f, int(f.folds(i)), true))
}
