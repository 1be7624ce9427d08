package track

import (
	"lotop/model"
	"lotop/sockets"
)

// Find returns the row of a socket, with both ends of a pair; ok is false if the newest
// snapshot does not have it.
func (tr *Tracker) Find(id sockets.ID) (row model.Row, ok bool) {
	t := tr.tracks[id]
	if t == nil {
		return model.Row{}, false
	}
	return tr.row(tr.cur, int(tr.cur.rowIndex(t.index)), true), true
}

// Socket returns a socket of the newest snapshot, nil if it has closed.
func (tr *Tracker) Socket(id sockets.ID) *sockets.Socket {
	if t := tr.tracks[id]; t != nil {
		return &tr.cur.snap.Sockets[t.index]
	}
	return nil
}

// Clients returns the connections that a listener accepted or has queued.
func (tr *Tracker) Clients(listener *sockets.Socket) []model.Row {
	var rows []model.Row
	f := tr.cur
	for i := range f.snap.Sockets {
		if l := f.pairs.listener[i]; l >= 0 && f.pairs.server[i] && f.snap.Sockets[l].ID == listener.ID {
			rows = append(rows, tr.row(f, i, true))
		}
	}
	return rows
}

// ByPID returns a row for every socket that a process owns, each end of a pair
// separately.
func (tr *Tracker) ByPID(pid int32) []model.Row {
	var rows []model.Row
	f := tr.cur
	for i := range f.snap.Sockets {
		if f.snap.Sockets[i].OwnedBy(pid) {
			rows = append(rows, tr.row(f, i, false))
		}
	}
	return rows
}

// ByPort returns a row for every socket with that local port, each end of a pair
// separately.
func (tr *Tracker) ByPort(p sockets.Protocol, port uint16) []model.Row {
	var rows []model.Row
	f := tr.cur
	for i := range f.snap.Sockets {
		if s := &f.snap.Sockets[i]; s.Protocol == p && s.Local.Port() == port {
			rows = append(rows, tr.row(f, i, false))
		}
	}
	return rows
}
