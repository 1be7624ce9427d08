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
	// halves are ends of connections whose other end has not been heard of yet,
	// by tupleKey; told are the events since the last snapshot.
	halves map[uint64][]half
	told   []heard
	// known are the sockets whose end was heard of or seen a moment ago, with
	// the pass: the other way to know it comes late, and is no news.
	known map[sockets.ID]uint32
}

// half is one end of a connection that has ended.
type half struct {
	notice *sockets.Notice
	track  *track // nil if no snapshot has shown it
	peer   *track // the other end, if that has been shown
	pass   uint32 // in which it was heard of
}

// heard is an event that was told before a snapshot showed it.
type heard struct {
	event Event
	track *track
}

// Listen tells that Hear will be called with every notice from now on. A
// TIME_WAIT that a snapshot shows first is then no news: the kernel has told of
// its connection, or is about to.
func (m *Monitor) Listen() {
	m.hears.on = true
	m.hears.halves = map[uint64][]half{}
	m.hears.known = map[sockets.ID]uint32{}
}

// Hear takes notices in and returns the events that they are, one for both ends
// of a loopback connection. lost tells that some did not get here.
func (m *Monitor) Hear(notices []sockets.Notice, lost bool) []Event {
	if m.cur.snap == nil || !m.hears.on {
		return nil
	}
	m.hears.deaf = m.hears.deaf || lost
	var events []Event
	for i := range notices {
		n := notices[i]
		if e, ok := m.hearOne(&n); ok {
			e.Row.Mark = Closed
			events = append(events, e)
		}
	}
	// Rows that are kept later must not touch what these have been given.
	m.cur.kept = nil
	return events
}

func (m *Monitor) hearOne(n *sockets.Notice) (Event, bool) {
	s := &n.Socket
	if _, known := m.hears.known[s.ID]; known {
		return Event{}, false
	}
	m.hears.known[s.ID] = m.pass
	t := m.tracks[s.ID]
	switch {
	case t == nil && (!s.Connected() || s.Local.Port() == 0):
		return Event{}, false // it never did more than exist
	case t != nil && t.over:
		return Event{}, false
	case t != nil && !s.Connected() && !m.cur.snap.Sockets[t.at].Connected():
		return m.closeHeard(half{notice: n, track: t}, half{}), true
	}
	h := half{notice: n, track: t, pass: m.pass}
	if t != nil {
		h.peer = t.peer
	}
	if t != nil && !s.Connected() {
		s = &m.cur.snap.Sockets[t.at] // its addresses were cleared when it was reset
	}
	if other, ok := m.otherHalf(s); ok {
		return m.closeHeard(h, other), true
	}
	if s.Local == s.Remote || !isOwn(m.cur.snap, s.Remote.Addr()) && s.Local.Addr() != s.Remote.Addr() {
		return m.closeHeard(h, half{}), true // it has no other end here
	}
	key := tupleKey(s)
	m.hears.halves[key] = append(m.hears.halves[key], h)
	return Event{}, false
}

// otherHalf takes out the other end of a connection if it has been heard of.
func (m *Monitor) otherHalf(s *sockets.Socket) (half, bool) {
	key := tupleKey(s)
	list := m.hears.halves[key]
	for i, h := range list {
		o := m.heardSocket(&h)
		if o.Protocol != s.Protocol || o.Local != s.Remote || o.Remote != s.Local {
			continue
		}
		if len(list) == 1 {
			delete(m.hears.halves, key)
		} else {
			m.hears.halves[key] = append(list[:i:i], list[i+1:]...)
		}
		return h, true
	}
	return half{}, false
}

// heardSocket is the socket of a half: as the snapshot shows it, which knows
// its owners, or as the notice does.
func (m *Monitor) heardSocket(h *half) *sockets.Socket {
	if h.track != nil && h.track.pass == m.pass {
		return &m.cur.snap.Sockets[h.track.at]
	}
	return &h.notice.Socket
}

