package track

import (
	"slices"

	"lotop/sockets"
)

// pendingOpen is an opened connection of which the snapshot has one end only. A table is
// not read atomically: an end is missing if the reader had passed its position when
// the connection opened. Its owner is worth knowing, so the event waits for the next
// snapshot.
type pendingOpen struct {
	track *track
	event Event
}

// lacksPeer reports whether the peer of a connection must be on this machine and is not
// in the table.
func (tr *Tracker) lacksPeer(t *track) bool {
	s := &tr.cur.snap.Sockets[t.index]
	return t.peer == nil && s.State == sockets.Established && tr.hasLocalPeer(s, t)
}

// completeOpens returns the events that were pending for this snapshot. They include all
// changes of these connections in it.
func (tr *Tracker) completeOpens() []Event {
	for i := range tr.pendingOpens {
		t, e := tr.pendingOpens[i].track, &tr.pendingOpens[i].event
		if t.generation != tr.generation || t.closeEmitted || tr.isOver(t) {
			continue
		}
		tr.markEmitted(t)
		if p := t.peer; p != nil {
			p.firstSeen, p.firstSeenExact = t.firstSeen, t.firstSeenExact // both are as old as the connection
			tr.markEmitted(p)
		}
		e.Row = tr.cloneRow(tr.cur, t.index)
		e.Row.Mark = e.Kind.Mark()
	}
	return tr.takeOpens()
}

// markEmitted marks the change of a socket in this snapshot as emitted.
func (tr *Tracker) markEmitted(t *track) {
	if t.changeIndex >= 0 {
		tr.changes[t.changeIndex].emitted = true
	}
}

// takeOpen removes and returns the opened event of the connection that e closes, if it is
// still pending.
func (tr *Tracker) takeOpen(e *Event) []Event {
	for i, h := range tr.pendingOpens {
		if id := h.event.Row.Socket.ID; id == e.Row.Socket.ID || e.Row.Peer != nil && id == e.Row.Peer.ID {
			tr.pendingOpens = slices.Delete(tr.pendingOpens, i, i+1)
			return []Event{h.event}
		}
	}
	return nil
}

// takeOpens removes and returns all pending opened events.
func (tr *Tracker) takeOpens() []Event {
	var events []Event
	for _, h := range tr.pendingOpens {
		events = append(events, h.event)
	}
	clear(tr.pendingOpens)
	tr.pendingOpens = tr.pendingOpens[:0]
	return events
}
