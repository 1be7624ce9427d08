// Package track turns successive snapshots and destroy notifications into rows and
// events: when each socket was first seen, what has changed, which two sockets are the
// ends of one connection, and which of them is the server's.
//
// It has no clock and does no I/O: the time is that of the snapshots.
package track

import (
	"time"

	"lotop/model"
	"lotop/model/debugger"
	"lotop/sockets"
	"lotop/sockets/process"
)

// MarkDuration is how long a row keeps its mark, and how long a closed one is shown.
const MarkDuration = 3 * time.Second

// Tracker keeps what is needed from one snapshot to the next: when each socket was first
// seen, what has changed, and what has closed. It is used by one goroutine at a time.
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

// track is what is remembered of a socket while it exists.
type track struct {
	firstSeen  int64  // when it was first seen, in ns since 1970; 0 if unknown
	markedAt   int64  // when mark was set
	peer       *track // the peer's track, which has this one as peer in turn
	generation uint32 // last snapshot that had it
	// index is its index in that snapshot, prevIndex the index in the snapshot before
	// that, -1 if it was not there.
	index, prevIndex int32
	changeIndex      int32 // index of its change in this snapshot, -1 for none
	state            sockets.State
	mark             model.Mark
	firstSeenExact   bool // firstSeen is when it opened
	roleKnown        bool // it is known which side of its connection it is
	isServer         bool // it is the server's side
	closeEmitted     bool // the closed event of its connection has been emitted
	hasTimeWait      bool // it has closed, and its TIME_WAIT is in the table under another ID
}

// frame is a snapshot with what was derived from it. Two of them alternate, so that
// closed sockets can still be described.
type frame struct {
	snap         *sockets.Snapshot
	tracks       []*track // of the snapshot's sockets, by index
	pairs        pairTable
	clientCounts []clientCount // of the snapshot's sockets, by index
	cloner       *rowCloner    // copies rows out of snap, nil until the first copy
}

// clientCount is how many connections a listener has, and how many of them are in its
// accept queue.
type clientCount struct{ clients, queued int32 }

// New returns a Tracker without a snapshot.
func New() *Tracker {
	return &Tracker{
		cur: &frame{}, prev: &frame{},
		tracks:    map[sockets.ID]*track{},
		debuggers: debuggerCache{servers: map[*process.Process]debugger.Server{}},
	}
}

// Snapshot returns the newest snapshot, nil before the first.
func (tr *Tracker) Snapshot() *sockets.Snapshot { return tr.cur.snap }

// Update applies the next snapshot and returns the events since the last one, in table
// order. Both this snapshot and the one before it must stay unchanged until the call
// returns, and this one until the next call. The first snapshot has no events.
func (tr *Tracker) Update(next *sockets.Snapshot) []Event {
	begin := tr.cur.snap == nil
	tr.cur, tr.prev = tr.prev, tr.cur
	tr.cur.snap = next
	tr.generation++
	tr.updateTracks(begin)
	tr.matcher.match(&tr.cur.pairs, next.Sockets)
	tr.linkPeers()
	tr.assignRoles()
	tr.cur.countClients()
	tr.detectClosed()
	tr.linkTimeWait()
	tr.debuggers.add(next)
	events := tr.emitEvents()
	tr.retainClosed(events)
	if tr.notifications.enabled {
		events = tr.reconcile(events)
	}
	tr.release()
	return events
}

// updateTracks updates the track of every socket. A table that changes while it is read
// can contain a socket twice: the second is dropped.
func (tr *Tracker) updateTracks(begin bool) {
	f, all := tr.cur, tr.cur.snap.Sockets
	now := f.snap.Time.UnixNano()
	last := len(f.tracks)
	f.tracks = f.tracks[:0]
	expected := 0
	for i := range all {
		s := &all[i]
		at := len(f.tracks)
		t := tr.lookupTrack(s.ID, &expected)
		switch {
		case t == nil:
			t = tr.startTrack(s, now, begin)
		case t.generation == tr.generation:
			continue
		default:
			tr.updateTrack(t, s, now)
		}
		if at < i {
			all[at] = *s
		}
		t.index = int32(at)
		f.tracks = append(f.tracks, t)
	}
	f.snap.Sockets = all[:len(f.tracks)]
	if n := len(f.tracks); n < last {
		clear(f.tracks[n:last]) // or closed sockets would stay in memory
	}
}

// lookupTrack returns the track of a socket, or nil. Tables mostly keep their order, so it
// first tries the socket that followed in the last one, which saves the map lookup.
func (tr *Tracker) lookupTrack(id sockets.ID, expected *int) *track {
	i := *expected
	if i < len(tr.prev.tracks) && tr.prev.snap.Sockets[i].ID == id {
		*expected = i + 1
		return tr.prev.tracks[i]
	}
	t := tr.tracks[id]
	if t != nil && t.generation != tr.generation {
		*expected = int(t.index) + 1
	}
	return t
}