// closeHeard makes the event of a connection whose ends have been heard of; the
// second may be missing.
func (m *Monitor) closeHeard(a, b half) Event {
	e := Event{Kind: EventClosed, Time: a.notice.Time, Unseen: a.track == nil && (b.notice == nil || b.track == nil)}
	if e.Unseen || a.track == nil {
		e.Row = m.unseenRow(&a, &b)
	} else {
		e.Row = m.keep(m.cur, a.track.at)
		if e.Row.Exact {
			e.Lived = max(e.Time.Sub(e.Row.First), time.Nanosecond)
		}
	}
	for _, h := range []half{a, b} {
		if h.track != nil {
			h.track.over = true
			m.hears.told = append(m.hears.told, heard{e, h.track})
		}
	}
	e.count(&a, &b)
	return e
}

// count gives the event its bytes, seen from the row's socket. What one end has
// sent is what the other has received; the other's own count has the FIN in it.
func (e *Event) count(a, b *half) {
	mine, theirs := a.notice, b.notice
	if theirs != nil && theirs.Socket.ID == e.Row.Socket.ID {
		mine, theirs = theirs, mine
	}
	if !mine.Info.Known {
		return
	}
	e.Counted, e.Sent, e.Received, e.RTT = true, mine.Info.Sent, mine.Info.Received, mine.Info.RTT
	if theirs != nil && theirs.Info.Known {
		e.Received = theirs.Info.Sent
	}
}

// unseenRow makes the row of a connection that no snapshot has shown. Who held
// its ends is not known; a listener that is still there shows whose it was.
func (m *Monitor) unseenRow(a, b *half) Row {
	f := m.cur
	r := Row{Socket: m.heardSocket(a), In: f.snap, Unsure: true}
	if b.notice != nil {
		r.Peer, r.Folded, r.Unsure = m.heardSocket(b), true, false
	}
	l, peerListens := m.pairer.listenerOf(f.snap.Sockets, r.Socket), false
	if l < 0 && r.Peer != nil {
		l = m.pairer.listenerOf(f.snap.Sockets, r.Peer)
		peerListens = l >= 0
	}
	switch {
	case peerListens, l < 0 && r.Peer != nil && r.Peer.Local.Port() < r.Socket.Local.Port():
		r.Socket, r.Peer = r.Peer, r.Socket
	}
	if l >= 0 {
		r.Listener, r.Unsure = &f.snap.Sockets[l], false
	}
	r.Inbound = l >= 0 || r.Peer != nil
	r.Reach = reachOf(f.snap, r.Socket, r.Peer)
	return f.keep(r)
}

// catchUp brings what was heard together with a new snapshot, and returns the
// events of halves whose other end never came.
func (m *Monitor) catchUp() []Event {
	var events []Event
	for key, list := range m.hears.halves {
		kept := list[:0]
		for _, h := range list {
			switch {
			case h.track != nil && h.track.over:
			case m.pass-h.pass < 2, h.peer != nil && h.peer.pass == m.pass:
				kept = append(kept, h) // its other end is still there, or may still come
			case h.track == nil:
				e := m.closeHeard(h, half{})
				e.Row.Mark = Closed
				events = append(events, e)
			}
		}
		if len(kept) == 0 {
			delete(m.hears.halves, key)
		} else {
			m.hears.halves[key] = kept
		}
	}
	return events
}

// forgetHeard lets go of what is too long ago to be told twice.
func (m *Monitor) forgetHeard() {
	for id, pass := range m.hears.known {
		if m.pass-pass > 2 {
			delete(m.hears.known, id)
		}
	}
}

// raiseHeard lets the rows that were heard to close show for a moment.
func (m *Monitor) raiseHeard() {
	gone := make([]Event, 0, len(m.hears.told))
	for _, h := range m.hears.told {
		if h.track.pass != m.pass && !h.track.remains {
			gone = append(gone, h.event)
		}
	}
	m.raise(gone)
	clear(m.hears.told)
	m.hears.told = m.hears.told[:0]
	m.hears.deaf = false
}
