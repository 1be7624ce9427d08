package ports

import (
	"fmt"
	"net/netip"
	"slices"

	"lotop/sockets/socketstest"
)

// The kinds of socket that a scene is made of.

func (s *scenario) listenOnly() { s.listen() }

func (s *scenario) listen(more ...socketstest.SockOption) (by *socketstest.Process, l socketstest.Sock, ok bool) {
	by = s.actor()
	network, addr, o := s.address("tcp")
	l, err := by.TryListen(network, addr, append(o, more...)...)
	if err != nil {
		return by, l, false
	}
	s.keep(prop{by: by, sock: l, listens: true}, "listen %v %s", o, network)
	return by, l, true
}

func (s *scenario) bound() {
	by := s.actor()
	network, addr, o := s.address("tcp")
	if b, err := by.TryBind(network, addr, o...); err == nil {
		s.keep(prop{by: by, sock: b}, "bind %v %s", o, network)
	}
}

// dialTo is an address at which the listener is reached over IPv4 or IPv6.
func (s *scenario) dialTo(l socketstest.Sock) string {
	a := l.Local.Addr().Unmap()
	switch {
	case !a.IsUnspecified():
	case a.Is4() || s.chance(2):
		a = netip.MustParseAddr("127.0.0.1")
	default:
		a = netip.IPv6Loopback()
	}
	return netip.AddrPortFrom(a, l.Local.Port()).String()
}

// dial connects to a new listener. comes reports that no other listener can have got
// the connection, so that an accept does not wait for ever. as are the client's
// options, more those that the listener has beside its own.
func (s *scenario) dial(as []socketstest.SockOption, more ...socketstest.SockOption) (by *socketstest.Process, l, c socketstest.Sock, comes, ok bool) {
	if by, l, ok = s.listen(more...); !ok {
		return by, l, c, false, false
	}
	comes = true
	for _, p := range s.props {
		if p.listens && (p.by != by || p.sock.FD != l.FD) {
			comes = false
		}
	}
	c, err := s.helper.TryDial(s.dialTo(l), as...)
	if err != nil {
		return by, l, c, false, false
	}
	s.far = append(s.far, c)
	return by, l, c, comes, true
}

// accepted leaves a server's connection, with its listener or without.
func (s *scenario) accepted() {
	var as []socketstest.SockOption
	if s.chance(6) {
		as = append(as, socketstest.MPTCP)
	}
	by, l, c, comes, ok := s.dial(as)
	if !ok {
		return
	}
	s.helper.SetLinger0(c)
	if !comes {
		s.note("waits to be accepted %s", c.Local)
		return
	}
	a := by.Accept(l)
	by.SetLinger0(a)
	s.keep(prop{by: by, sock: a}, "accepted")
	if s.chance(3) {
		s.helper.Shutdown(c)
		s.note("in CLOSE_WAIT")
	}
	s.maybeClose(by, l)
}

func (s *scenario) maybeClose(by *socketstest.Process, l socketstest.Sock) {
	if s.chance(2) {
		by.Close(l)
		s.drop(by, l.FD)
		s.note("listener closed")
	}
}

func (s *scenario) notAccepted() {
	if _, _, c, _, ok := s.dial(nil); ok {
		s.helper.SetLinger0(c)
		s.note("waits to be accepted %s", c.Local)
	}
}

// synRecv leaves a connection whose handshake the listener does not end.
func (s *scenario) synRecv() {
	if _, _, c, _, ok := s.dial(nil, socketstest.DeferAccept); ok {
		s.helper.SetLinger0(c)
		s.note("in SYN_RECV %s", c.Local)
	}
}

