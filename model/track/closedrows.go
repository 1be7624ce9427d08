package track

import (
	"slices"
	"time"

	"lotop/model"
)

// closedRow is a row that has gone and still shows for a moment.
type closedRow struct {
	row   model.Row
	until time.Time
}

// maxClosedRows bounds their memory where thousands of connections close a second:
// nobody reads more in three.
const maxClosedRows = 5_000

// retainClosed keeps the rows that have gone for a moment, and lets go of those whose
// moment is over. A TIME_WAIT that follows its connection is no ghost: it still
// stands in the table.
func (m *Tracker) retainClosed(events []Event) {
	now := m.cur.snap.Time
	m.closedRows = slices.DeleteFunc(m.closedRows, func(g closedRow) bool {
		left := g.until.Sub(now)
		return left <= 0 || left > MarkDuration || m.inTable(&g.row) // later than its time: the clock was set back
	})
	for i := range events {
		e := &events[i]
		if e.Kind == EventClosed && !e.hasTimeWait && !m.inTable(&e.Row) {
			m.closedRows = append(m.closedRows, closedRow{row: e.Row, until: now.Add(MarkDuration)})
		}
	}
	if over := len(m.closedRows) - maxClosedRows; over > 0 {
		m.closedRows = slices.Delete(m.closedRows, 0, over)
	}
}

// inTable tells whether a socket of the row is in the newest table. On systems
// without cookies it can be there again, under the same ID.
func (m *Tracker) inTable(r *model.Row) bool {
	return m.tracks[r.Socket.ID] != nil || r.Folded && m.tracks[r.Peer.ID] != nil
}
