// Package track turns successive snapshots and destroy notifications into rows
// and events: since when each socket has been there, what has just changed, which
// two sockets are the ends of one connection, and which of them is the server's.
//
// It has no clock and does no I/O: time is what the snapshots say.
package track

import (
	"time"

	"lotop/model"
	"lotop/model/debugger"
	"lotop/sockets"
	"lotop/sockets/process"
)

// MarkDuration is how long a row keeps the mark of what happened to it, and how long
// a closed one stays in the table.
const MarkDuration = 3 * time.Second

// Tracker remembers what has to be known from one snapshot to the next: since
// when each socket has been there, what has just changed, and what has gone.
// It is used by one goroutine at a time.
type Tracker struct {
	cur, prev     *frame
	generation    uint32
	tracks        map[sockets.ID]*track
	matcher       pairMatcher
	closedRows    []closedRow
	changes       []change
	pendingOpens  []pendingOpen
	debuggers     debuggerCache
	notifications notificationState
	sorter        sorter
}

// track is what is remembered of a socket while it lives.
type track struct {
	firstSeen  int64  // when it was first seen, in ns since 1970; 0 unknown
	markedAt   int64  // when mark was set
	peer       *track // the other end of its connection, which has it as peer in turn
	generation uint32 // last pass that saw it
	// index is its place in the table of that pass, was the place in the table
	// before that, -1 if it was not there.
	index, prevIndex int32
	changeIndex      int32 // index of what happened to it in this pass, -1 for nothing
	state            sockets.State
	mark             model.Mark
	firstSeenExact   bool // first is when it was seen to come
	roleKnown        bool // it is known which end of its connection it is
	isServer         bool // that it is the server's
	closeEmitted     bool // the end of its connection has been told
	hasTimeWait      bool // it has gone, and left a TIME_WAIT in the table under another ID
}

// frame is a snapshot with what was made of it. Two of them take turns, so that
// what has gone can still be described.
type frame struct {
	snap         *sockets.Snapshot
	tracks       []*track // of the snapshot's sockets, by index
	pairs        pairTable
	clientCounts []clientCount // of the snapshot's sockets, by index
	cloner       *rowCloner    // copies out of snap, nil as long as there are none
}

// clientCount is how many connections a listener has, and how many of them it has not
// accepted.
type clientCount struct{ clients, queued int32 }

// New returns a Monitor that has seen nothing yet.
func New() *Tracker {
	return &Tracker{
		cur: &frame{}, prev: &frame{},
		tracks:    map[sockets.ID]*track{},
		debuggers: debuggerCache{servers: map[*process.Process]debugger.Server{}},
	}
}

// Snapshot returns the newest snapshot, nil before the first.
func (m *Tracker) Snapshot() *sockets.Snapshot { return m.cur.snap }

// Update takes the next snapshot and returns what has happened since the last,
// in the order of its table. Both this snapshot and the one before it must stay
// unchanged until the call returns, and this one until the next call. The first
// snapshot is where the watch begins: it has no events.
func (m *Tracker) Update(next *sockets.Snapshot) []Event {
	begin := m.cur.snap == nil
	m.cur, m.prev = m.prev, m.cur
	m.cur.snap = next
	m.generation++
	m.updateTracks(begin)
	m.matcher.match(&m.cur.pairs, next.Sockets)
	m.linkPeers()
	m.assignRoles()
	m.cur.countClients()
	m.detectClosed()
	m.linkTimeWait()
	m.debuggers.add(next)
	events := m.emitEvents()
	m.retainClosed(events)
	if m.notifications.enabled {
		events = m.reconcile(events)
	}
	m.release()
	return events
}

// updateTracks updates the track of every socket. A table that changes while it is
// read can hold a socket twice: the second is dropped.
func (m *Tracker) updateTracks(begin bool) {
	f, all := m.cur, m.cur.snap.Sockets
	now := f.snap.Time.UnixNano()
	last := len(f.tracks)
	f.tracks = f.tracks[:0]
	expected := 0
	for i := range all {
		s := &all[i]
		at := len(f.tracks)
		t := m.lookupTrack(s.ID, &expected)
		switch {
		case t == nil:
			t = m.startTrack(s, now, begin)
		case t.generation == m.generation:
			continue
		default:
			m.updateTrack(t, s, now)
		}
		if at < i {
			all[at] = *s
		}
		t.index = int32(at)
		f.tracks = append(f.tracks, t)
	}
	f.snap.Sockets = all[:len(f.tracks)]
	if n := len(f.tracks); n < last {
		clear(f.tracks[n:last]) // or what is gone would be kept alive
	}
}

// lookupTrack finds the track of a socket. A table mostly keeps its order, so the
// next one is expected where the last table had it: that spares the look-up.
func (m *Tracker) lookupTrack(id sockets.ID, expected *int) *track {
	i := *expected
	if i < len(m.prev.tracks) && m.prev.snap.Sockets[i].ID == id {
		*expected = i + 1
		return m.prev.tracks[i]
	}
	t := m.tracks[id]
	if t != nil && t.generation != m.generation {
		*expected = int(t.index) + 1
	}
	return t
}

