package tui

import (
	"time"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
)

// detailsPane tells all about one row. It follows the selection, and keeps what
// it knew of a row that has gone.
type detailsPane struct {
	id     sockets.ID
	known  *inspection
	event  *model.Event // whose row it is, nil if the row is the table's
	there  bool         // a look found the row
	left   bool         // a later one did not, or the first did not
	gone   time.Time    // when that was, zero if it cannot be told
	absent bool         // a recording was jumped to where it was not, or not any more
	scroll int

	lines   []line  // as they were written last
	written written // and of what
}

// take brings the pane up to date with what was found at a time.
func (d *detailsPane) take(found *inspected, at time.Time, anew bool) {
	switch {
	case found.id != d.id:
		// Of a row that was selected before.
	case found.now != nil:
		d.known, d.there, d.left, d.gone = found.now, true, false, time.Time{}
		d.absent = false
	case !d.left:
		d.left = true
		if found.past != nil {
			d.known = found.past
		}
		if d.absent = anew; d.there && !anew {
			d.gone = at
		}
	}
}

// title stands in the pane's upper border.
func (d *detailsPane) title() string {
	r := &d.known.row
	return ui.Local(r.Snapshot, r.Socket) + "  " + r.Socket.State.String()
}

// ending says when the row went.
func (d *detailsPane) ending(now time.Time) string {
	switch {
	case d.absent:
		return "not open at this time"
	case d.gone.IsZero():
		return "closed"
	}
	return "closed " + ui.Age(now.Sub(d.gone)) + " ago"
}
