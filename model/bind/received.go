package bind

import "lotop/sockets"

// ReceivedBy tells whether a client that goes for one of the target's addresses
// reaches that socket: a listener or, of UDP, a socket without a remote end.
func (t Target) ReceivedBy(s *sockets.Socket) bool {
	serves := s.State == sockets.Listen || s.State == sockets.Unconn && s.Protocol == sockets.UDP
	if !serves || s.Protocol != t.Protocol || s.Local.Port() != t.Port {
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
