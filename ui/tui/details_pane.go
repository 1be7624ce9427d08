package tui

import (
	"strconv"
	"time"

	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
)

// detailsPane shows the details of one row. It follows the selection, and keeps the
// last data of a row that closed.
type detailsPane struct {
	id        sockets.ID
	data      *detailsData
	event     *track.Event // the event of the row, nil for a row of the table
	found     bool         // a snapshot contained the row
	closed    bool         // a later one did not, or the first did not
	closedAt  time.Time    // zero if unknown
	notAtTime bool         // the replay jumped to a time at which the row did not exist
	scroll    int
	auto      bool // it opened by itself, beside the table

	lines   []line  // of the last call of detailsLines
	written written // what they were made from
}

// applyResult applies the worker's result for the subject, read at that time.
func (d *detailsPane) applyResult(found *inspected, at time.Time, jumped bool) {
	switch {
	case found.id != d.id:
		// The result is about another row.
	case found.now != nil:
		d.data, d.found, d.closed, d.closedAt = found.now, true, false, time.Time{}
		d.notAtTime = false
	case !d.closed:
		d.closed = true
		if found.past != nil {
			d.data = found.past
		}
		if d.notAtTime = jumped; d.found && !jumped {
			d.closedAt = at
		}
	}
}

// title returns the text in the pane's upper border.
func (d *detailsPane) title() string {
	r := &d.data.row
	if d.data.port == nil {
		return ui.Local(r.Snapshot, r.Socket) + "  " + r.Socket.State.String()
	}
	title := ":" + strconv.Itoa(int(r.Socket.Local.Port()))
	switch {
	case r.Socket.Protocol == sockets.UDP:
		title += "  udp"
	case r.Socket.State == sockets.Listen:
		title += "  listening"
	default:
		title += "  bound"
	}
	return title
}

// closedText returns when the row closed.
func (d *detailsPane) closedText(now time.Time) string {
	switch {
	case d.notAtTime:
		return "not open at this time"
	case d.closedAt.IsZero():
		return "closed"
	}
	return "closed " + ui.Age(now.Sub(d.closedAt)) + " ago"
}
