package model

import (
	"slices"

	"lotop/sockets"
)

// View is which kinds of row are wanted.
type View uint8

// The views of the screen that show rows.
const (
	AllSockets  View = iota
	Listeners        // what holds a port: LISTEN, BOUND, UNCONN
	Connections      // what has a remote end
)

// Shape says which rows are wanted, and in which order.
type Shape struct {
	View   View
	All    bool   // connections to other machines too
	Unfold bool   // both ends of a pair as rows of their own
	Query  *Query // nil for all
	Order  Order
}

// Counts sums up what is in scope, whatever view and query leave of it.
type Counts struct {
	Listening   int // TCP sockets in LISTEN
	Connections int // TIME_WAIT left out
	Exposed     int // rows that other machines can send to
	Rows        int // rows in scope
}

// Rows appends the rows of the newest snapshot to dst, in order. They point
// into the snapshot.
func (m *Monitor) Rows(dst []Row, shape Shape) ([]Row, Counts) {
	var counts Counts
	f := m.cur
	if f.snap == nil {
		return dst, counts
	}
	for i := range f.snap.Sockets {
		if f.pairs.peer[i] >= 0 && !shape.Unfold && !f.pairs.server[i] {
			continue // stands in the row of the server's end
		}
		dst = append(dst, m.row(f, i, !shape.Unfold))
		if !shape.admit(&dst[len(dst)-1], &counts) {
			dst = dst[:len(dst)-1]
		}
	}
	for i := range m.ghosts {
		dst = append(dst, m.ghosts[i].row)
		if !shape.admit(&dst[len(dst)-1], &Counts{}) {
			dst = dst[:len(dst)-1]
		}
	}
	slices.SortFunc(dst, shape.Order.compare)
	return dst, counts
}

// admit tells whether a row is wanted, and counts it if it is in scope.
func (shape *Shape) admit(r *Row, counts *Counts) bool {
	if !shape.All && !r.InScope() {
		return false
	}
	counts.add(r)
	switch shape.View {
	case Listeners:
		if r.Socket.Connected() {
			return false
		}
	case Connections:
		if !r.Socket.Connected() {
			return false
		}
	}
	return shape.Query == nil || shape.Query.Match(r)
}

// InScope tells whether the row is in view by default.
func (r *Row) InScope() bool { return inScope(r.In, r.Socket, r.Peer) }

func (c *Counts) add(r *Row) {
	c.Rows++
	switch s := r.Socket; {
	case s.State == sockets.Listen:
		c.Listening++
	case s.Connected() && s.State != sockets.TimeWait:
		c.Connections++
	}
	if r.Exposed() {
		c.Exposed++
	}
}
