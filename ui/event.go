package ui

import (
	"time"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui/style"
)

// EventState writes the state of an event's row, with an EventChanged the one
// before too; "unseen" where no snapshot saw any.
func EventState(e *track.Event) (before, now string) {
	now = e.Row.Socket.State.String()
	switch {
	case e.ShortLived:
		return "", "short-lived"
	case e.Kind == track.EventChanged && e.OldState != 0:
		return e.OldState.String(), now
	}
	return "", now
}

// EventOwner writes who is behind an event: each process with its pid, the client
// behind an arrow, and what a debug server debugs.
func EventOwner(r *model.Row) (main, more string) {
	main, more = Owner(r)
	if p := r.Owner(r.Socket); p != nil {
		main = NameAndPID(p)
	}
	return main, more
}

// EventEndpoints writes what is at both ends: an arrow points the way a connection
// was made.
func EventEndpoints(r *model.Row) string {
	text := Local(r.Snapshot, r.Socket)
	if r.Socket.Connected() {
		text += " " + RemoteText(r)
	}
	return text
}

const (
	endpointsWidth  = 37 // both ends over IPv4, with ephemeral ports
	stateWidth      = 11 // ESTABLISHED
	eventTimeLayout = "15:04:05.000"
)

var eventLabels = [...]style.Span{
	track.EventOpened:  {Text: "+ opened  ", Role: style.Success},
	track.EventChanged: {Text: "~ changed ", Role: style.Warning},
	track.EventClosed:  {Text: "- closed  ", Role: style.Danger},
}

// EventLine writes an event as watch tells it: when, what, who, and of what has
// closed how long it lived and how much it carried.
func EventLine(e *track.Event) style.Line {
	l := style.Styled(style.Muted, e.Time.Local().Format(eventTimeLayout)+"  ")
	l = append(l, eventLabels[e.Kind]).Add(style.Muted, e.Row.Socket.Protocol.String()+"  ")
	l = append(l, style.Text(EventEndpoints(&e.Row)).Pad(endpointsWidth)...)
	l = append(l.Add(style.Plain, "  "), eventStateLine(e).Pad(stateWidth)...)
	main, more := EventOwner(&e.Row)
	l = l.Add(style.Plain, "  "+main)
	if more != "" {
		l = l.Add(style.Muted, " "+more)
	}
	for _, part := range EventTotals(e) {
		l = l.Add(style.Muted, "  "+part)
	}
	return l
}

func eventStateLine(e *track.Event) style.Line {
	before, now := EventState(e)
	switch {
	case before != "":
		return style.Styled(style.Muted, before+" → ").Add(style.Plain, now)
	case e.Kind == track.EventClosed && !e.ShortLived:
		return nil // it has none any more
	}
	return style.Styled(style.Muted, now)
}

// EventTotals writes what is known of a connection's whole life: "lived 3.2s",
// "in 4.2K", "out 17B".
func EventTotals(e *track.Event) []string {
	var all []string
	if e.Kind != track.EventClosed {
		return nil
	}
	if e.Lifetime > 0 {
		all = append(all, "lived "+exactDuration(e.Lifetime))
	}
	if e.HasBytes {
		all = append(all, "in "+Size(e.Received), "out "+Size(e.Sent))
	}
	return all
}

func exactDuration(d time.Duration) string {
	if d < time.Second {
		return Duration(d)
	}
	return Seconds(d)
}

// LostMessage tells about how many notices did not get here.
func LostMessage(n int) string {
	return "about " + sockets.Count(n, "event") + " lost: the kernel sent them faster than lotop could read them"
}
