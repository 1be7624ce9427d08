package track

import "lotop/sockets"

// assignRoles decides which end of its connection each socket is, and remembers
// it: once the listener and the other end have gone, only the memory is left.
func (m *Tracker) assignRoles() {
	f := m.cur
	for i, t := range f.tracks {
		s := &f.snap.Sockets[i]
		j := int(f.pairs.peer[i])
		switch {
		case !s.Connected():
			t.roleKnown, t.isServer = false, false // a UDP socket may connect again, to another end
		case j < 0:
			t.isServer, t.roleKnown = m.roleWithoutPeer(i)
			f.pairs.server[i] = t.isServer
		case i < j:
			p := f.tracks[j]
			t.isServer, t.roleKnown = m.rolesOfPair(i, j)
			p.isServer, p.roleKnown = !t.isServer, t.roleKnown
			f.pairs.server[i], f.pairs.server[j] = t.isServer, p.isServer
		}
	}
}

// roleWithoutPeer tells whether a socket whose other end is not in the table is the
// server's end, and whether that is certain.
func (m *Tracker) roleWithoutPeer(i int) (server, sure bool) {
	f := m.cur
	s, t := &f.snap.Sockets[i], f.tracks[i]
	switch side := roleByState(s); {
	case side != 0:
		return side > 0, true
	case t.roleKnown:
		return t.isServer, true
	case f.pairs.listener[i] >= 0:
		return true, true
	}
	if f.snap.IsLocal(s.Remote.Addr()) {
		far := sockets.Socket{Protocol: s.Protocol, Local: s.Remote, V6: s.V6}
		if m.matcher.listenerOf(f.snap.Sockets, &far) >= 0 {
			return false, true // what listens at the other end is the server
		}
	}
	if f.snap.Ephemeral.Contains(s.Local.Port()) && !f.snap.IsLocal(s.Remote.Addr()) {
		return false, true // nobody listens on that port, and the system gave it out
	}
	return t.isServer, false // what was guessed of it as long as it was one of a pair
}

// rolesOfPair tells whether socket i is the server's end of its pair with j, and
// whether that is certain. Memory comes before the listeners of the moment:
// they can have changed since the connection was made.
func (m *Tracker) rolesOfPair(i, j int) (server, sure bool) {
	f := m.cur
	s, o := &f.snap.Sockets[i], &f.snap.Sockets[j]
	if mine, theirs := roleByState(s), roleByState(o); mine != theirs {
		return mine > theirs, true
	}
	if t, p := f.tracks[i], f.tracks[j]; t.roleKnown || p.roleKnown {
		return t.roleKnown && t.isServer || !t.roleKnown && !p.isServer, true
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

// roleByState is 1 for what only a server's end can be, -1 for a client's, 0
// for what either can.
func roleByState(s *sockets.Socket) int {
	switch {
	case s.NoOwner == sockets.NotAccepted || s.State == sockets.SynRecv:
		return 1
	case s.State == sockets.SynSent:
		return -1
	}
	return 0
}
