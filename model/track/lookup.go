package track

import (
	"lotop/model"
	"lotop/sockets"
)

// Find returns the row that stands for a socket, with both ends of a pair; ok
// is false if the newest snapshot does not have it.
func (m *Tracker) Find(id sockets.ID) (row model.Row, ok bool) {
	t := m.tracks[id]
	if t == nil {
		return model.Row{}, false
	}
	return m.row(m.cur, int(m.cur.rowIndex(t.index)), true), true
}

// Socket returns a socket of the newest snapshot, nil if it has gone.
func (m *Tracker) Socket(id sockets.ID) *sockets.Socket {
	if t := m.tracks[id]; t != nil {
		return &m.cur.snap.Sockets[t.index]
	}
	return nil
}

// Clients returns the connections that came in by a listener.
func (m *Tracker) Clients(listener *sockets.Socket) []model.Row {
	var rows []model.Row
	f := m.cur
	for i := range f.snap.Sockets {
		if l := f.pairs.listener[i]; l >= 0 && f.pairs.server[i] && f.snap.Sockets[l].ID == listener.ID {
			rows = append(rows, m.row(f, i, true))
		}
	}
	return rows
}

// ByPID returns a row for every socket that a process holds, each end of a
// pair by itself.
func (m *Tracker) ByPID(pid int32) []model.Row {
	var rows []model.Row
	f := m.cur
	for i := range f.snap.Sockets {
		if f.snap.Sockets[i].OwnedBy(pid) {
			rows = append(rows, m.row(f, i, false))
		}
	}
	return rows
}

// ByPort returns a row for every socket whose local port it is, each end of a
// pair by itself.
func (m *Tracker) ByPort(p sockets.Protocol, port uint16) []model.Row {
	var rows []model.Row
	f := m.cur
	for i := range f.snap.Sockets {
		if s := &f.snap.Sockets[i]; s.Protocol == p && s.Local.Port() == port {
			rows = append(rows, m.row(f, i, false))
		}
	}
	return rows
}
