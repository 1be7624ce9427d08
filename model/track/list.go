package track

import (
	"lotop/model"
	"lotop/sockets"
)

// View selects kinds of row.
type View uint8

// The views.
const (
	AllSockets  View = iota
	Listeners        // without a remote address: LISTEN, BOUND, UNCONN
	Connections      // with a remote address
)

// ListOptions selects and orders rows.
type ListOptions struct {
	View     View
	AllHosts bool // include connections to other machines
	Unfold   bool // both ends of a pair as separate rows
	// Match selects rows, nil for all.
	Match func(*model.Row) bool
	Order model.Order
}

// Counts counts the rows in scope, independent of view and query.
type Counts struct {
	Listening   int // TCP sockets in LISTEN
	Connections int // without TIME_WAIT
	Exposed     int // rows that other machines can send to
	Rows        int // rows in scope
}

// Rows appends the rows of the newest snapshot to dst, in order. They point
// into the snapshot.
func (tr *Tracker) Rows(dst []model.Row, o ListOptions) ([]model.Row, Counts) {
	l := lister{rows: dst}
	f := tr.cur
	if f.snap == nil {
		return dst, l.counts
	}
	for i := range f.tracks {
		if f.pairs.peer[i] >= 0 && !o.Unfold && !f.pairs.server[i] {
			continue // folded into the row of the server's side
		}
		l.rows = append(l.rows, tr.row(f, i, !o.Unfold))
		l.filterLast(&o, &l.counts)
	}
	l.appendClosed(tr.closedRows, &o)
	tr.sorter.sort(l.rows[len(dst):], o.Order)
	return l.rows, l.counts
}

// Visit calls visit with every row of the newest snapshot that is in scope, pairs
// folded, in table order, and then with the rows that have just closed. The row points
// into the snapshot and is overwritten by the next one.
func (tr *Tracker) Visit(allHosts bool, visit func(*model.Row)) (counts Counts) {
	f := tr.cur
	if f.snap == nil {
		return counts
	}
	o := ListOptions{AllHosts: allHosts}
	var r model.Row
	for i := range f.tracks {
		if f.pairs.peer[i] >= 0 && !f.pairs.server[i] {
			continue // folded into the row of the server's side
		}
		if r = tr.row(f, i, true); o.include(&r, &counts) {
			visit(&r)
		}
	}
	var uncounted Counts
	for i := range tr.closedRows {
		if r = tr.closedRows[i].row; o.include(&r, &uncounted) {
			visit(&r)
		}
	}
	return counts
}

// lister is the state of a call of Rows.
type lister struct {
	rows   []model.Row
	counts Counts
}

func (l *lister) appendClosed(closed []closedRow, o *ListOptions) {
	var uncounted Counts
	for i := range closed {
		if r := &closed[i].row; o.Unfold {
			ends, n := r.Unfold()
			for _, end := range ends[:n] {
				l.rows = append(l.rows, end)
				l.filterLast(o, &uncounted)
			}
		} else {
			l.rows = append(l.rows, *r)
			l.filterLast(o, &uncounted)
		}
	}
}

// filterLast removes the last row if it is not included.
func (l *lister) filterLast(o *ListOptions, counts *Counts) {
	if last := len(l.rows) - 1; !o.include(&l.rows[last], counts) {
		l.rows = l.rows[:last]
	}
}

// include reports whether a row is listed, and counts it if it is in scope.
func (o *ListOptions) include(r *model.Row, counts *Counts) bool {
	if !o.AllHosts && !r.InScope() {
		return false
	}
	counts.add(r)
	switch o.View {
	case Listeners:
		if r.Socket.Connected() {
			return false
		}
	case Connections:
		if !r.Socket.Connected() {
			return false
		}
	}
	return o.Match == nil || o.Match(r)
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
