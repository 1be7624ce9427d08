package ports

import (
	"lotop/sockets"
	"lotop/sockets/socketstest"
)

func (s *scenario) boundUDP() {
	by := s.actor()
	network, addr, o := s.address("udp")
	if b, err := by.TryBind(network, addr, o...); err == nil {
		s.keep(prop{by: by, sock: b}, "bind %v %s", o, network)
	}
}

func (s *scenario) connectedUDP() {
	by := s.actor()
	from, to, o := s.from()
	far := s.helper.UDP(to + ":0")
	s.far = append(s.far, far)
	c, err := by.TryConnectUDP(far.Local.String(), append(o, socketstest.From(from))...)
	if err != nil {
		return
	}
	s.keep(prop{by: by, sock: c}, "connected from %s %v", from, o)
}

// auto lets the kernel choose the port, as it does for clients: nobody called
// bind for the first socket of the scene.
func (s *scenario) auto() {
	by := s.actor()
	to := s.pick("127.0.0.1", "127.0.0.2", "[::1]", "[::ffff:127.0.0.1]")
	o := s.options()
	if to == "[::1]" && s.chance(2) {
		o = append(o, socketstest.V6Only)
	}
	var c socketstest.Sock
	if s.proto == sockets.UDP {
		far := s.helper.UDP(to + ":0")
		s.far = append(s.far, far)
		c = by.ConnectUDP(far.Local.String(), o...)
	} else {
		c = by.Dial(s.server(to).Local.String(), o...)
		by.SetLinger0(c)
	}
	s.port, s.handed = c.Local.Port(), true
	s.keep(prop{by: by, sock: c}, "auto-bound %v", o)
}
