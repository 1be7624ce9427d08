// Package model says what a row of the table is: its sockets, their owners, who
// can reach it, what has just happened to it, and by which columns rows are
// ordered.
//
// It is pure, as are the packages below it: no I/O, no clock of their own, nothing
// of a screen. What they need to know of the world stands in the snapshots that
// they are given.
package model

import (
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// Mark says what has become of a row since a moment ago.
type Mark uint8

// The marks.
const (
	Unmarked Mark = iota
	New
	Changed
	Closed
)

// Reach says who can get to a socket.
type Reach uint8

// The reaches.
const (
	ReachUnknown  Reach = iota
	ReachLoopback       // only this machine
	ReachNetwork        // others too: exposed
)

// String gives the word of queries and JSON.
func (r Reach) String() string {
	switch r {
	case ReachLoopback:
		return "loopback"
	case ReachNetwork:
		return "network"
	}
	return ""
}

// Row is one line of the table: a socket, or both ends of a loopback
// connection.
type Row struct {
	// Socket is the row's socket; of a pair the server's end.
	Socket *sockets.Socket
	// Peer is the other end of a connection whose both ends are on this
	// machine, of a pair the client's end; nil if there is none.
	Peer *sockets.Socket
	// Listener is the socket that a connection came in by, if this machine is
	// the server and the listener is still there.
	Listener *sockets.Socket
	// Snapshot is where owners, users and interfaces of the row are looked up.
	Snapshot *sockets.Snapshot
	// FirstSeen is when the row's socket was first seen. If not Exact, it was
	// there before lotop looked, and First is when its owner started; zero if
	// that is not known either.
	FirstSeen      time.Time
	FirstSeenExact bool
	Mark           Mark
	// Inbound tells that Socket is the server's end of its connection. If
	// Unsure, nothing shows which end that is.
	Inbound, RoleUnknown bool
	// Folded tells that the row stands for both Socket and Peer.
	Folded bool
	Reach  Reach
	// Debugger names the debug server whose socket this is, such as "delve";
	// empty if it is none.
	Debugger string
	// Clients counts a listener's connections, Waiting those of them that it
	// has not accepted yet.
	Clients, Queued int32
}

// Owner returns the first process that holds s, or nil.
func (r *Row) Owner(s *sockets.Socket) *process.Process {
	for _, o := range s.Owners {
		if p := r.Snapshot.Process(o.PID); p != nil {
			return p
		}
	}
	return nil
}

// Owners returns every process that holds s, each once, in the order of the
// table.
func (r *Row) Owners(s *sockets.Socket) []*process.Process {
	var all []*process.Process
	for _, pid := range s.PIDs() {
		if p := r.Snapshot.Process(pid); p != nil {
			all = append(all, p)
		}
	}
	return all
}

// Has tells whether the row stands for the socket with that ID.
func (r *Row) Has(id sockets.ID) bool {
	return r.Socket.ID == id || r.Folded && r.Peer.ID == id
}

// Clone returns a copy of the row that does not point into a snapshot, whose
// memory is used again.
func (r *Row) Clone() Row {
	kept := *r
	snap := *r.Snapshot
	snap.Sockets, snap.Warnings = nil, nil
	kept.Snapshot = &snap
	kept.Socket, kept.Peer, kept.Listener = r.Socket.Clone(), r.Peer.Clone(), r.Listener.Clone()
	return kept
}

// Unfold returns the two rows of a folded pair, the client's second, or the one
// row of anything else.
func (r *Row) Unfold() (all [2]Row, n int) {
	all[0] = *r
	if !r.Folded {
		return all, 1
	}
	all[0].Folded = false
	client := &all[1]
	*client = all[0]
	client.Socket, client.Peer = r.Peer, r.Socket
	client.Listener, client.Inbound, client.Debugger = nil, false, ""
	client.Clients, client.Queued = 0, 0
	return all, 2
}
