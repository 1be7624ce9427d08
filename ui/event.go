package ui

import (
	"time"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui/style"
)

// EventState returns the state of an event's row, and for EventChanged also the
// previous one. It is "unseen" if the socket was in no snapshot.
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

// EventOwner returns the owners of an event's sockets: each process with its PID, the
// client after an arrow, and the target of a debug server.
func EventOwner(r *model.Row) (main, more string) {
	main, more = Owner(r)
	if p := r.Owner(r.Socket); p != nil {
		main = NameAndPID(p)
	}
	return main, more
}

// EventEndpoints returns the addresses of both ends. The arrow points from the client
// to the server.
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

// EventLine returns an event as watch prints it: time, kind, addresses, owners, and
// for closed sockets their lifetime and traffic.
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

// EventTotals returns what is known of the whole lifetime of a connection: "lived
// 3.2s", "in 4.2K", "out 17B".
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

// LostMessage returns the message about lost destroy notifications.
func LostMessage(n int) string {
	return "about " + sockets.Count(n, "event") + " lost: the kernel sent them faster than lotop could read them"
}
