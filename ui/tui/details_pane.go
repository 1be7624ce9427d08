package tui

import (
	"time"

	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
)

// detailsPane tells all about one row. It follows the selection, and keeps what
// it knew of a row that has gone.
type detailsPane struct {
	id        sockets.ID
	data      *detailsData
	event     *track.Event // whose row it is, nil if the row is the table's
	found     bool         // a look found the row
	closed    bool         // a later one did not, or the first did not
	closedAt  time.Time    // when that was, zero if it cannot be told
	notAtTime bool         // a recording was jumped to where it was not, or not any more
	scroll    int

	lines   []line  // as they were written last
	written written // and of what
}

// applyResult brings the pane up to date with what was found at a time.
func (d *detailsPane) applyResult(found *inspected, at time.Time, anew bool) {
	switch {
	case found.id != d.id:
		// Of a row that was selected before.
	case found.now != nil:
		d.data, d.found, d.closed, d.closedAt = found.now, true, false, time.Time{}
		d.notAtTime = false
	case !d.closed:
		d.closed = true
		if found.past != nil {
			d.data = found.past
		}
		if d.notAtTime = anew; d.found && !anew {
			d.closedAt = at
		}
	}
}

// title stands in the pane's upper border.
func (d *detailsPane) title() string {
	r := &d.data.row
	return ui.Local(r.Snapshot, r.Socket) + "  " + r.Socket.State.String()
}

// closedText says when the row went.
func (d *detailsPane) closedText(now time.Time) string {
	switch {
	case d.notAtTime:
		return "not open at this time"
	case d.closedAt.IsZero():
		return "closed"
	}
	return "closed " + ui.Age(now.Sub(d.closedAt)) + " ago"
}
