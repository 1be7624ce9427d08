package track

import (
	"time"

	"lotop/model"
	"lotop/sockets"
)

// EventKind is what happened to a row.
type EventKind uint8

// The event kinds.
const (
	EventOpened  EventKind = iota + 1
	EventChanged           // of state
	EventClosed
)

// String returns the value used in watch and JSON.
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

// Mark returns the mark of a row after such an event.
func (k EventKind) Mark() model.Mark {
	switch k {
	case EventOpened:
		return model.New
	case EventClosed:
		return model.Closed
	}
	return model.Changed
}

// Event is a change between two snapshots. A loopback connection has one event for both
// ends.
type Event struct {
	Kind EventKind
	Time time.Time
	// Row is a copy of the row at the event; with EventClosed as it was last seen.
	// Row.Snapshot has only the processes of events. If only the client's side of a
	// connection changed, the row is that side's, not folded.
	Row model.Row
	// OldState is the state of Row.Socket before an EventChanged; if the row was
	// the peer's before, the state of the peer.
	OldState sockets.State
	// Lifetime is how long the row was seen, with EventClosed; 0 if it is older than
	// the first snapshot, or if no snapshot showed it open.
	Lifetime time.Duration
	// ShortLived reports whether no snapshot showed the connection: it opened and
	// closed between two.
	ShortLived bool
	// Sent and Received are payload bytes of Row.Socket, with EventClosed and if
	// HasBytes; RTT is the last round-trip time.
	HasBytes       bool
	Sent, Received uint64
	RTT            time.Duration
	// Seq numbers the events of an EventLog from 1 on.
	Seq uint64

	hasTimeWait bool // its TIME_WAIT socket is in the table
}

// change is a change of one socket; emitEvents turns changes into events.
type change struct {
	kind    EventKind
	track   *track
	emitted bool
}

func (tr *Tracker) recordChange(kind EventKind, t *track) {
	t.changeIndex = int32(len(tr.changes))
	tr.changes = append(tr.changes, change{kind: kind, track: t})
}

// emitEvents merges the changes of both ends of a connection into one event each, after
// the events that were pending for this snapshot.
func (tr *Tracker) emitEvents() []Event {
	events := tr.completeOpens()
	for i := range tr.changes {
		c := &tr.changes[i]
		if c.emitted {
			continue
		}
		c.emitted = true
		p := tr.peerChange(c.track)
		if p != nil {
			p.emitted = true
		}
		if e, ok := tr.buildEvent(c, p); ok {
			e.Time = tr.cur.snap.Time
			e.Row.Mark = e.Kind.Mark()
			if e.Kind == EventOpened && tr.lacksPeer(c.track) {
				tr.pendingOpens = append(tr.pendingOpens, pendingOpen{c.track, e})
				continue
			}
			events = append(events, e)
		}
	}
	return events
}

// peerChange returns the change of the peer in the same snapshot, or nil.
func (tr *Tracker) peerChange(t *track) *change {
	if t.peer == nil || t.peer.changeIndex < 0 {
		return nil
	}
	return &tr.changes[t.peer.changeIndex]
}

// inHandshake reports whether a connection is only requested. The kernel has no full
// socket for that (inet_reqsk_alloc, net/ipv4/inet_connection_sock.c), so it is no event
// by itself: if the table is read at that moment the request has an ID of its own, and
// the kernel sends no destroy notification for it.
func (t *track) inHandshake() bool { return t.state == sockets.SynRecv }

// buildEvent returns the event for a change of a socket and, if p is not nil, of its
// peer; ok is false if there is none.
func (tr *Tracker) buildEvent(c, p *change) (e Event, ok bool) {
	if c.track.inHandshake() {
		if p == nil {
			return Event{}, false
		}
		c, p = p, c
	}
	t, peer := c.track, c.track.peer
	switch {
	case tr.notifications.enabled && t.closeEmitted && (peer == nil || peer.closeEmitted || peer.inHandshake()):
		return Event{}, false // emitted already; the table is older, or shows a TIME_WAIT
	case tr.isOver(t) && (peer == nil || tr.isOver(peer)):
		return tr.closedEvent(t, peer)
	case c.kind == EventOpened && (peer == nil || peer.inHandshake() || p != nil && p.kind == EventOpened):
		return Event{Kind: EventOpened, Row: tr.cloneRow(tr.cur, t.index)}, true
	}
	return tr.changedEvent(t, peer)
}

// isOver reports whether a connection is over for a socket: it has left the table, or
// only its TIME_WAIT is left.
func (tr *Tracker) isOver(t *track) bool {
	return t.generation != tr.generation || t.state == sockets.TimeWait
}

func (tr *Tracker) closedEvent(t, peer *track) (e Event, ok bool) {
	emitted, hasTimeWait := t.closeEmitted, t.hasTimeWait
	t.closeEmitted = true
	f, i := tr.lastSeen(t)
	if peer != nil {
		emitted, hasTimeWait = emitted || peer.closeEmitted, hasTimeWait || peer.hasTimeWait
		peer.closeEmitted = true
		if f == tr.cur {
			f, i = tr.lastSeen(peer)
		}
	}
	if emitted || f == tr.cur && tr.notifications.enabled && !tr.notifications.overrun {
		return Event{}, false // a TIME_WAIT has expired, or its notification will come
	}
	e = Event{Kind: EventClosed, ShortLived: f == tr.cur, hasTimeWait: hasTimeWait}
	if j := f.pairs.peer[i]; j >= 0 && !tr.isOver(f.tracks[j]) {
		e.Row = f.clone(tr.row(f, int(i), false)) // the peer has another peer now
	} else {
		e.Row = tr.cloneRow(f, i)
	}
	if e.Row.FirstSeenExact && !e.ShortLived {
		e.Lifetime = max(tr.cur.snap.Time.Sub(e.Row.FirstSeen), 0)
	}
	return e, true
}

// lastSeen returns where the previous snapshot had a socket; if it had not, where the
// current one has it.
func (tr *Tracker) lastSeen(t *track) (*frame, int32) {
	switch {
	case t.generation != tr.generation:
		return tr.prev, t.index
	case t.prevIndex >= 0:
		return tr.prev, t.prevIndex
	}
	return tr.cur, t.index
}

// changedEvent compares a connection in the two snapshots.
func (tr *Tracker) changedEvent(t, peer *track) (e Event, ok bool) {
	if t.generation != tr.generation {
		t, peer = peer, t // one end has closed; the other is in the table
	}
	f, was := tr.lastSeen(t)
	if f == tr.cur {
		f, was = tr.lastSeen(peer) // an end was added to one that was there
	}
	was, is := f.rowIndex(was), tr.cur.rowIndex(t.index)
	before, now := f.snap.Sockets[was].State, tr.cur.snap.Sockets[is].State
	if before != now {
		return Event{Kind: EventChanged, OldState: before, Row: tr.cloneRow(tr.cur, is)}, true
	}
	was, is = f.pairs.peer[was], tr.cur.pairs.peer[is]
	if was < 0 || is < 0 || f.snap.Sockets[was].State == tr.cur.snap.Sockets[is].State {
		return Event{}, false
	}
	e = Event{Kind: EventChanged, OldState: f.snap.Sockets[was].State}
	e.Row = tr.cur.clone(tr.row(tr.cur, int(is), false))
	return e, true
}

// cloneRow copies the row of a socket out of its snapshot, whose memory will be reused.
func (tr *Tracker) cloneRow(f *frame, i int32) model.Row {
	return f.clone(tr.row(f, int(f.rowIndex(i)), true))
}
