package track

import (
	"time"

	"lotop/model"
)

// row returns the row of a frame's socket.
func (tr *Tracker) row(f *frame, i int, folded bool) model.Row {
	s, t := &f.snap.Sockets[i], f.tracks[i]
	r := model.Row{
		Socket: s, Snapshot: f.snap, FirstSeenExact: t.firstSeenExact, Mark: t.mark, Inbound: f.pairs.server[i],
		RoleUnknown: s.Connected() && !t.roleKnown,
		Clients:     f.clientCounts[i].clients, Queued: f.clientCounts[i].queued,
	}
	if t.firstSeen != 0 {
		r.FirstSeen = time.Unix(0, t.firstSeen)
	}
	if l := f.pairs.listener[i]; l >= 0 && f.pairs.server[i] {
		r.Listener = &f.snap.Sockets[l]
	}
	if j := f.pairs.peer[i]; j >= 0 {
		r.Peer = &f.snap.Sockets[j]
		r.Folded = folded
		if folded && r.Mark != f.tracks[j].mark {
			r.Mark = model.Changed
		}
	}
	r.Reach = model.ReachOf(f.snap, s, r.Peer)
	r.Debugger = tr.debuggers.nameFor(&r)
	return r
}

// rowIndex returns the index of the socket whose row includes socket i: the server's
// side of a pair.
func (f *frame) rowIndex(i int32) int32 {
	if j := f.pairs.peer[i]; j >= 0 && f.pairs.server[j] {
		return j
	}
	return i
}
