package track

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/sockets"
)

// TestEventsReplay keeps a set of open sockets by the events alone and compares
// it with every snapshot. A pair has one event, so it counts as long as
// one of its ends is open.
func TestEventsReplay(t *testing.T) {
	for seed := range uint64(80) {
		c, m := newChaos(seed), New()
		open := map[sockets.ID]sockets.State{} // sockets that never had a peer
		paired, closed := map[sockets.ID]bool{}, map[sockets.ID]bool{}
		for i := range 60 {
			s := c.step()
			s.Time = modeltest.Began.Add(time.Duration(i) * time.Second)
			events := m.Update(s)
			for j, p := range m.cur.pairs.peer {
				if p >= 0 {
					paired[s.Sockets[j].ID] = true
				}
			}
			if i == 0 {
				for _, s := range s.Sockets {
					if isOpen(&s) {
						open[s.ID] = s.State
					}
				}
			} else {
				replay(t, s.Time, open, paired, events)
				closeOnce(t, closed, events)
			}
			for id := range paired {
				delete(open, id)
			}
			want := map[sockets.ID]sockets.State{}
			for _, s := range s.Sockets {
				if !paired[s.ID] && isOpen(&s) && !inSnapshot(m, s.ID) {
					want[s.ID] = s.State
				}
			}
			if fmt.Sprint(open) != fmt.Sprint(want) {
				t.Fatalf("seed %d, snapshot %d: by the events %v are open, by the table %v", seed, i, open, want)
			}
			checkBounds(t, m, len(s.Sockets))
		}
	}
}

// inSnapshot reports whether the opening of a socket still waits for its other end.
func inSnapshot(m *Tracker, id sockets.ID) bool {
	return slices.ContainsFunc(m.pendingOpens, func(h pendingOpen) bool { return h.event.Row.Socket.ID == id })
}

// isOpen reports whether a socket is there: the remains of one are not, nor is what
// is only asked for.
func isOpen(s *sockets.Socket) bool {
	return s.State != sockets.TimeWait && s.State != sockets.SynRecv
}

func replay(t *testing.T, now time.Time, open map[sockets.ID]sockets.State, paired map[sockets.ID]bool, events []Event) {
	t.Helper()
	reported := map[sockets.ID]bool{}
	for i := range events {
		e := &events[i]
		s := e.Row.Socket
		for _, end := range []*sockets.Socket{s, e.Row.Peer} {
			if end == nil {
				continue
			}
			if reported[end.ID] && !paired[end.ID] {
				t.Errorf("socket %d is reported twice", end.ID)
			}
			reported[end.ID] = e.Time.Equal(now) // else it opened one snapshot ago
		}
		if paired[s.ID] {
			continue
		}
		before, had := open[s.ID]
		switch e.Kind {
		case EventOpened:
			if had {
				t.Errorf("socket %d opens again", s.ID)
			}
			open[s.ID] = s.State
		case EventChanged:
			if before != e.OldState {
				t.Errorf("socket %d changes from %v, was %v", s.ID, e.OldState, before)
			}
			open[s.ID] = s.State
		case EventClosed:
			if had == e.ShortLived {
				t.Errorf("socket %d closes, unseen %v, was open %v", s.ID, e.ShortLived, had)
			}
			delete(open, s.ID)
		}
	}
}

// closeOnce holds for pairs too: what has closed closes only once, unless it
// opens again.
func closeOnce(t *testing.T, closed map[sockets.ID]bool, events []Event) {
	t.Helper()
	for i := range events {
		e := &events[i]
		if e.Kind != EventClosed {
			delete(closed, e.Row.Socket.ID)
			continue
		}
		for _, end := range []*sockets.Socket{e.Row.Socket, e.Row.Peer} {
			if end == nil || end == e.Row.Peer && !e.Row.Folded {
				continue
			}
			if closed[end.ID] {
				t.Errorf("socket %d closes twice", end.ID)
			}
			closed[end.ID] = true
		}
	}
}

// checkBounds makes sure that nothing is remembered of what has gone.
func checkBounds(t *testing.T, m *Tracker, n int) {
	t.Helper()
	if len(m.tracks) != n || len(m.cur.tracks) != n {
		t.Fatalf("%d and %d tracks of %d sockets", len(m.tracks), len(m.cur.tracks), n)
	}
	for i, track := range m.cur.tracks {
		if int(track.index) != i || m.tracks[m.cur.snap.Sockets[i].ID] != track {
			t.Fatalf("the track of socket %d is at %d", i, track.index)
		}
		if p := track.peer; p != nil && (p.peer != track || p.generation != m.generation) {
			t.Fatalf("socket %d has a peer that has gone or has another", i)
		}
	}
	for _, g := range m.closedRows {
		if left := g.until.Sub(m.cur.snap.Time); left <= 0 || left > MarkDuration {
			t.Fatalf("a closed row has %v left", left)
		}
	}
	if len(m.debuggers.servers) > len(m.cur.snap.Processes) {
		t.Fatalf("%d of %d processes remembered", len(m.debuggers.servers), len(m.cur.snap.Processes))
	}
}

// TestRowsAreWhole makes sure that in every shape each socket stands in exactly
// one row, and that the order is the same whatever was listed before.
func TestRowsAreWhole(t *testing.T) {
	for seed := range uint64(25) {
		c, m := newChaos(seed), New()
		for i := range 40 {
			s := c.step()
			s.Time = modeltest.Began.Add(time.Duration(i) * time.Second)
			m.Update(s)
			order := model.Order{Column: model.Column(c.rng.IntN(len(model.ColumnNames()))), Reverse: c.rng.IntN(2) == 0}
			shape := ListOptions{AllHosts: true, Unfold: c.rng.IntN(2) == 0, Order: order}
			rows, _ := m.Rows(nil, shape)
			seen := map[sockets.ID]int{}
			for j := range rows {
				if rows[j].Mark == model.Closed {
					continue
				}
				seen[rows[j].Socket.ID]++
				if rows[j].Folded {
					seen[rows[j].Peer.ID]++
				}
			}
			for _, s := range s.Sockets {
				if seen[s.ID] != 1 {
					t.Fatalf("seed %d, snapshot %d: socket %d stands in %d rows", seed, i, s.ID, seen[s.ID])
				}
			}
			if len(seen) != len(s.Sockets) {
				t.Fatalf("seed %d: %d sockets in rows, %d in the table", seed, len(seen), len(s.Sockets))
			}
			checkSorted(t, rows, order)
			if t.Failed() {
				t.Fatalf("seed %d, snapshot %d", seed, i)
			}
		}
	}
}