// closing leaves a server's end without an owner, in one of the
// states in which it can be.
func (s *scenario) closing() {
	by, l, c, comes, ok := s.dial(nil)
	if !ok || !comes {
		return
	}
	a := by.Accept(l)
	await := func(state socketstest.State) { socketstest.AwaitState(s.t, a.Network, a.Local, a.Remote, state) }
	how := s.r.IntN(6)
	switch how {
	default: // TIME_WAIT
		by.Close(a)
		await(socketstest.StateFinWait2) // or a late ACK could end it, see socketstest.InState
		s.far = slices.DeleteFunc(s.far, func(k socketstest.Sock) bool { return k.FD == c.FD })
		s.helper.Close(c)
		await(socketstest.StateTimeWait)
	case 1:
		by.Close(a)
		await(socketstest.StateFinWait2)
	case 2:
		by.Fill(a)
		by.Close(a)
		await(socketstest.StateFinWait1)
	case 3:
		by.Fill(a)
		by.Close(a)
		await(socketstest.StateFinWait1)
		s.helper.Shutdown(c)
		await(socketstest.StateClosing)
	case 4:
		s.helper.Shutdown(c)
		await(socketstest.StateCloseWait)
		by.Fill(a)
		by.Close(a)
		await(socketstest.StateLastAck)
	}
	if how >= 1 && how <= 4 {
		s.helper.SetLinger0(c)
	}
	s.note("closing %d %s", how, a.Local)
	s.maybeClose(by, l)
}

// from picks what a client binds before it connects, if not its address then
// the port only, and the address of a server that it can reach from there.
func (s *scenario) from() (from, to string, o []socketstest.SockOption) {
	from = s.pick("127.0.0.1", "127.0.0.2", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::]")
	o = s.options()
	to = from
	switch from {
	case "0.0.0.0":
		to = "127.0.0.1"
	case "[::]":
		to = s.pick("[::1]", "[::ffff:127.0.0.1]")
	}
	if from[0] == '[' {
		o = append(o, socketstest.DualStack)
		if to == "[::1]" && s.chance(2) {
			o = append(o, socketstest.V6Only)
		}
	}
	return fmt.Sprintf("%s:%d", from, s.port), to, o
}

// server makes a listener of the helper at a port of the kernel's choice.
func (s *scenario) server(host string, o ...socketstest.SockOption) socketstest.Sock {
	network := "tcp4"
	if host[0] == '[' {
		network = "tcp6"
	}
	l := s.helper.Listen(network, host+":0", o...)
	s.far = append(s.far, l)
	return l
}

// connect connects from the port to a listener of the helper.
func (s *scenario) connect() (by *socketstest.Process, l, c socketstest.Sock, ok bool) {
	by = s.actor()
	from, to, o := s.from()
	l = s.server(to)
	c, err := by.TryDial(l.Local.String(), append(o, socketstest.From(from))...)
	if err != nil {
		return by, l, c, false
	}
	s.keep(prop{by: by, sock: c}, "client from %s %v", from, o)
	return by, l, c, true
}

func (s *scenario) client() {
	if by, _, c, ok := s.connect(); ok {
		by.SetLinger0(c)
	}
}

// clientTimeWait leaves the TIME_WAIT of a client.
func (s *scenario) clientTimeWait() {
	by, l, c, ok := s.connect()
	if !ok {
		return
	}
	a := s.helper.Accept(l)
	by.Close(c)
	s.drop(by, c.FD)
	socketstest.AwaitState(s.t, c.Network, c.Local, c.Remote, socketstest.StateFinWait2)
	s.helper.Close(a)
	socketstest.AwaitState(s.t, c.Network, c.Local, c.Remote, socketstest.StateTimeWait)
	s.note("is in TIME_WAIT")
}

// reset leaves a client's socket whose connection the server has reset. It
// still has its port.
func (s *scenario) reset() {
	by, l, c, ok := s.connect()
	if !ok {
		return
	}
	by.SetLinger0(c)
	a := s.helper.Accept(l)
	s.helper.SetLinger0(a)
	s.helper.Close(a)
	s.note("was reset")
}

// synSent leaves a client that waits for a server whose queue is full.
func (s *scenario) synSent() {
	by := s.actor()
	from, to, o := s.from()
	l := s.server(to, socketstest.Backlog(0))
	s.far = append(s.far, s.helper.Dial(l.Local.String()))
	c, err := by.TryDial(l.Local.String(), append(o, socketstest.From(from), socketstest.NoWait)...)
	if err != nil {
		return
	}
	s.keep(prop{by: by, sock: c}, "SYN_SENT from %s %v", from, o)
}

func (s *scenario) self() {
	by := s.actor()
	host := s.pick("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]")
	addr := fmt.Sprintf("%s:%d", host, s.port)
	o := s.options()
	b, err := by.TryDial(addr, append(o, socketstest.From(addr))...)
	if err != nil {
		return
	}
	by.SetLinger0(b)
	s.keep(prop{by: by, sock: b}, "self or client of the port %v", o)
}
