package model

import (
	"time"

	"lotop/sockets"
)

// hearing is what a Monitor knows from the kernel's notices of sockets that
// have ended, beside what the snapshots show.
type hearing struct {
	on bool
	// deaf tells that notices were lost since the last snapshot, so what only
	// that shows is news.
	deaf bool
	// partings are connections of which not all has been heard yet, by tupleKey.
	partings map[uint64][]*parting
	// known are the sockets whose end was heard of a moment ago, with the pass:
	// a table that was read before shows them still.
	known map[sockets.ID]uint32
	// resets counts ends that were reset by their own process and that no
	// snapshot has shown, by resetKey, with the pass.
	resets map[uint64]resets
	// alone are the partings of which only one end was heard, by the resetKey of
	// the other.
	alone map[uint64]alone
	late  late
	// told are the events of rows that the last snapshot still had.
	told []Event
}

type resets struct {
	n    int32
	pass uint32
	at   time.Time
}

// hearWithin is how long the notice of one end may come after that of the other:
// the kernel sends them from a queue of work that waits for a processor
// (sock_diag_broadcast_destroy, net/core/sock_diag.c).
const hearWithin = time.Second

// tookLong tells whether what began at that time is waited for no longer.
func (m *Monitor) tookLong(at time.Time) bool { return m.cur.snap.Time.Sub(at) >= hearWithin }

// Listen tells that Hear will be called with every notice from now on. A
// TIME_WAIT that a snapshot shows first is then no news: the kernel has told of
// its connection, or is about to.
func (m *Monitor) Listen() {
	m.hears.on = true
	m.hears.partings = map[uint64][]*parting{}
	m.hears.known = map[sockets.ID]uint32{}
	m.hears.resets = map[uint64]resets{}
	m.hears.alone = map[uint64]alone{}
}

// Hear takes notices in and returns the events that they are, one for both ends
// of a loopback connection. lost tells that some did not get here.
//
// A snapshot can be read before notices are drained, and not the other way
// round: what has left the table was heard of then, or is about to be.
func (m *Monitor) Hear(notices []sockets.Notice, lost bool) []Event {
	if m.cur.snap == nil || !m.hears.on {
		return nil
	}
	m.hears.deaf = m.hears.deaf || lost
	var events []Event
	for i := range notices {
		n := notices[i]
		if e, ok := m.hearOne(&n); ok {
			events = append(append(events, m.takeHalf(&e)...), e)
		}
	}
	// Rows that are kept later must not touch what these have been given.
	m.cur.kept = nil
	return events
}

func (m *Monitor) hearOne(n *sockets.Notice) (Event, bool) {
	t, s := m.tracks[n.Socket.ID], &n.Socket
	if m.hears.late.take(s) {
		return Event{}, false // told without it
	}
	m.hears.known[s.ID] = m.pass
	if t != nil && t.over {
		t = nil // a TIME_WAIT that the table showed before this came
	}
	if t != nil {
		// A reset by its own process takes addresses off the socket.
		s = &m.cur.snap.Sockets[t.at]
	}
	switch {
	case t == nil && (!s.Connected() || s.Local.Port() == 0):
		return Event{}, false // it never did more than exist
	case !s.Connected():
		p := &parting{}
		p.hear(0, n, t)
		return m.part(p), true
	case wasReset(s) && m.cur.snap.IsLocal(s.Remote.Addr()):
		if p := m.noteReset(s); p != nil {
			return m.part(p), true
		}
		return Event{}, false // the other end has all that is to be told
	}
	return m.hearEnd(s, n, t)
}

// hearEnd takes in that one end of a connection has ended.
func (m *Monitor) hearEnd(s *sockets.Socket, n *sockets.Notice, t *track) (Event, bool) {
	p, side := m.partingOf(s, n.Socket.ID)
	p.hear(side, n, t)
	if t != nil && (!p.hasRow || !p.row.Folded) {
		p.row, p.hasRow = m.keep(m.cur, t.at), true
	}
	switch {
	case p.heardAll():
		return m.part(p), true
	case !m.hasOtherEnd(s, t), m.otherWasReset(s):
		p.ends[1-side].waived = true
		return m.part(p), true
	}
	m.await(p, s)
	return Event{}, false
}

// hasOtherEnd tells whether there is, or was, another end on this machine.
func (m *Monitor) hasOtherEnd(s *sockets.Socket, t *track) bool {
	switch {
	case s.Local == s.Remote:
		return false // it is its own other end
	case t != nil && t.peer != nil:
		return true
	case t != nil && s.Protocol == sockets.UDP:
		return false // the other end is a socket that serves many
	}
	return m.cur.snap.IsLocal(s.Remote.Addr()) || s.Local.Addr() == s.Remote.Addr()
}

// HearOut returns the events that wait for a notice or a snapshot which may still
// come, when nobody listens any longer.
func (m *Monitor) HearOut() []Event {
	var all []*parting
	for _, list := range m.hears.partings {
		all = append(all, list...)
	}
	return append(m.takeHalves(), m.partAll(all)...)
}

// catchUp brings what was heard together with a new snapshot: of the events
// that this has given, closed ones wait for their notice, which knows the
// bytes; and what has waited long enough is told.
func (m *Monitor) catchUp(events []Event) []Event {
	kept := events[:0]
	for i := range events {
		if e := events[i]; e.Kind != EventClosed || m.settled(&e) {
			kept = append(kept, e)
		}
	}
	kept = append(kept, m.partAll(m.overdue())...)
	for id, pass := range m.hears.known {
		if m.pass-pass > 2 {
			delete(m.hears.known, id)
		}
	}
	for key, r := range m.hears.resets {
		if m.pass > r.pass+2 && m.tookLong(r.at) {
			delete(m.hears.resets, key)
		}
	}
	m.raiseHeard()
	m.cur.kept, m.old.kept = nil, nil
	return kept
}

// raiseHeard lets the rows that were heard to close show for a moment, unless
// they stand in the table.
func (m *Monitor) raiseHeard() {
	m.raise(m.hears.told)
	clear(m.hears.told)
	m.hears.told = m.hears.told[:0]
	m.hears.deaf = false
}

// lived is how long a row was seen, once it has ended.
func lived(r *Row, end time.Time) time.Duration {
	if !r.Exact {
		return 0
	}
	return max(end.Sub(r.First), time.Nanosecond)
}
