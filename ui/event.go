package ui

import (
	"strconv"
	"time"

	"lotop/model"
)

// EventState writes the state of an event's row, with an EventChanged the one
// before too; "unseen" where no snapshot saw any.
func EventState(e *model.Event) (before, now string) {
	now = e.Row.Socket.State.String()
	switch {
	case e.ShortLived:
		return "", "short-lived"
	case e.Kind == model.EventChanged && e.OldState != 0:
		return e.OldState.String(), now
	}
	return "", now
}

// EventWho writes who is behind an event: each process with its pid, the client
// behind an arrow, and what a debug server debugs.
func EventWho(r *model.Row) (main, more string) {
	main, more = Who(r)
	if p := r.Owner(r.Socket); p != nil {
		main = Named(p)
	}
	return main, more
}

// EventEnds writes what is at both ends: an arrow points the way a connection
// was made.
func EventEnds(r *model.Row) string {
	text := Local(r.Snapshot, r.Socket)
	if r.Socket.Connected() {
		text += " " + Far(r)
	}
	return text
}

const (
	eventEnds   = 37 // both ends over IPv4, with ephemeral ports
	eventStates = 11 // ESTABLISHED
	eventTime   = "15:04:05.000"
)

var eventMarks = [...]Span{
	model.EventOpened:  {"+ opened  ", Good},
	model.EventChanged: {"~ changed ", Notice},
	model.EventClosed:  {"- closed  ", Danger},
}

// EventLine writes an event as watch tells it: when, what, who, and of what has
// closed how long it lived and how much it carried.
func EventLine(e *model.Event) Line {
	l := Styled(Quiet, e.Time.Local().Format(eventTime)+"  ")
	l = append(l, eventMarks[e.Kind]).Add(Quiet, e.Row.Socket.Protocol.String()+"  ")
	l = append(l, Text(EventEnds(&e.Row)).Pad(eventEnds)...)
	l = append(l.Add(Plain, "  "), eventState(e).Pad(eventStates)...)
	main, more := EventWho(&e.Row)
	l = l.Add(Plain, "  "+main)
	if more != "" {
		l = l.Add(Quiet, " "+more)
	}
	for _, part := range EventSums(e) {
		l = l.Add(Quiet, "  "+part)
	}
	return l
}

func eventState(e *model.Event) Line {
	before, now := EventState(e)
	switch {
	case before != "":
		return Styled(Quiet, before+" → ").Add(Plain, now)
	case e.Kind == model.EventClosed && !e.ShortLived:
		return nil // it has none any more
	}
	return Styled(Quiet, now)
}

// EventSums writes what is known of a connection's whole life: "lived 3.2s",
// "in 4.2K", "out 17B".
func EventSums(e *model.Event) []string {
	var all []string
	if e.Kind != model.EventClosed {
		return nil
	}
	if e.Lifetime > 0 {
		all = append(all, "lived "+livedExactly(e.Lifetime))
	}
	if e.HasBytes {
		all = append(all, "in "+Size(e.Received), "out "+Size(e.Sent))
	}
	return all
}

func livedExactly(d time.Duration) string {
	if d < time.Second {
		return Lived(d)
	}
	return Seconds(d)
}

// Lost tells about how many notices did not get here.
func Lost(n int) string {
	return "about " + strconv.Itoa(n) + " " + Plural(n, "event") + " lost: the kernel sent them faster than lotop could read them"
}
