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
	ghosts   []ghost
	changes  []change
	debug    map[*process.Process]debugServer
}

// track is what is remembered of a socket while it lives.
type track struct {
	first  int64 // when it was first seen, in ns since 1970; 0 unknown
	since  int64 // when mark was set
	peer   *track
	pass   uint32 // last pass that saw it
	change int32  // index of what happened to it in this pass, -1 for nothing
	state  sockets.State
	mark   Mark
	exact  bool // first is when it was seen to come
	sure   bool // it is known which end of its connection it is
	server bool // that it is the server's
	over   bool // the end of its connection has been told
}

// frame is a snapshot with what was made of it. Two of them take turns, so that
// what has gone can still be described.
type frame struct {
	snap   *sockets.Snapshot
	tracks []*track // of the snapshot's sockets, by index
	pairs  pairing
	crowd  []crowd // of the snapshot's sockets, by index
}

// crowd is how many connections a listener has, and how many of them it has not
// accepted.
type crowd struct{ clients, waiting int32 }

// ghost is a row that has gone and still shows for a moment.
type ghost struct {
	row   Row
	until time.Time
}

// NewMonitor returns a Monitor that has seen nothing yet.
func NewMonitor() *Monitor {
	return &Monitor{
		cur: &frame{}, old: &frame{},
		tracks: map[sockets.ID]*track{},
		debug:  map[*process.Process]debugServer{},
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
	m.changes = m.changes[:0]
	m.follow(begin)
	m.cur.pairs.build(next.Sockets)
	m.joinPeers()
	m.recallSides()
	m.cur.countCrowds()
	m.findGone()
	m.forgetDebuggers()
	events := m.tell()
	m.raise(events)
	return events
}

// follow updates the track of every socket. A table that changes while it is
// read can hold a socket twice: the second is dropped.
func (m *Monitor) follow(begin bool) {
	f := m.cur
	now := f.snap.Time.UnixNano()
	f.tracks = f.tracks[:0]
	kept := f.snap.Sockets[:0]
	for i := range f.snap.Sockets {
		s := &f.snap.Sockets[i]
		t := m.tracks[s.ID]
		switch {
		case t == nil:
			t = m.meet(s, now, begin)
		case t.pass == m.pass:
			continue
		default:
			t.pass, t.change = m.pass, -1
			if t.state != s.State {
				m.note(change{kind: EventChanged, track: t, index: len(f.tracks), from: t.state})
				t.state = s.State
				if t.mark != New { // what is new stays new while its handshake goes on
					t.mark, t.since = Changed, now
				}
			}
		}
		if t.mark != Unmarked && now-t.since > int64(MarkFor) {
			t.mark = Unmarked
		}
		if len(kept) < i {
			kept = append(kept, *s)
		} else {
			kept = kept[:i+1] // nothing was dropped so far: it is in its place
		}
		f.tracks = append(f.tracks, t)
	}
	f.snap.Sockets = kept
}

// meet starts to track a socket. Of one that was there before lotop looked, all
// that is known is that it is no older than its owner.
func (m *Monitor) meet(s *sockets.Socket, now int64, begin bool) *track {
	t := &track{pass: m.pass, change: -1, state: s.State}
	m.tracks[s.ID] = t
	if !begin {
		t.first, t.exact, t.since, t.mark = now, true, now, New
		m.note(change{kind: EventOpened, track: t, index: len(m.cur.tracks)})
		return t
	}
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

// joinPeers lets the tracks of a pair know each other, also after one has gone.
func (m *Monitor) joinPeers() {
	for i, j := range m.cur.pairs.peer {
		if j >= 0 {
			m.cur.tracks[i].peer = m.cur.tracks[j]
		}
	}
}

// recallSides remembers which end of its connection each socket is. A listener
// or the other end shows it; once both have gone, only the memory is left.
func (m *Monitor) recallSides() {
	f := m.cur
	for i, t := range f.tracks {
		s := &f.snap.Sockets[i]
		switch {
		case !s.Connected():
		case f.pairs.peer[i] >= 0 || f.pairs.listener[i] >= 0:
			t.sure, t.server = true, f.pairs.server[i]
		case t.sure:
			f.pairs.server[i] = t.server
		case s.State == sockets.SynSent,
			f.snap.Ephemeral.Contains(s.Local.Port()) && !isOwn(f.snap, s.Remote.Addr()):
			// Nobody listens on that port, and the system gave it out.
			t.sure = true
		}
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
	for i, t := range m.old.tracks {
		if t.pass != m.pass {
			m.note(change{kind: EventClosed, track: t, index: i, from: t.state})
			delete(m.tracks, m.old.snap.Sockets[i].ID)
		}
	}
}

// forgetDebuggers keeps the memory of recognised processes from growing.
func (m *Monitor) forgetDebuggers() {
	for p := range m.debug {
		if m.cur.snap.Process(int32(p.PID)) != p {
			delete(m.debug, p)
		}
	}
}

// row makes the row of a frame's socket.
func (m *Monitor) row(f *frame, i int, folded bool) Row {
	s, t := &f.snap.Sockets[i], f.tracks[i]
	r := Row{
		Socket: s, In: f.snap, Exact: t.exact, Mark: t.mark, Inbound: f.pairs.server[i],
		Unsure:  s.Connected() && !t.sure,
		Clients: f.crowd[i].clients, Waiting: f.crowd[i].waiting,
	}
	if t.first != 0 {
		r.First = time.Unix(0, t.first)
	}
	if l := f.pairs.listener[i]; l >= 0 && f.pairs.server[i] {
		r.Listener = &f.snap.Sockets[l]
	}
	if j := f.pairs.peer[i]; j >= 0 {
		r.Peer = &f.snap.Sockets[j]
		r.Folded = folded
		if folded && r.Mark != f.tracks[j].mark {
			r.Mark = Changed
		}
	}
	r.Reach = reachOf(f.snap, s, r.Peer)
	r.Debugger = m.debuggerOf(&r)
	return r
}

func (m *Monitor) debuggerOf(r *Row) string {
	for _, o := range r.Socket.Owners {
		p := r.In.Process(o.PID)
		if p == nil {
			continue
		}
		d, ok := m.debug[p]
		if !ok {
			d, _ = recogniseDebugger(p)
			m.debug[p] = d
		}
		if d.holds(r.Socket) {
			return d.name
		}
	}
	return ""
}
