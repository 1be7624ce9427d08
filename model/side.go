package model

import "lotop/sockets"

// settleSides decides which end of its connection each socket is, and remembers
// it: once the listener and the other end have gone, only the memory is left.
func (m *Monitor) settleSides() {
	f := m.cur
	for i, t := range f.tracks {
		s := &f.snap.Sockets[i]
		j := int(f.pairs.peer[i])
		switch {
		case !s.Connected():
			t.sure, t.server = false, false // a UDP socket may connect again, to another end
		case j < 0:
			t.server, t.sure = m.sideAlone(i)
			f.pairs.server[i] = t.server
		case i < j:
			p := f.tracks[j]
			t.server, t.sure = m.sideOfPair(i, j)
			p.server, p.sure = !t.server, t.sure
			f.pairs.server[i], f.pairs.server[j] = t.server, p.server
		}
	}
}

// sideAlone tells whether a socket whose other end is not in the table is the
// server's end, and whether that is certain.
func (m *Monitor) sideAlone(i int) (server, sure bool) {
	f := m.cur
	s, t := &f.snap.Sockets[i], f.tracks[i]
	switch side := sideByState(s); {
	case side != 0:
		return side > 0, true
	case t.sure:
		return t.server, true
	case f.pairs.listener[i] >= 0:
		return true, true
	}
	if f.snap.IsLocal(s.Remote.Addr()) {
		far := sockets.Socket{Protocol: s.Protocol, Local: s.Remote, V6: s.V6}
		if m.pairer.listenerOf(f.snap.Sockets, &far) >= 0 {
			return false, true // what listens at the other end is the server
		}
	}
	if f.snap.Ephemeral.Contains(s.Local.Port()) && !f.snap.IsLocal(s.Remote.Addr()) {
		return false, true // nobody listens on that port, and the system gave it out
	}
	return t.server, false // what was guessed of it as long as it was one of a pair
}

// sideOfPair tells whether socket i is the server's end of its pair with j, and
// whether that is certain. Memory comes before the listeners of the moment:
// they can have changed since the connection was made.
func (m *Monitor) sideOfPair(i, j int) (server, sure bool) {
	f := m.cur
	s, o := &f.snap.Sockets[i], &f.snap.Sockets[j]
	if mine, theirs := sideByState(s), sideByState(o); mine != theirs {
		return mine > theirs, true
	}
	if t, p := f.tracks[i], f.tracks[j]; t.sure || p.sure {
		return t.sure && t.server || !t.sure && !p.server, true
	}
	if mine, theirs := f.pairs.listener[i] >= 0, f.pairs.listener[j] >= 0; mine != theirs {
		return mine, true
	}
	// A guess: clients get their ports from the high range.
	if s.Local.Port() != o.Local.Port() {
		return s.Local.Port() < o.Local.Port(), false
	}
	return s.ID < o.ID, false
}

// sideByState is 1 for what only a server's end can be, -1 for a client's, 0
// for what either can.
func sideByState(s *sockets.Socket) int {
	switch {
	case s.NoOwner == sockets.NotAccepted || s.State == sockets.SynRecv:
		return 1
	case s.State == sockets.SynSent:
		return -1
	}
	return 0
}
