package model

import (
	"slices"
	"time"
)

// ghost is a row that has gone and still shows for a moment.
type ghost struct {
	row   Row
	until time.Time
}

// maxGhosts bounds their memory where thousands of connections close a second:
// nobody reads more in three.
const maxGhosts = 5_000

// raise keeps the rows that have gone for a moment, and lets go of those whose
// moment is over. A TIME_WAIT that follows its connection is no ghost: it still
// stands in the table.
func (m *Monitor) raise(events []Event) {
	now := m.cur.snap.Time
	m.ghosts = slices.DeleteFunc(m.ghosts, func(g ghost) bool {
		left := g.until.Sub(now)
		return left <= 0 || left > MarkFor || m.stands(&g.row) // later than its time: the clock was set back
	})
	for i := range events {
		e := &events[i]
		if e.Kind == EventClosed && !e.remains && !m.stands(&e.Row) {
			m.ghosts = append(m.ghosts, ghost{row: e.Row, until: now.Add(MarkFor)})
		}
	}
	if over := len(m.ghosts) - maxGhosts; over > 0 {
		m.ghosts = slices.Delete(m.ghosts, 0, over)
	}
}

// stands tells whether a socket of the row is in the newest table. On systems
// without cookies it can be there again, under the same ID.
func (m *Monitor) stands(r *Row) bool {
	return m.tracks[r.Socket.ID] != nil || r.Folded && m.tracks[r.Peer.ID] != nil
}
