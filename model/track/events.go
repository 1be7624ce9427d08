package track

import (
	"time"

	"lotop/model"
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
func (k EventKind) Mark() model.Mark {
	switch k {
	case EventOpened:
		return model.New
	case EventClosed:
		return model.Closed
	}
	return model.Changed
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
	Row model.Row
	// OldState is the state of Row.Socket before an EventChanged; if the row was
	// the other end's before, the state of that.
	OldState sockets.State
	// Lifetime is how long the row was seen, with EventClosed; 0 if it was there
	// before lotop, or if no snapshot saw it alive.
	Lifetime time.Duration
	// ShortLived tells that no snapshot saw the connection: it came and went
	// between two.
	ShortLived bool
	// Sent and Received are bytes of payload, seen from Row.Socket, with
	// EventClosed and if Counted; RTT is the last known round trip.
	HasBytes       bool
	Sent, Received uint64
	RTT            time.Duration
	// Seq numbers the events of a Journal from 1 on.
	Seq uint64

	hasTimeWait bool // a TIME_WAIT of it stands in the table
}

// change is what happened to one socket; tell makes events of them.
type change struct {
	kind    EventKind
	track   *track
	emitted bool
}

func (m *Tracker) recordChange(kind EventKind, t *track) {
	t.changeIndex = int32(len(m.changes))
	m.changes = append(m.changes, change{kind: kind, track: t})
}

// emitEvents folds the changes of both ends of a connection into one event each, behind
// the events that have waited for this snapshot.
func (m *Tracker) emitEvents() []Event {
	events := m.completeOpens()
	for i := range m.changes {
		c := &m.changes[i]
		if c.emitted {
			continue
		}
		c.emitted = true
		p := m.peerChange(c.track)
		if p != nil {
			p.emitted = true
		}
		if e, ok := m.buildEvent(c, p); ok {
			e.Time = m.cur.snap.Time
			e.Row.Mark = e.Kind.Mark()
			if e.Kind == EventOpened && m.lacksPeer(c.track) {
				m.pendingOpens = append(m.pendingOpens, pendingOpen{c.track, e})
				continue
			}
			events = append(events, e)
		}
	}
	return events
}

// peerChange returns what happened to the other end in the same pass, or nil.
func (m *Tracker) peerChange(t *track) *change {
	if t.peer == nil || t.peer.changeIndex < 0 {
		return nil
	}
	return &m.changes[t.peer.changeIndex]
}

// inHandshake tells whether a connection is only asked for. The kernel keeps no socket
// for that (inet_reqsk_alloc, net/ipv4/inet_connection_sock.c), so it is no news by
// itself: the server's socket comes with an ID of its own if the table was read
// at that moment, and no notice is sent of what was there before.
func (t *track) inHandshake() bool { return t.state == sockets.SynRecv }

// buildEvent makes an event of what happened to a socket and, if p is not nil, to
// the other end of its connection; ok is false if that is no news.
func (m *Tracker) buildEvent(c, p *change) (e Event, ok bool) {
	if c.track.inHandshake() {
		if p == nil {
			return Event{}, false
		}
		c, p = p, c
	}
	t, peer := c.track, c.track.peer
	switch {
	case m.notifications.enabled && t.closeEmitted && (peer == nil || peer.closeEmitted || peer.inHandshake()):
		return Event{}, false // heard of already; the table is older, or shows what is left
	case m.isOver(t) && (peer == nil || m.isOver(peer)):
		return m.closedEvent(t, peer)
	case c.kind == EventOpened && (peer == nil || peer.inHandshake() || p != nil && p.kind == EventOpened):
		return Event{Kind: EventOpened, Row: m.cloneRow(m.cur, t.index)}, true
	}
	return m.changedEvent(t, peer)
}

// isOver tells whether a socket's part is over: it has gone, or only the
// kernel's memory of it is left.
func (m *Tracker) isOver(t *track) bool {
	return t.generation != m.generation || t.state == sockets.TimeWait
}

func (m *Tracker) closedEvent(t, peer *track) (e Event, ok bool) {
	told, remains := t.closeEmitted, t.hasTimeWait
	t.closeEmitted = true
	f, i := m.lastSeen(t)
	if peer != nil {
		told, remains = told || peer.closeEmitted, remains || peer.hasTimeWait
		peer.closeEmitted = true
		if f == m.cur {
			f, i = m.lastSeen(peer)
		}
	}
	if told || f == m.cur && m.notifications.enabled && !m.notifications.overrun {
		return Event{}, false // a TIME_WAIT has run out, or the kernel tells of it
	}
	e = Event{Kind: EventClosed, ShortLived: f == m.cur, hasTimeWait: remains}
	if j := f.pairs.peer[i]; j >= 0 && !m.isOver(f.tracks[j]) {
		e.Row = f.clone(m.row(f, int(i), false)) // the other end goes on with somebody else
	} else {
		e.Row = m.cloneRow(f, i)
	}
	if e.Row.FirstSeenExact && !e.ShortLived {
		e.Lifetime = max(m.cur.snap.Time.Sub(e.Row.FirstSeen), 0)
	}
	return e, true
}

// lastSeen returns where the last snapshot had a socket; if it had not, where this
// one has it.
func (m *Tracker) lastSeen(t *track) (*frame, int32) {
	switch {
	case t.generation != m.generation:
		return m.prev, t.index
	case t.prevIndex >= 0:
		return m.prev, t.prevIndex
	}
	return m.cur, t.index
}

// changedEvent compares what the table shows of a connection with what it showed.
func (m *Tracker) changedEvent(t, peer *track) (e Event, ok bool) {
	if t.generation != m.generation {
		t, peer = peer, t // one end has gone, the other is what shows
	}
	f, was := m.lastSeen(t)
	if f == m.cur {
		f, was = m.lastSeen(peer) // an end has come to one that was there
	}
	was, is := f.rowIndex(was), m.cur.rowIndex(t.index)
	before, now := f.snap.Sockets[was].State, m.cur.snap.Sockets[is].State
	if before != now {
		return Event{Kind: EventChanged, OldState: before, Row: m.cloneRow(m.cur, is)}, true
	}
	was, is = f.pairs.peer[was], m.cur.pairs.peer[is]
	if was < 0 || is < 0 || f.snap.Sockets[was].State == m.cur.snap.Sockets[is].State {
		return Event{}, false
	}
	e = Event{Kind: EventChanged, OldState: f.snap.Sockets[was].State}
	e.Row = m.cur.clone(m.row(m.cur, int(is), false))
	return e, true
}

// cloneRow copies the row that stands for a socket out of its snapshot, whose
// memory will be used again.
func (m *Tracker) cloneRow(f *frame, i int32) model.Row {
	return f.clone(m.row(f, int(f.rowIndex(i)), true))
}
