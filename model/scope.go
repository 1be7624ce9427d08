package model

import "lotop/sockets"

// InScope tells whether the row is in view by default.
func (r *Row) InScope() bool { return inScope(r.Snapshot, r.Socket, r.Peer) }

// inScope tells whether a socket is in view by default: it runs over the
// loopback interface or is reachable over it. peer is the other end of a
// connection if that is on this machine.
func inScope(snap *sockets.Snapshot, s, peer *sockets.Socket) bool {
	if s.Connected() {
		return peer != nil || snap.IsLocal(s.Remote.Addr())
	}
	return s.Local.Addr().IsUnspecified() || snap.IsLocal(s.Local.Addr())
}

// ReachOf tells who can get to a socket.
func ReachOf(snap *sockets.Snapshot, s, peer *sockets.Socket) Reach {
	switch {
	case s.Local.Addr().IsLoopback():
		return ReachLoopback
	case s.Interface != 0 && snap.Interfaces[s.Interface].String() == "lo":
		return ReachLoopback // bound to the device: a wildcard there is no wildcard
	case s.Connected() && (peer != nil || snap.IsLocal(s.Remote.Addr())):
		return ReachLoopback
	}
	return ReachNetwork
}

// Exposed tells whether others than this machine can send to the row's socket.
// A bound TCP socket does not listen, so nobody can.
func (r *Row) Exposed() bool {
	return r.Reach == ReachNetwork && (r.Socket.State == sockets.Listen || r.Socket.State == sockets.Unconn)
}
