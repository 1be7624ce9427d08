package track

import "lotop/model"

// EventLog keeps the newest events, up to a fixed number, so that memory stays
// flat however long lotop runs.
type EventLog struct {
	size int
	ring []Event
	next int // where the oldest is, once the ring is full
	seq  uint64
}

// NewEventLog returns a Journal that keeps size events, at least one.
func NewEventLog(size int) *EventLog { return &EventLog{size: max(size, 1)} }

// Add takes events in, the oldest first.
func (j *EventLog) Add(events ...Event) {
	for _, e := range events {
		j.seq++
		e.Seq = j.seq
		if len(j.ring) < j.size {
			j.ring = append(j.ring, e)
			continue
		}
		j.ring[j.next] = e
		j.next = (j.next + 1) % len(j.ring)
	}
}

// Clear lets go of all events. The numbers of those to come go on from theirs.
func (j *EventLog) Clear() {
	clear(j.ring)
	j.ring, j.next = j.ring[:0], 0
}

// Len tells how many events are kept.
func (j *EventLog) Len() int { return len(j.ring) }

// Newest appends to dst the kept events whose rows match (nil for all) and are in
// scope, the newest first.
func (j *EventLog) Newest(dst []Event, match func(*model.Row) bool, all bool) []Event {
	for i := len(j.ring) - 1; i >= 0; i-- {
		e := &j.ring[(j.next+i)%len(j.ring)]
		if (all || e.Row.InScope()) && (match == nil || match(&e.Row)) {
			dst = append(dst, *e)
		}
	}
	return dst
}
