package model

import "lotop/sockets"

// InScope reports whether the row is shown by default.
func (r *Row) InScope() bool { return inScope(r.Snapshot, r.Socket, r.Peer) }

// inScope reports whether a socket is shown by default: its traffic uses the loopback
// interface, or it is reachable over it. peer is the other end of a connection if that is
// on this machine.
func inScope(snap *sockets.Snapshot, s, peer *sockets.Socket) bool {
	if s.Connected() {
		return peer != nil || snap.IsLocal(s.Remote.Addr())
	}
	return s.Local.Addr().IsUnspecified() || snap.IsLocal(s.Local.Addr())
}

// ReachOf returns from where a socket can be reached.
func ReachOf(snap *sockets.Snapshot, s, peer *sockets.Socket) Reach {
	switch {
	case s.Local.Addr().IsLoopback():
		return ReachLoopback
	case s.Interface != 0 && snap.Interfaces[s.Interface].String() == "lo":
		return ReachLoopback // bound to the interface, so even a wildcard address is local
	case s.Connected() && (peer != nil || snap.IsLocal(s.Remote.Addr())):
		return ReachLoopback
	}
	return ReachNetwork
}

// Exposed reports whether other machines can send to the row's socket. They cannot reach
// a TCP socket that is bound and does not listen.
func (r *Row) Exposed() bool {
	return r.Reach == ReachNetwork && (r.Socket.State == sockets.Listen || r.Socket.State == sockets.Unconn)
}
