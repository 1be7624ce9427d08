package freeing

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// scene is a random set of real sockets on one port.
type scene struct {
	t      testing.TB
	r      *rand.Rand
	actors []*socketstest.Process // some of another user, when root
	helper *socketstest.Process   // holds what is not on the port
	proto  sockets.Protocol
	port   uint16
	props  []prop
	far    []socketstest.Sock // the helper's ends
	log    []string

	seen      map[model.Cause]int // by all sets
	uncertain *int
}

// prop is a socket of the scene, with who holds it.
type prop struct {
	by   *socketstest.Process
	sock socketstest.Sock
}

var hosts = []string{"127.0.0.1", "127.0.0.2", "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]"}

func (s *scene) note(format string, args ...any) { s.log = append(s.log, fmt.Sprintf(format, args...)) }

func (s *scene) actor() *socketstest.Process { return s.actors[s.r.IntN(len(s.actors))] }

func (s *scene) options() []socketstest.SockOption {
	var o []socketstest.SockOption
	if s.r.IntN(2) == 0 {
		o = append(o, socketstest.ReuseAddr)
	}
	if s.r.IntN(4) == 0 {
		o = append(o, socketstest.ReusePort)
	}
	return o
}

// address picks where to bind, with the network and options that belong to it.
func (s *scene) address(protocol string) (network, addr string, o []socketstest.SockOption) {
	host := hosts[s.r.IntN(len(hosts))]
	network, o = protocol+"4", s.options()
	if host[0] == '[' {
		network = protocol + "6"
		switch {
		case host == "[::]" && s.r.IntN(2) == 0:
			o = append(o, socketstest.V6Only)
		default:
			o = append(o, socketstest.DualStack)
		}
	}
	return network, fmt.Sprintf("%s:%d", host, s.port), o
}

// add tries to put one more socket of a random kind on the port. What the
// kernel refuses is left out: the scene is what it allowed.
func (s *scene) add() {
	if s.proto == sockets.UDP {
		s.addUDP()
		return
	}
	switch s.r.IntN(8) {
	case 0, 1:
		s.listen()
	case 2:
		s.bound()
	case 3:
		s.accepted(true)
	case 4:
		s.accepted(false)
	case 5:
		s.timeWait()
	case 6:
		s.client()
	case 7:
		s.self()
	}
}

func (s *scene) keep(by *socketstest.Process, sock socketstest.Sock, what string) {
	s.props = append(s.props, prop{by, sock})
	s.note("%s %s → %s by %d", what, sock.Local, sock.Remote, by.PID())
}

func (s *scene) listen() (by *socketstest.Process, l socketstest.Sock, ok bool) {
	by = s.actor()
	network, addr, o := s.address("tcp")
	l, err := by.TryListen(network, addr, o...)
	if err != nil {
		return by, l, false
	}
	s.keep(by, l, fmt.Sprint("listen ", o, " ", network))
	return by, l, true
}

func (s *scene) bound() {
	by := s.actor()
	network, addr, o := s.address("tcp")
	if b, err := by.TryBind(network, addr, o...); err == nil {
		s.keep(by, b, fmt.Sprint("bind ", o, " ", network))
	}
}

// dialTo is an address at which the listener is reached over IPv4 or IPv6.
func (s *scene) dialTo(l socketstest.Sock) string {
	a := l.Local.Addr().Unmap()
	switch {
	case !a.IsUnspecified():
	case a.Is4() || s.r.IntN(2) == 0:
		a = netip.MustParseAddr("127.0.0.1")
	default:
		a = netip.IPv6Loopback()
	}
	return netip.AddrPortFrom(a, l.Local.Port()).String()
}

// accepted leaves a server's connection, with its listener or without, or one
// that waits to be accepted.
func (s *scene) accepted(accept bool) {
	by, l, ok := s.listen()
	if !ok {
		return
	}
	c, err := s.helper.TryDial(s.dialTo(l))
	if err != nil {
		return
	}
	s.helper.SetLinger0(c)
	s.far = append(s.far, c)
	if !accept || c.Remote.Port() != s.port {
		s.note("waits to be accepted %s", c.Local)
		return
	}
	if !s.comesFrom(by, l) {
		return // a twin of the listener got it
	}
	a := by.Accept(l)
	by.SetLinger0(a)
	s.keep(by, a, "accepted")
	if s.r.IntN(2) == 0 {
		by.Close(l)
		s.drop(by, l)
		s.note("listener closed")
	}
}

// comesFrom tells whether nobody else listens on the port, so that an accept
// does not wait for a connection that went elsewhere.
func (s *scene) comesFrom(by *socketstest.Process, l socketstest.Sock) bool {
	for _, p := range s.props {
		if p.sock.FD != l.FD || p.by != by {
			return false
		}
	}
	return true
}

func (s *scene) drop(by *socketstest.Process, sock socketstest.Sock) {
	for i, p := range s.props {
		if p.by == by && p.sock.FD == sock.FD {
			s.props = append(s.props[:i], s.props[i+1:]...)
			return
		}
	}
}

// timeWait leaves a server's TIME_WAIT: only with the port to itself, so that
// the connection is sure to come in by the listener meant.
func (s *scene) timeWait() {
	if len(s.props) > 0 || len(s.far) > 0 {
		return
	}
	by, l, ok := s.listen()
	if !ok {
		return
	}
	c, err := s.helper.TryDial(s.dialTo(l))
	if err != nil {
		return
	}
	a := by.Accept(l)
	by.Close(a)
	s.helper.Close(c)
	socketstest.Await(s.t, l.Network, a.Local, a.Remote, socketstest.StateTimeWait)
	by.Close(l)
	s.drop(by, l)
	s.note("TIME_WAIT %s", a.Local)
}

// client connects from the port to a listener of the helper.
func (s *scene) client() {
	by := s.actor()
	host := []string{"127.0.0.1", "[::1]"}[s.r.IntN(2)]
	network := "tcp4"
	if host[0] == '[' {
		network = "tcp6"
	}
	l := s.helper.Listen(network, host+":0")
	s.far = append(s.far, l)
	c, err := by.TryDial(l.Local.String(), append(s.options(), socketstest.From(fmt.Sprintf("%s:%d", host, s.port)))...)
	if err != nil {
		return
	}
	by.SetLinger0(c)
	s.keep(by, c, "client")
}

func (s *scene) self() {
	by := s.actor()
	addr := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), s.port)
	b, err := by.TryDial(addr.String(), append(s.options(), socketstest.From(addr.String()))...)
	if err != nil {
		return
	}
	by.SetLinger0(b)
	s.keep(by, b, "self or client of the port")
}

func (s *scene) addUDP() {
	by := s.actor()
	network, addr, o := s.address("udp")
	b, err := by.TryBind(network, addr, o...)
	if err != nil {
		return
	}
	s.keep(by, b, fmt.Sprint("bind ", o, " ", network))
}
