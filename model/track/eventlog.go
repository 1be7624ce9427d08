package track

import (
	"iter"

	"lotop/model"
)

// EventLog keeps the newest events, up to a fixed number, so that memory stays bounded
// however long lotop runs.
type EventLog struct {
	size int
	ring []Event
	next int // index of the oldest, once the ring is full
	seq  uint64
}

// NewEventLog returns an EventLog that keeps size events, at least one.
func NewEventLog(size int) *EventLog { return &EventLog{size: max(size, 1)} }

// Add appends events, the oldest first.
func (l *EventLog) Add(events ...Event) {
	for _, e := range events {
		l.seq++
		e.Seq = l.seq
		if len(l.ring) < l.size {
			l.ring = append(l.ring, e)
			continue
		}
		l.ring[l.next] = e
		l.next = (l.next + 1) % len(l.ring)
	}
}

// Clear removes all events. Sequence numbers continue.
func (l *EventLog) Clear() {
	clear(l.ring)
	l.ring, l.next = l.ring[:0], 0
}

// Len returns the number of events in the log.
func (l *EventLog) Len() int { return len(l.ring) }

// Newest returns the events whose rows match (nil for all) and, unless all is set, are in
// scope, the newest first. An event is valid until the next Add.
func (l *EventLog) Newest(match func(*model.Row) bool, all bool) iter.Seq[*Event] {
	return func(yield func(*Event) bool) {
		for i := len(l.ring) - 1; i >= 0; i-- {
			e := &l.ring[(l.next+i)%len(l.ring)]
			if (all || e.Row.InScope()) && (match == nil || match(&e.Row)) && !yield(e) {
				return
			}
		}
	}
}
