package bind

import (
	"net/netip"
	"slices"

	"lotop/model"
	"lotop/sockets"
)

// Evidence is what a diagnosis is made from: the sockets on the port, the
// kernel's answers, and how this system hands out ports.
type Evidence struct {
	Target  Target
	Rows    []model.Row // every socket with the port as its local one, each by itself
	Options map[sockets.ID]sockets.SocketOptions
	Binds   []BindResult
	// Probes are binds that nobody asked for; see Evidence.Unsettled.
	Probes   []BindResult
	Connects []ConnectResult
	Platform Platform
	Delegations
	// Reparented tells which processes have lost the parent that started them.
	Reparented map[int]bool
}

// Platform is what decides about ports beside the sockets on them.
type Platform struct {
	OS        string // its rules are those of this GOOS; empty is Linux
	Ephemeral sockets.PortRange
	// Reserved tells that the port is kept out of the ephemeral range
	// (ip_local_reserved_ports).
	Reserved bool
	// ReservedPorts is all that is kept out of it.
	ReservedPorts []sockets.PortRange
	// Unprivileged is the first port that needs no privilege
	// (ip_unprivileged_port_start).
	Unprivileged uint16
	// Excluded are the ranges in which Windows lets nobody bind, as far as they
	// were asked for.
	Excluded  []sockets.PortRange
	Addresses []netip.Addr
	Root      bool
	// UID is who asked, meaningful for macOS only: its rules tell users apart.
	UID uint32
	// Partial tells that the tables do not show every kind of socket.
	Partial bool
}

// candidates lists the sockets that can be in the way, with all that the answers
// tell about them.
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

// occupiesPort tells whether a socket takes part in the decision about a bind. A
// connection whose handshake is not done has no port of its own yet: it uses
// the listener's (struct request_sock).
func occupiesPort(s *sockets.Socket) bool { return s.State != sockets.SynRecv }

// MoreProbes lists binds that can tell what the answers so far have not: about
// the addresses of the holders, and about IPv6 without IPv4. It is empty if
// nothing is left to be known. Only by the rules of Linux do options matter that
// no table shows.
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

// optionsOf gives what is known of a socket's options: what the table shows,
// what the socket itself told, and what follows from the listeners on the port.
func (e *Evidence) optionsOf(r *model.Row, listeners []*sockets.Socket) sockets.SocketOptions {
	o := e.Options[r.Socket.ID]
	if r.Socket.V6Only != sockets.Unknown {
		o.V6Only = r.Socket.V6Only
	}
	var told sockets.SocketOptions
	switch {
	case r.Socket.NoOwner == sockets.NotAccepted:
		told = e.inheritedOptions(r.Socket, listeners)
	case r.Listener != nil && r.Listener.ID != r.Socket.ID:
		told = e.impliedOptions(r.Socket, r.Listener)
	}
	if o.ReuseAddr == sockets.Unknown {
		o.ReuseAddr = told.ReuseAddr
	}
	if o.V6Only == sockets.Unknown {
		o.V6Only = told.V6Only
	}
	return o
}

// inheritedOptions gives the options of a connection that nobody has accepted. It goes
// when its listener goes, so that is one of those there are, of its family, and
// it has that one's options. Which one does not matter where all agree.
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

// impliedOptions gives what follows for a connection from a listener that is there at
// the same time. Either it came in by that listener and has inherited its
// options; or it was there before, and the listener could bind only because both
// have SO_REUSEADDR. SO_REUSEPORT would be a third way, so then nothing follows.
func (e *Evidence) impliedOptions(s, l *sockets.Socket) sockets.SocketOptions {
	var o sockets.SocketOptions
	theirs := e.Options[l.ID]
	if theirs.ReusePort != sockets.No {
		return o
	}
	o.ReuseAddr = theirs.ReuseAddr
	if theirs.ReuseAddr == sockets.No && s.V6 && l.V6 {
		o.V6Only = l.V6Only // it cannot have been there before
	}
	return o
}
