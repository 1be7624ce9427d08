package model

import "lotop/sockets"

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
	All    bool // connections to other machines too
	Unfold bool // both ends of a pair as rows of their own
	// Match selects rows, nil for all.
	Match func(*Row) bool
	Order Order
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
	l := listing{rows: dst}
	f := m.cur
	if f.snap == nil {
		return dst, l.counts
	}
	for i := range f.tracks {
		if f.pairs.peer[i] >= 0 && !shape.Unfold && !f.pairs.server[i] {
			continue // stands in the row of the server's end
		}
		l.rows = append(l.rows, m.row(f, i, !shape.Unfold))
		l.admit(&shape, &l.counts)
	}
	l.addGhosts(m.ghosts, &shape)
	m.sorter.sort(l.rows[len(dst):], shape.Order)
	return l.rows, l.counts
}

// listing is what a call of Rows gathers.
type listing struct {
	rows   []Row
	counts Counts
}

func (l *listing) addGhosts(ghosts []ghost, shape *Shape) {
	var uncounted Counts
	for i := range ghosts {
		if r := &ghosts[i].row; shape.Unfold {
			ends, n := r.Unfold()
			for _, end := range ends[:n] {
				l.rows = append(l.rows, end)
				l.admit(shape, &uncounted)
			}
		} else {
			l.rows = append(l.rows, *r)
			l.admit(shape, &uncounted)
		}
	}
}

// admit drops the last row again if it is not wanted.
func (l *listing) admit(shape *Shape, counts *Counts) {
	if last := len(l.rows) - 1; !shape.admit(&l.rows[last], counts) {
		l.rows = l.rows[:last]
	}
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
	return shape.Match == nil || shape.Match(r)
}

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
