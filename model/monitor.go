package model

import (
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// MarkFor is how long a row keeps the mark of what happened to it, and how long
// a closed one stays in the table.
const MarkFor = 3 * time.Second

// Monitor remembers what has to be known from one snapshot to the next: since
// when each socket has been there, what has just changed, and what has gone.
// It is used by one goroutine at a time.
type Monitor struct {
	cur, old *frame
	pass     uint32
	tracks   map[sockets.ID]*track
	pairer   pairer
	ghosts   []ghost
	changes  []change
	halves   []half
	debug    debuggers
	hears    hearing
	sorter   sorter
}

// track is what is remembered of a socket while it lives.
type track struct {
	first int64  // when it was first seen, in ns since 1970; 0 unknown
	since int64  // when mark was set
	peer  *track // the other end of its connection, which has it as peer in turn
	pass  uint32 // last pass that saw it
	// at is its place in the table of that pass, was the place in the table
	// before that, -1 if it was not there.
	at, was int32
	change  int32 // index of what happened to it in this pass, -1 for nothing
	state   sockets.State
	mark    Mark
	exact   bool // first is when it was seen to come
	sure    bool // it is known which end of its connection it is
	server  bool // that it is the server's
	over    bool // the end of its connection has been told
	remains bool // it has gone, and left a TIME_WAIT in the table under another ID
}

// frame is a snapshot with what was made of it. Two of them take turns, so that
// what has gone can still be described.
type frame struct {
	snap   *sockets.Snapshot
	tracks []*track // of the snapshot's sockets, by index
	pairs  pairing
	crowd  []crowd // of the snapshot's sockets, by index
	kept   *keeper // copies out of snap, nil as long as there are none
}

// crowd is how many connections a listener has, and how many of them it has not
// accepted.
type crowd struct{ clients, waiting int32 }

// NewMonitor returns a Monitor that has seen nothing yet.
func NewMonitor() *Monitor {
	return &Monitor{
		cur: &frame{}, old: &frame{},
		tracks: map[sockets.ID]*track{},
		debug:  debuggers{known: map[*process.Process]debugServer{}},
	}
}

// Snapshot returns the newest snapshot, nil before the first.
func (m *Monitor) Snapshot() *sockets.Snapshot { return m.cur.snap }

// Advance takes the next snapshot and returns what has happened since the last,
// in the order of its table. Both this snapshot and the one before it must stay
// unchanged until the call returns, and this one until the next call. The first
// snapshot is where the watch begins: it has no events.
func (m *Monitor) Advance(next *sockets.Snapshot) []Event {
	begin := m.cur.snap == nil
	m.cur, m.old = m.old, m.cur
	m.cur.snap = next
	m.pass++
	m.follow(begin)
	m.pairer.match(&m.cur.pairs, next.Sockets)
	m.joinPeers()
	m.settleSides()
	m.cur.countCrowds()
	m.findGone()
	m.joinRemains()
	m.debug.meet(next)
	events := m.tell()
	m.raise(events)
	if m.hears.on {
		events = m.catchUp(events)
	}
	m.letGo()
	return events
}

// follow updates the track of every socket. A table that changes while it is
// read can hold a socket twice: the second is dropped.
func (m *Monitor) follow(begin bool) {
	f, all := m.cur, m.cur.snap.Sockets
	now := f.snap.Time.UnixNano()
	last := len(f.tracks)
	f.tracks = f.tracks[:0]
	expected := 0
	for i := range all {
		s := &all[i]
		at := len(f.tracks)
		t := m.recall(s.ID, &expected)
		switch {
		case t == nil:
			t = m.meet(s, now, begin)
		case t.pass == m.pass:
			continue
		default:
			m.meetAgain(t, s, now)
		}
		if at < i {
			all[at] = *s
		}
		t.at = int32(at)
		f.tracks = append(f.tracks, t)
	}
	f.snap.Sockets = all[:len(f.tracks)]
	if n := len(f.tracks); n < last {
		clear(f.tracks[n:last]) // or what is gone would be kept alive
	}
}

// recall finds the track of a socket. A table mostly keeps its order, so the
// next one is expected where the last table had it: that spares the look-up.
func (m *Monitor) recall(id sockets.ID, expected *int) *track {
	i := *expected
	if i < len(m.old.tracks) && m.old.snap.Sockets[i].ID == id {
		*expected = i + 1
		return m.old.tracks[i]
	}
	t := m.tracks[id]
	if t != nil && t.pass != m.pass {
		*expected = int(t.at) + 1
	}
	return t
}

// meet starts to track a socket. Of one that was there before lotop looked, all
// that is known is that it is no older than its owner.
func (m *Monitor) meet(s *sockets.Socket, now int64, begin bool) *track {
	t := &track{pass: m.pass, was: -1, change: -1, state: s.State}
	m.tracks[s.ID] = t
	if !begin {
		t.first, t.exact, t.since, t.mark = now, true, now, New
		if _, t.over = m.hears.known[s.ID]; !t.over { // else it was heard to end while the table was read
			m.note(EventOpened, t)
		}
		return t
	}
	t.over = s.State == sockets.TimeWait // its expiry is no news
	for _, o := range s.Owners {
		if p := m.cur.snap.Process(o.PID); p != nil && !p.Started.IsZero() {
			// Of several owners the oldest: the others inherited it.
			if started := p.Started.UnixNano(); t.first == 0 || started < t.first {
				t.first = started
			}
		}
	}
	return t
}

func (m *Monitor) meetAgain(t *track, s *sockets.Socket, now int64) {
	t.pass, t.was, t.change = m.pass, t.at, -1
	if t.state == sockets.TimeWait && s.State != sockets.TimeWait {
		// Without cookies the next connection between the same ports can have
		// the same ID.
		t.leavePeer()
		*t = track{pass: m.pass, was: -1, state: s.State}
		t.first, t.exact, t.since, t.mark = now, true, now, New
		m.note(EventOpened, t)
		return
	}
	if t.state != s.State {
		kind := EventChanged
		if t.asked() {
			kind = EventOpened
		}
		t.state = s.State
		m.note(kind, t)
		t.touch(now)
		return
	}
	// A clock that was set back must not keep marks for hours.
	if age := now - t.since; t.mark != Unmarked && (age >= int64(MarkFor) || age < 0) {
		t.mark = Unmarked
	}
}

// touch marks the socket as changed. What is new stays new, while its handshake
// goes on, until its time is over.
func (t *track) touch(now int64) {
	if t.mark != New || now-t.since >= int64(MarkFor) || now < t.since {
		t.mark, t.since = Changed, now
	}
}

// joinPeers lets the tracks of a pair know each other, also after one has gone.
func (m *Monitor) joinPeers() {
	for i, j := range m.cur.pairs.peer {
		t := m.cur.tracks[i]
		if j < 0 {
			if t.peer != nil && t.peer.pass == m.pass {
				t.leavePeer() // both are there and no pair: UDP can connect anew
			}
			continue
		}
		if int(j) < i {
			continue // joined from there
		}
		p := m.cur.tracks[j]
		switch {
		case t.over != p.over, t.asked() && p.state == sockets.TimeWait, p.asked() && t.state == sockets.TimeWait:
			// What is left of a connection that is over is not the other end of
			// the next one between the same ports.
			m.cur.pairs.peer[i], m.cur.pairs.peer[j] = -1, -1
		case t.peer != p:
			t.leavePeer()
			p.leavePeer()
			t.peer, p.peer = p, t
		}
	}
}

// leavePeer ends that two tracks know each other, so that no chain of tracks
// that have gone stays in memory.
func (t *track) leavePeer() {
	if t.peer != nil {
		t.peer.peer, t.peer = nil, nil
	}
}

func (f *frame) countCrowds() {
	f.crowd = fill(f.crowd, len(f.snap.Sockets), crowd{})
	for i := range f.snap.Sockets {
		l := f.pairs.listener[i]
		if l < 0 || !f.pairs.server[i] {
			continue
		}
		switch s := &f.snap.Sockets[i]; s.State {
		case sockets.Established, sockets.CloseWait, sockets.SynRecv:
			f.crowd[l].clients++
			if s.NoOwner == sockets.NotAccepted {
				f.crowd[l].waiting++
			}
		}
	}
}

// findGone notes what the last snapshot had and this one has not.
func (m *Monitor) findGone() {
	now := m.cur.snap.Time.UnixNano()
	for i, t := range m.old.tracks {
		if t.pass == m.pass {
			continue
		}
		id := m.old.snap.Sockets[i].ID
		delete(m.tracks, id)
		if m.hears.on {
			m.hears.known[id] = m.pass
		}
		m.note(EventClosed, t)
		if t.peer != nil && t.peer.pass == m.pass {
			t.peer.touch(now) // its row is another one without this end
		}
	}
}

// letGo drops what only this pass needed.
func (m *Monitor) letGo() {
	for i := range m.changes {
		if c := &m.changes[i]; c.kind == EventClosed {
			c.track.leavePeer()
		}
	}
	clear(m.changes)
	m.changes = m.changes[:0]
	m.cur.kept, m.old.kept = nil, nil
	m.debug.forget(m.cur.snap)
}
