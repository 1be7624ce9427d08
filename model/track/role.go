package track

import "lotop/sockets"

// assignRoles decides which side of its connection each socket is, and remembers it: once
// the listener and the peer have closed, nothing else shows it.
func (tr *Tracker) assignRoles() {
	f := tr.cur
	for i, t := range f.tracks {
		s := &f.snap.Sockets[i]
		j := int(f.pairs.peer[i])
		switch {
		case !s.Connected():
			t.roleKnown, t.isServer = false, false // a UDP socket may connect again, to another address
		case j < 0:
			t.isServer, t.roleKnown = tr.roleWithoutPeer(i)
			f.pairs.server[i] = t.isServer
		case i < j:
			p := f.tracks[j]
			t.isServer, t.roleKnown = tr.rolesOfPair(i, j)
			p.isServer, p.roleKnown = !t.isServer, t.roleKnown
			f.pairs.server[i], f.pairs.server[j] = t.isServer, p.isServer
		}
	}
}

// roleWithoutPeer reports whether a socket without a peer in the table is the server's
// side, and whether that is certain.
func (tr *Tracker) roleWithoutPeer(i int) (server, known bool) {
	f := tr.cur
	s, t := &f.snap.Sockets[i], f.tracks[i]
	switch role := roleByState(s); {
	case role != 0:
		return role > 0, true
	case t.roleKnown:
		return t.isServer, true
	case f.pairs.listener[i] >= 0:
		return true, true
	}
	if f.snap.IsLocal(s.Remote.Addr()) {
		remote := sockets.Socket{Protocol: s.Protocol, Local: s.Remote, V6: s.V6}
		if tr.matcher.listenerOf(f.snap.Sockets, &remote) >= 0 {
			return false, true // the remote address has a listener, so that is the server
		}
	}
	if f.snap.Ephemeral.Contains(s.Local.Port()) && !f.snap.IsLocal(s.Remote.Addr()) {
		return false, true // no listener has that port, and it is in the ephemeral range
	}
	return t.isServer, false // the guess from when it was one of a pair
}

// rolesOfPair reports whether socket i is the server's side of its pair with j, and
// whether that is certain. A known role comes before the current listeners, which can
// have changed since the connection opened.
func (tr *Tracker) rolesOfPair(i, j int) (server, known bool) {
	f := tr.cur
	s, o := &f.snap.Sockets[i], &f.snap.Sockets[j]
	if own, peer := roleByState(s), roleByState(o); own != peer {
		return own > peer, true
	}
	if t, p := f.tracks[i], f.tracks[j]; t.roleKnown || p.roleKnown {
		return t.roleKnown && t.isServer || !t.roleKnown && !p.isServer, true
	}
	if own, peer := f.pairs.listener[i] >= 0, f.pairs.listener[j] >= 0; own != peer {
		return own, true
	}
	// A guess: the ports of clients are high.
	if s.Local.Port() != o.Local.Port() {
		return s.Local.Port() < o.Local.Port(), false
	}
	return s.ID < o.ID, false
}

// roleByState is 1 for what only a server's side can be, -1 for a client's, 0 for what
// either can be.
func roleByState(s *sockets.Socket) int {
	switch {
	case s.NoOwner == sockets.NotAccepted || s.State == sockets.SynRecv:
		return 1
	case s.State == sockets.SynSent:
		return -1
	}
	return 0
}
