package bind

import (
	"slices"

	"lotop/sockets"
)

// ReceivedBy reports whether a client of one of the target's addresses reaches that
// socket: a listener or an unconnected UDP socket.
func (t Target) ReceivedBy(s *sockets.Socket) bool {
	return s.Serves() && s.Protocol == t.Protocol && s.Local.Port() == t.Port && slices.ContainsFunc(t.Hosts, s.Accepts)
}
