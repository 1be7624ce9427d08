package ui

import (
	"lotop/model"
	"lotop/model/program"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
)

// EventWhat says what happened, to count connections that are alike: "node server.js
// stopped listening", "6 short connections to node server.js".
func EventWhat(e *track.Event, count int) string {
	r := &e.Row
	name := serverName(r)
	switch {
	case !r.Socket.Connected():
		return name + " " + listenerEvent(e)
	case e.ShortLived && count > 1:
		return Number(count) + " short connections to " + name
	case e.ShortLived:
		return "short connection to " + name
	}
	client := "a client"
	if p := clientProcess(r); p != nil {
		client = program.Name(p).String()
	}
	sign := ""
	if r.Debugger != "" {
		sign = " ◇"
	}
	switch {
	case e.Kind == track.EventClosed:
		return client + " left " + name + sign
	case e.Kind == track.EventChanged:
		return client + " and " + name + sign + " are in " + r.Socket.State.String()
	case sign != "":
		return client + " attached to " + name + sign
	}
	return client + " connected to " + name
}

// listenerEvent says what a socket without a remote address does.
func listenerEvent(e *track.Event) string {
	began, ended := "listens", "stopped listening"
	switch e.Row.Socket.State {
	case sockets.Bound:
		began, ended = "has bound the port", "released the port"
	case sockets.Unconn:
		began, ended = "receives UDP", "stopped receiving UDP"
	}
	switch e.Kind {
	case track.EventOpened:
		return began
	case track.EventClosed:
		return ended
	}
	return "is in " + e.Row.Socket.State.String()
}

// serverName names the program at the server's end.
func serverName(r *model.Row) string {
	end := r.Socket
	if r.AtClient() {
		if end = r.Peer; end == nil {
			return Remote(r.Snapshot, r.Socket)
		}
	}
	p := r.Owner(end)
	if p == nil && end == r.Socket && r.Listener != nil {
		p = r.Owner(r.Listener)
	}
	if p != nil {
		name := program.Name(p).String()
		if leads := program.Leads(p, r.Snapshot.Process).String(); leads != "" && r.Debugger != "" {
			name += " → " + leads
		}
		return name
	}
	switch main, _ := ownerText(r, end); main {
	case unknownOwner, Dash, "":
		return "an unknown program"
	default:
		return main
	}
}

// clientProcess returns the process at the client's end, nil if it is unknown.
func clientProcess(r *model.Row) *process.Process {
	switch {
	case r.AtClient():
		return r.Owner(r.Socket)
	case r.Socket.Connected() && r.Peer != nil:
		return r.Owner(r.Peer)
	}
	return nil
}

// EventFrom returns who is at the client's end with its PID, or else its address; of a
// listener its own process. It is empty if nothing is known.
func EventFrom(e *track.Event) string {
	r := &e.Row
	p := clientProcess(r)
	if !r.Socket.Connected() {
		p = r.Owner(r.Socket)
	}
	switch {
	case p != nil:
		return NameAndPID(p)
	case !r.Socket.Connected():
		return ""
	case e.ShortLived:
		return "not seen"
	case r.AtClient():
		return Local(r.Snapshot, r.Socket)
	}
	return Remote(r.Snapshot, r.Socket)
}
