package track

import (
	"slices"
	"time"

	"lotop/model"
)

// closedRow is a row that closed and is still shown for MarkDuration.
type closedRow struct {
	row   model.Row
	until time.Time
}

// maxClosedRows bounds their memory where thousands of connections close every second:
// more cannot be read in three seconds.
const maxClosedRows = 5_000

// retainClosed keeps the rows of closed events for MarkDuration and drops those that are
// older. A TIME_WAIT socket after its connection needs no row of its own: it is still in
// the table.
func (tr *Tracker) retainClosed(events []Event) {
	now := tr.cur.snap.Time
	tr.closedRows = slices.DeleteFunc(tr.closedRows, func(c closedRow) bool {
		d := c.until.Sub(now)
		return d <= 0 || d > MarkDuration || tr.inTable(&c.row) // longer than that: the clock was set back
	})
	for i := range events {
		e := &events[i]
		if e.Kind == EventClosed && !e.hasTimeWait && !tr.inTable(&e.Row) {
			tr.closedRows = append(tr.closedRows, closedRow{row: e.Row, until: now.Add(MarkDuration)})
		}
	}
	if n := len(tr.closedRows) - maxClosedRows; n > 0 {
		tr.closedRows = slices.Delete(tr.closedRows, 0, n)
	}
}

// inTable reports whether a socket of the row is in the newest snapshot. On systems
// without cookies it can be there again with the same ID.
func (tr *Tracker) inTable(r *model.Row) bool {
	return tr.tracks[r.Socket.ID] != nil || r.Folded && tr.tracks[r.Peer.ID] != nil
}
