package jsonout

import (
	"time"

	"lotop/model/track"
)

// Event is the JSON of an event of lotop watch.
type Event struct {
	Time     time.Time `json:"time"`
	Event    string    `json:"event"`
	Socket   Socket    `json:"socket"`
	From     string    `json:"from,omitempty"` // the state before a change
	Unseen   bool      `json:"unseen,omitempty"`
	LivedMS  *int64    `json:"lived_ms,omitempty"`
	Received *uint64   `json:"received_bytes,omitempty"`
	Sent     *uint64   `json:"sent_bytes,omitempty"`
	RTT      int64     `json:"rtt_us,omitempty"`
}

func NewEvent(e *track.Event) Event {
	j := Event{Time: e.Time, Event: e.Kind.String(), Socket: NewSocket(&e.Row), Unseen: e.ShortLived, RTT: e.RTT.Microseconds()}
	if e.Kind == track.EventChanged && e.OldState != 0 {
		j.From = e.OldState.String()
	}
	if e.Lifetime > 0 {
		ms := e.Lifetime.Milliseconds()
		j.LivedMS = &ms
	}
	if e.HasBytes {
		j.Received, j.Sent = &e.Received, &e.Sent
	}
	return j
}
