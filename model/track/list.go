package track

import (
	"lotop/model"
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

// ListOptions says which rows are wanted, and in which order.
type ListOptions struct {
	View     View
	AllHosts bool // connections to other machines too
	Unfold   bool // both ends of a pair as rows of their own
	// Match selects rows, nil for all.
	Match func(*model.Row) bool
	Order model.Order
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
func (m *Tracker) Rows(dst []model.Row, shape ListOptions) ([]model.Row, Counts) {
	l := lister{rows: dst}
	f := m.cur
	if f.snap == nil {
		return dst, l.counts
	}
	for i := range f.tracks {
		if f.pairs.peer[i] >= 0 && !shape.Unfold && !f.pairs.server[i] {
			continue // stands in the row of the server's end
		}
		l.rows = append(l.rows, m.row(f, i, !shape.Unfold))
		l.filterLast(&shape, &l.counts)
	}
	l.appendClosed(m.closedRows, &shape)
	m.sorter.sort(l.rows[len(dst):], shape.Order)
	return l.rows, l.counts
}

// lister is what a call of Rows gathers.
type lister struct {
	rows   []model.Row
	counts Counts
}

func (l *lister) appendClosed(ghosts []closedRow, shape *ListOptions) {
	var uncounted Counts
	for i := range ghosts {
		if r := &ghosts[i].row; shape.Unfold {
			ends, n := r.Unfold()
			for _, end := range ends[:n] {
				l.rows = append(l.rows, end)
				l.filterLast(shape, &uncounted)
			}
		} else {
			l.rows = append(l.rows, *r)
			l.filterLast(shape, &uncounted)
		}
	}
}

// filterLast drops the last row again if it is not wanted.
func (l *lister) filterLast(shape *ListOptions, counts *Counts) {
	if last := len(l.rows) - 1; !shape.include(&l.rows[last], counts) {
		l.rows = l.rows[:last]
	}
}

// include tells whether a row is wanted, and counts it if it is in scope.
func (shape *ListOptions) include(r *model.Row, counts *Counts) bool {
	if !shape.AllHosts && !r.InScope() {
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

func (c *Counts) add(r *model.Row) {
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
