package live

import (
	"net/netip"
	"os"
	"testing"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// shape is a socket that a child makes, and what has to be seen of it.
type shape struct {
	name string
	open func(p *socketstest.Process) socketstest.Sock
	want sockets.Socket // of it, what the socket of the child does not tell
	dual bool
}

func shapes() []shape {
	listen := func(network, addr string, options ...socketstest.SockOption) func(*socketstest.Process) socketstest.Sock {
		return func(p *socketstest.Process) socketstest.Sock { return p.Listen(network, addr, options...) }
	}
	bind := func(network, addr string, options ...socketstest.SockOption) func(*socketstest.Process) socketstest.Sock {
		return func(p *socketstest.Process) socketstest.Sock { return p.Bind(network, addr, options...) }
	}
	udp := func(addr string) func(*socketstest.Process) socketstest.Sock {
		return func(p *socketstest.Process) socketstest.Sock { return p.UDP(addr) }
	}
	const only, dual = socketstest.V6Only, socketstest.DualStack
	return []shape{
		{"127.0.0.1", listen("tcp4", "127.0.0.1:0"), sockets.Socket{State: sockets.Listen}, false},
		{"127.9.8.7", listen("tcp4", "127.9.8.7:0"), sockets.Socket{State: sockets.Listen}, false},
		{"0.0.0.0", listen("tcp4", "0.0.0.0:0"), sockets.Socket{State: sockets.Listen}, false},
		{"::1", listen("tcp6", "[::1]:0", dual), sockets.Socket{State: sockets.Listen, V6: true, V6Only: sockets.Yes}, false},
		{":: dual", listen("tcp6", "[::]:0", dual), sockets.Socket{State: sockets.Listen, V6: true, V6Only: sockets.No}, true},
		{":: v6only", listen("tcp6", "[::]:0", only), sockets.Socket{State: sockets.Listen, V6: true, V6Only: sockets.Yes}, false},
		{"mapped", listen("tcp6", "[::ffff:127.0.0.1]:0", dual), sockets.Socket{State: sockets.Listen, V6: true, V4Mapped: true, V6Only: sockets.No}, false},
		{"mptcp", listen("tcp4", "127.0.0.1:0", socketstest.MPTCP), sockets.Socket{State: sockets.Listen}, false},
		{"bound", bind("tcp4", "127.0.0.1:0"), sockets.Socket{State: sockets.Bound}, false},
		{"bound ::1", bind("tcp6", "[::1]:0"), sockets.Socket{State: sockets.Bound, V6: true, V6Only: sockets.Yes}, false},
		{"bound :: dual", bind("tcp6", "[::]:0", dual), sockets.Socket{State: sockets.Bound, V6: true, V6Only: sockets.No}, true},
		{"udp", udp("127.0.0.1:0"), sockets.Socket{State: sockets.Unconn}, false},
		{"udp ::1", udp("[::1]:0"), sockets.Socket{State: sockets.Unconn, V6: true, V6Only: sockets.Yes}, false},
		{"udp ::", bind("udp6", "[::]:0", dual), sockets.Socket{State: sockets.Unconn, V6: true, V6Only: sockets.No}, true},
		{"udp mapped", bind("udp6", "[::ffff:127.0.0.1]:0", dual), sockets.Socket{State: sockets.Unconn, V6: true, V4Mapped: true, V6Only: sockets.No}, false},
		{"self-connected", func(p *socketstest.Process) socketstest.Sock { return p.SelfConnect("127.0.0.1:0") }, sockets.Socket{State: sockets.Established}, false},
		{"udp connected", func(p *socketstest.Process) socketstest.Sock {
			return p.ConnectUDP(p.UDP("127.0.0.1:0").Local.String())
		}, sockets.Socket{State: sockets.Established}, false},
	}
}

// Every shape is opened and seen, with its owner; closed, and seen gone.
func TestShapes(t *testing.T) {
	e := openObserver(t, SockDiag)
	p := socketstest.Start(t, socketstest.Name("a (b) c"))
	ids := map[sockets.ID]string{}
	for _, shape := range shapes() {
		t.Run(shape.name, func(t *testing.T) {
			e.t = t
			s := shape.open(p)
			e.refresh()
			found := e.checkOwned(s)
			checkShape(t, found, shape)
			if before, ok := ids[found.ID]; ok || found.ID == 0 {
				t.Errorf("ID %v was that of %q", found.ID, before)
			}
			ids[found.ID] = shape.name
			if who := e.Process(int32(p.PID())); who.Name.Raw() != "a (b) c" {
				t.Errorf("the name of the owner is %q", who.Name.Raw())
			}
			p.Close(s)
			e.refresh()
			if e.has(s) {
				t.Error("is there after it was closed")
			}
		})
	}
	e.t = t
}

func checkShape(t *testing.T, got *sockets.Socket, s shape) {
	t.Helper()
	if got.State != s.want.State || got.V6 != s.want.V6 || got.V4Mapped != s.want.V4Mapped || got.V6Only != s.want.V6Only {
		t.Errorf("%v, v6 %v, mapped %v, v6only %v", got.State, got.V6, got.V4Mapped, got.V6Only)
	}
	if got.DualStack() != s.dual {
		t.Errorf("dual stack is %v", got.DualStack())
	}
	if !got.HasUID || got.UID != uint32(os.Geteuid()) {
		t.Errorf("uid %d, %v", got.UID, got.HasUID)
	}
	if got.Connected() != got.Remote.IsValid() || got.Connected() == (got.State == sockets.Listen || got.State == sockets.Bound || got.State == sockets.Unconn) {
		t.Errorf("%v to %v", got.State, got.Remote)
	}
}

func TestSnapshotHostInfo(t *testing.T) {
	e := openObserver(t, Auto)
	p := socketstest.Start(t)
	p.Listen("tcp4", "127.0.0.1:0")
	e.refresh()
	if e.Source != "sock_diag" || e.Time.IsZero() {
		t.Errorf("from %q at %v", e.Source, e.Time)
	}
	if e.Ephemeral.First == 0 || e.Ephemeral.Last < e.Ephemeral.First {
		t.Errorf("ephemeral ports %v", e.Ephemeral)
	}
	loopback := false
	for _, a := range e.Addresses {
		loopback = loopback || a == netip.MustParseAddr("127.0.0.1")
	}
	if !loopback {
		t.Errorf("addresses %v", e.Addresses)
	}
	uid := uint32(os.Geteuid())
	if name := e.Users[uid]; name.Raw() == "" {
		t.Errorf("user %d has no name in %v", uid, e.Users)
	}
}

func TestInterface(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root for SO_BINDTODEVICE")
	}
	e := openObserver(t, SockDiag)
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "0.0.0.0:0", socketstest.Device("lo"))
	e.refresh()
	if s := e.checkOwned(l); s.Interface == 0 || e.Interfaces[s.Interface].Raw() != "lo" {
		t.Errorf("device %d, %v", s.Interface, e.Interfaces)
	}
	p.Close(l)
	e.refresh()
	if e.has(l) {
		t.Error("is there after it was closed")
	}
}

func TestReusePortPair(t *testing.T) {
	for _, network := range []string{"tcp4", "udp4"} {
		e := openObserver(t, SockDiag)
		ps, socks := socketstest.ReusePortPair(t, network, "127.0.0.1:0")
		e.refresh()
		if a, b := e.checkOwned(socks[0]), e.checkOwned(socks[1]); a.ID == b.ID {
			t.Errorf("%s: both are %v", network, a.ID)
		}
		ps[0].Close(socks[0])
		e.refresh()
		if e.has(socks[0]) {
			t.Errorf("%s: is there after it was closed", network)
		}
		e.checkOwned(socks[1])
	}
}
