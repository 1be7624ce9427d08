package model

import "lotop/sockets"

// Find returns the row that stands for a socket, with both ends of a pair; ok
// is false if the newest snapshot does not have it.
func (m *Monitor) Find(id sockets.ID) (row Row, ok bool) {
	t := m.tracks[id]
	if t == nil {
		return Row{}, false
	}
	for i, other := range m.cur.tracks {
		if other != t {
			continue
		}
		if j := m.cur.pairs.peer[i]; j >= 0 && m.cur.pairs.server[j] {
			i = int(j)
		}
		return m.row(m.cur, i, true), true
	}
	return Row{}, false
}

// Clients returns the connections that came in by a listener.
func (m *Monitor) Clients(listener *sockets.Socket) []Row {
	var rows []Row
	f := m.cur
	for i := range f.snap.Sockets {
		if l := f.pairs.listener[i]; l >= 0 && f.pairs.server[i] && f.snap.Sockets[l].ID == listener.ID {
			rows = append(rows, m.row(f, i, true))
		}
	}
	return rows
}

// HeldBy returns a row for every socket that a process holds, each end of a
// pair by itself.
func (m *Monitor) HeldBy(pid int32) []Row {
	var rows []Row
	f := m.cur
	for i := range f.snap.Sockets {
		if heldBefore(f.snap.Sockets[i].Owners, pid) {
			rows = append(rows, m.row(f, i, false))
		}
	}
	return rows
}

// Keep returns a copy of the row that stays true to this moment: it does not
// point into a snapshot that will be used again.
func (r *Row) Keep() Row {
	kept := *r
	snap := *r.In
	snap.Sockets, snap.Warnings = nil, nil
	kept.In = &snap
	kept.Socket, kept.Peer, kept.Listener = copySocket(r.Socket), copySocket(r.Peer), copySocket(r.Listener)
	return kept
}
