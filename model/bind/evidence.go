package bind

import (
	"net/netip"
	"slices"

	"lotop/model"
	"lotop/sockets"
)

// Evidence is the input of a diagnosis: the sockets on the port, the results of test
// binds, and how this system assigns ports.
type Evidence struct {
	Target  Target
	Rows    []model.Row // every socket with that local port, unfolded
	Options map[sockets.ID]sockets.SocketOptions
	Binds   []BindResult
	// Probes are further test binds; see Evidence.MoreProbes.
	Probes   []BindResult
	Connects []ConnectResult
	Platform Platform
	Delegations
}

// Platform is what decides about a bind besides the sockets on the port.
type Platform struct {
	OS        string // a GOOS; empty is Linux
	Ephemeral sockets.PortRange
	// Reserved reports whether the port is excluded from the ephemeral range
	// (ip_local_reserved_ports).
	Reserved bool
	// ReservedPorts are all ports excluded from it.
	ReservedPorts []sockets.PortRange
	// Unprivileged is the first port that needs no privilege
	// (ip_unprivileged_port_start).
	Unprivileged uint16
	// Excluded are the ranges in which Windows refuses every bind, if they were read.
	Excluded  []sockets.PortRange
	Addresses []netip.Addr
	Root      bool
	// UID is the user of the test binds. Only the rules of macOS depend on it.
	UID uint32
	// Partial reports whether the tables omit some kinds of socket.
	Partial bool
}

// candidates returns the sockets that can block the bind, with all that is known or can
// be inferred about their options.
func (e *Evidence) candidates() []*candidate {
	var listeners []*sockets.Socket
	for i := range e.Rows {
		if s := e.Rows[i].Socket; s.State == sockets.Listen {
			listeners = append(listeners, s)
		}
	}
	var all []*candidate
	for i := range e.Rows {
		if r := &e.Rows[i]; occupiesPort(r.Socket) {
			all = append(all, newCandidate(r, e.optionsOf(r, listeners)))
		}
	}
	propagate(all, slices.Concat(e.Binds, e.Probes))
	return all
}

// occupiesPort reports whether a socket takes part in bind conflicts. A connection in its
// handshake has no port of its own yet: it uses the listener's (struct request_sock).
func occupiesPort(s *sockets.Socket) bool { return s.State != sockets.SynRecv }

// MoreProbes returns binds that can settle what is still unknown: at the addresses of the
// blockers, and IPv6 without IPv4. It is empty if nothing is unknown. Only the rules of
// Linux depend on options that no table shows.
func (e *Evidence) MoreProbes() []Bind {
	if !e.Platform.linux() {
		return nil
	}
	var ask []Bind
	add := func(b Bind) {
		if !slices.Contains(ask, b) && !slices.ContainsFunc(e.Binds, func(a BindResult) bool { return a.Bind == b }) {
			ask = append(ask, b)
		}
	}
	for _, c := range e.candidates() {
		if c.resolved() {
			continue
		}
		if len(ask) == 0 {
			add(Bind{Host: netip.IPv6Unspecified(), V6Only: true})
			for _, host := range AnyHost() {
				add(Bind{Host: host})
			}
		}
		add(Bind{Host: c.socket.Local.Addr()})
	}
	return ask
}

// optionsOf returns what is known of a socket's options: from the table, from the socket
// itself, and by inference from the listeners on the port.
func (e *Evidence) optionsOf(r *model.Row, listeners []*sockets.Socket) sockets.SocketOptions {
	o := e.Options[r.Socket.ID]
	if r.Socket.V6Only != sockets.Unknown {
		o.V6Only = r.Socket.V6Only
	}
	var inferred sockets.SocketOptions
	switch {
	case r.Socket.NoOwner == sockets.NotAccepted:
		inferred = e.inheritedOptions(r.Socket, listeners)
	case r.Listener != nil && r.Listener.ID != r.Socket.ID:
		inferred = e.impliedOptions(r.Socket, r.Listener)
	}
	if o.ReuseAddr == sockets.Unknown {
		o.ReuseAddr = inferred.ReuseAddr
	}
	if o.V6Only == sockets.Unknown {
		o.V6Only = inferred.V6Only
	}
	return o
}

// inheritedOptions returns the options of a connection in an accept queue. It closes with
// its listener, so its listener is one of these, of its family, and it has that one's
// options. Which one does not matter where all agree.
func (e *Evidence) inheritedOptions(s *sockets.Socket, listeners []*sockets.Socket) sockets.SocketOptions {
	var o sockets.SocketOptions
	first := true
	for _, l := range listeners {
		if l.V6 != s.V6 || !l.Accepts(s.Local.Addr()) {
			continue
		}
		theirs := e.Options[l.ID]
		if first {
			o.ReuseAddr, o.V6Only, first = theirs.ReuseAddr, l.V6Only, false
		}
		if o.ReuseAddr != theirs.ReuseAddr {
			o.ReuseAddr = sockets.Unknown
		}
		if o.V6Only != l.V6Only {
			o.V6Only = sockets.Unknown
		}
	}
	return o
}

// impliedOptions returns what a listener on the port implies for a connection. Either the
// listener accepted it, and it inherited the listener's options; or it is older, and the
// listener could bind only because both have SO_REUSEADDR. SO_REUSEPORT would be a third
// way, so then nothing follows.
func (e *Evidence) impliedOptions(s, l *sockets.Socket) sockets.SocketOptions {
	var o sockets.SocketOptions
	theirs := e.Options[l.ID]
	if theirs.ReusePort != sockets.No {
		return o
	}
	o.ReuseAddr = theirs.ReuseAddr
	if theirs.ReuseAddr == sockets.No && s.V6 && l.V6 {
		o.V6Only = l.V6Only // it cannot be older than the listener
	}
	return o
}