// startTrack adds the track of a socket. Of one in the first snapshot it is only known
// that it is no older than its owner.
func (tr *Tracker) startTrack(s *sockets.Socket, now int64, begin bool) *track {
	t := &track{generation: tr.generation, prevIndex: -1, changeIndex: -1, state: s.State}
	tr.tracks[s.ID] = t
	if !begin {
		t.firstSeen, t.firstSeenExact, t.markedAt, t.mark = now, true, now, model.New
		// If its notification has come, it closed while the table was read.
		if _, t.closeEmitted = tr.notifications.recentlyDestroyed[s.ID]; !t.closeEmitted {
			tr.recordChange(EventOpened, t)
		}
		return t
	}
	t.closeEmitted = s.State == sockets.TimeWait // its expiry is no event
	for _, o := range s.Owners {
		if p := tr.cur.snap.Process(o.PID); p != nil && !p.Started.IsZero() {
			// Of several owners the oldest: the others inherited it.
			if started := p.Started.UnixNano(); t.firstSeen == 0 || started < t.firstSeen {
				t.firstSeen = started
			}
		}
	}
	return t
}

func (tr *Tracker) updateTrack(t *track, s *sockets.Socket, now int64) {
	t.generation, t.prevIndex, t.changeIndex = tr.generation, t.index, -1
	if t.state == sockets.TimeWait && s.State != sockets.TimeWait {
		// Without cookies the next connection between the same ports can have
		// the same ID.
		t.unlinkPeer()
		*t = track{generation: tr.generation, prevIndex: -1, state: s.State}
		t.firstSeen, t.firstSeenExact, t.markedAt, t.mark = now, true, now, model.New
		tr.recordChange(EventOpened, t)
		return
	}
	if t.state != s.State {
		kind := EventChanged
		if t.inHandshake() {
			kind = EventOpened
		}
		t.state = s.State
		tr.recordChange(kind, t)
		t.markChanged(now)
		return
	}
	// A clock that was set back must not keep marks for hours.
	if age := now - t.markedAt; t.mark != model.Unmarked && (age >= int64(MarkDuration) || age < 0) {
		t.mark = model.Unmarked
	}
}

// markChanged marks the socket as changed. A new one stays marked as new while its
// handshake continues, for MarkDuration.
func (t *track) markChanged(now int64) {
	if t.mark != model.New || now-t.markedAt >= int64(MarkDuration) || now < t.markedAt {
		t.mark, t.markedAt = model.Changed, now
	}
}

// linkPeers links the tracks of a pair, which stay linked after one has closed.
func (tr *Tracker) linkPeers() {
	for i, j := range tr.cur.pairs.peer {
		t := tr.cur.tracks[i]
		if j < 0 {
			if t.peer != nil && t.peer.generation == tr.generation {
				t.unlinkPeer() // both exist and are no pair: UDP can reconnect
			}
			continue
		}
		if int(j) < i {
			continue // linked from there
		}
		p := tr.cur.tracks[j]
		switch {
		case t.closeEmitted != p.closeEmitted,
			t.inHandshake() && p.state == sockets.TimeWait, p.inHandshake() && t.state == sockets.TimeWait:
			// The TIME_WAIT of a connection is not the peer of the next one between
			// the same ports.
			tr.cur.pairs.peer[i], tr.cur.pairs.peer[j] = -1, -1
		case t.peer != p:
			t.unlinkPeer()
			p.unlinkPeer()
			t.peer, p.peer = p, t
		}
	}
}

// unlinkPeer unlinks two tracks, so that no chain of closed tracks stays in memory.
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

// detectClosed records the sockets that the last snapshot had and this one has not.
func (tr *Tracker) detectClosed() {
	now := tr.cur.snap.Time.UnixNano()
	for i, t := range tr.prev.tracks {
		if t.generation == tr.generation {
			continue
		}
		id := tr.prev.snap.Sockets[i].ID
		delete(tr.tracks, id)
		if tr.notifications.enabled {
			tr.notifications.recentlyDestroyed[id] = tr.generation
		}
		tr.recordChange(EventClosed, t)
		if t.peer != nil && t.peer.generation == tr.generation {
			t.peer.markChanged(now) // its row changes without this end
		}
	}
}

// release drops what only this update needed.
func (tr *Tracker) release() {
	for i := range tr.changes {
		if c := &tr.changes[i]; c.kind == EventClosed {
			c.track.unlinkPeer()
		}
	}
	clear(tr.changes)
	tr.changes = tr.changes[:0]
	tr.cur.cloner, tr.prev.cloner = nil, nil
	tr.debuggers.prune(tr.cur.snap)
}
