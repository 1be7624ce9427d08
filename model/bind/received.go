package bind

import "lotop/sockets"

// ReceivedBy reports whether a client of one of the target's addresses reaches that
// socket: a listener or an unconnected UDP socket.
func (t Target) ReceivedBy(s *sockets.Socket) bool {
	if !s.Serves() || s.Protocol != t.Protocol || s.Local.Port() != t.Port {
		return false
	}
	at := s.Local.Addr()
	for _, host := range t.Hosts {
		switch {
		case at == host:
			return true
		case !at.IsUnspecified():
		case host.Is4() == at.Is4(), host.Is4() && s.V6Only != sockets.Yes:
			return true // the wildcard of the family, or of both
		}
	}
	return false
}
