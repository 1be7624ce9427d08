// Package model defines a row of the table: its sockets, their owners, whether it is
// exposed, its latest change, and the columns by which rows are sorted.
//
// It is pure, as are the packages below it: no I/O, no clock, no terminal. Their only
// input is the snapshots passed to them.
package model

import (
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// Mark is the latest change of a row, shown for a short time.
type Mark uint8

// The marks.
const (
	Unmarked Mark = iota
	New
	Changed
	Closed
)

// Reach is from where a socket can be reached.
type Reach uint8

// The reaches.
const (
	ReachUnknown  Reach = iota
	ReachLoopback       // from this machine only
	ReachNetwork        // from other machines too: exposed
)

// String returns the value used in queries and JSON.
func (r Reach) String() string {
	switch r {
	case ReachLoopback:
		return "loopback"
	case ReachNetwork:
		return "network"
	}
	return ""
}

// Row is one line of the table: a socket, or both ends of a loopback connection.
type Row struct {
	// Socket is the row's socket; of a pair the server's side.
	Socket *sockets.Socket
	// Peer is the other end of a connection within this machine, of a pair the
	// client's side; nil if there is none.
	Peer *sockets.Socket
	// Listener is the socket that accepted the connection, if this machine is the
	// server and the listener is still open.
	Listener *sockets.Socket
	// Snapshot holds the row's owners, users and interfaces.
	Snapshot *sockets.Snapshot
	// FirstSeen is when the row's socket was first seen. If not FirstSeenExact, the
	// socket is older than the first snapshot, and FirstSeen is when its owner
	// started; zero if that is unknown too.
	FirstSeen      time.Time
	FirstSeenExact bool
	Mark           Mark
	// Inbound reports whether Socket is the server's side of its connection. If
	// RoleUnknown, nothing shows which side is the server.
	Inbound, RoleUnknown bool
	// Folded reports whether the row represents both Socket and Peer.
	Folded bool
	Reach  Reach
	// Debugger is the debug server that serves on the socket, such as "delve";
	// empty if there is none.
	Debugger string
	// Clients counts a listener's connections, Queued those of them in its accept
	// queue.
	Clients, Queued int32
}

// Owner returns the first process that owns s, or nil.
func (r *Row) Owner(s *sockets.Socket) *process.Process {
	for _, o := range s.Owners {
		if p := r.Snapshot.Process(o.PID); p != nil {
			return p
		}
	}
	return nil
}

// Owners returns every process that owns s, each once, in table order.
func (r *Row) Owners(s *sockets.Socket) []*process.Process {
	var all []*process.Process
	for _, pid := range s.PIDs() {
		if p := r.Snapshot.Process(pid); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// Has reports whether the row represents the socket with that ID.
func (r *Row) Has(id sockets.ID) bool {
	return r.Socket.ID == id || r.Folded && r.Peer.ID == id
}

// AtClient reports whether Socket is the client's end of a connection.
func (r *Row) AtClient() bool { return r.Socket.Connected() && !r.Inbound && !r.RoleUnknown }

// ServerPort returns the port of the server's end, or else the local one.
func (r *Row) ServerPort() uint16 {
	if r.AtClient() {
		return r.Socket.Remote.Port()
	}
	return r.Socket.Local.Port()
}

// Clone returns a copy of the row that does not point into a snapshot, whose memory is
// reused.
func (r *Row) Clone() Row {
	c := *r
	snap := *r.Snapshot
	snap.Sockets, snap.Warnings = nil, nil
	c.Snapshot = &snap
	c.Socket, c.Peer, c.Listener = r.Socket.Clone(), r.Peer.Clone(), r.Listener.Clone()
	return c
}

// Unfold returns the two rows of a folded pair, the client's second, or the one row of
// anything else.
func (r *Row) Unfold() (rows [2]Row, n int) {
	rows[0] = *r
	if !r.Folded {
		return rows, 1
	}
	rows[0].Folded = false
	client := &rows[1]
	*client = rows[0]
	client.Socket, client.Peer = r.Peer, r.Socket
	client.Listener, client.Inbound, client.Debugger = nil, false, ""
	client.Clients, client.Queued = 0, 0
	return rows, 2
}