// startTrack starts to track a socket. Of one that was there before lotop looked, all
// that is known is that it is no older than its owner.
func (m *Tracker) startTrack(s *sockets.Socket, now int64, begin bool) *track {
	t := &track{generation: m.generation, prevIndex: -1, changeIndex: -1, state: s.State}
	m.tracks[s.ID] = t
	if !begin {
		t.firstSeen, t.firstSeenExact, t.markedAt, t.mark = now, true, now, model.New
		if _, t.closeEmitted = m.notifications.recentlyDestroyed[s.ID]; !t.closeEmitted { // else it was heard to end while the table was read
			m.recordChange(EventOpened, t)
		}
		return t
	}
	t.closeEmitted = s.State == sockets.TimeWait // its expiry is no news
	for _, o := range s.Owners {
		if p := m.cur.snap.Process(o.PID); p != nil && !p.Started.IsZero() {
			// Of several owners the oldest: the others inherited it.
			if started := p.Started.UnixNano(); t.firstSeen == 0 || started < t.firstSeen {
				t.firstSeen = started
			}
		}
	}
	return t
}

func (m *Tracker) updateTrack(t *track, s *sockets.Socket, now int64) {
	t.generation, t.prevIndex, t.changeIndex = m.generation, t.index, -1
	if t.state == sockets.TimeWait && s.State != sockets.TimeWait {
		// Without cookies the next connection between the same ports can have
		// the same ID.
		t.unlinkPeer()
		*t = track{generation: m.generation, prevIndex: -1, state: s.State}
		t.firstSeen, t.firstSeenExact, t.markedAt, t.mark = now, true, now, model.New
		m.recordChange(EventOpened, t)
		return
	}
	if t.state != s.State {
		kind := EventChanged
		if t.inHandshake() {
			kind = EventOpened
		}
		t.state = s.State
		m.recordChange(kind, t)
		t.markChanged(now)
		return
	}
	// A clock that was set back must not keep marks for hours.
	if age := now - t.markedAt; t.mark != model.Unmarked && (age >= int64(MarkDuration) || age < 0) {
		t.mark = model.Unmarked
	}
}

// markChanged marks the socket as changed. What is new stays new, while its handshake
// goes on, until its time is over.
func (t *track) markChanged(now int64) {
	if t.mark != model.New || now-t.markedAt >= int64(MarkDuration) || now < t.markedAt {
		t.mark, t.markedAt = model.Changed, now
	}
}

// linkPeers lets the tracks of a pair know each other, also after one has gone.
func (m *Tracker) linkPeers() {
	for i, j := range m.cur.pairs.peer {
		t := m.cur.tracks[i]
		if j < 0 {
			if t.peer != nil && t.peer.generation == m.generation {
				t.unlinkPeer() // both are there and no pair: UDP can connect anew
			}
			continue
		}
		if int(j) < i {
			continue // joined from there
		}
		p := m.cur.tracks[j]
		switch {
		case t.closeEmitted != p.closeEmitted, t.inHandshake() && p.state == sockets.TimeWait, p.inHandshake() && t.state == sockets.TimeWait:
			// What is left of a connection that is over is not the other end of
			// the next one between the same ports.
			m.cur.pairs.peer[i], m.cur.pairs.peer[j] = -1, -1
		case t.peer != p:
			t.unlinkPeer()
			p.unlinkPeer()
			t.peer, p.peer = p, t
		}
	}
}

// unlinkPeer ends that two tracks know each other, so that no chain of tracks
// that have gone stays in memory.
func (t *track) unlinkPeer() {
	if t.peer != nil {
		t.peer.peer, t.peer = nil, nil
	}
}

func (f *frame) countClients() {
	f.clientCounts = fill(f.clientCounts, len(f.snap.Sockets), clientCount{})
	for i := range f.snap.Sockets {
		l := f.pairs.listener[i]
		if l < 0 || !f.pairs.server[i] {
			continue
		}
		switch s := &f.snap.Sockets[i]; s.State {
		case sockets.Established, sockets.CloseWait, sockets.SynRecv:
			f.clientCounts[l].clients++
			if s.NoOwner == sockets.NotAccepted {
				f.clientCounts[l].queued++
			}
		}
	}
}

// detectClosed notes what the last snapshot had and this one has not.
func (m *Tracker) detectClosed() {
	now := m.cur.snap.Time.UnixNano()
	for i, t := range m.prev.tracks {
		if t.generation == m.generation {
			continue
		}
		id := m.prev.snap.Sockets[i].ID
		delete(m.tracks, id)
		if m.notifications.enabled {
			m.notifications.recentlyDestroyed[id] = m.generation
		}
		m.recordChange(EventClosed, t)
		if t.peer != nil && t.peer.generation == m.generation {
			t.peer.markChanged(now) // its row is another one without this end
		}
	}
}

// release drops what only this pass needed.
func (m *Tracker) release() {
	for i := range m.changes {
		if c := &m.changes[i]; c.kind == EventClosed {
			c.track.unlinkPeer()
		}
	}
	clear(m.changes)
	m.changes = m.changes[:0]
	m.cur.cloner, m.prev.cloner = nil, nil
	m.debuggers.prune(m.cur.snap)
}
