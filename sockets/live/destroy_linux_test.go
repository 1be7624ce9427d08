package live

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/probe"
	"lotop/sockets/socketstest"
)

// destroyed closes a socket from outside.
func destroyed(t *testing.T, s *sockets.Socket) {
	t.Helper()
	err := probe.Destroy(s)
	if errors.Is(err, unix.EOPNOTSUPP) {
		t.Skip("this kernel cannot close sockets (CONFIG_INET_DIAG_DESTROY)")
	}
	if err != nil {
		t.Fatal(err)
	}
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("needs root to close the sockets of others")
	}
}

// Of two connections to one listener one is closed, at one end; the other end
// is told by a reset.
func TestDestroyConnection(t *testing.T) {
	needRoot(t)
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"} {
		e := openObserver(t, SockDiag)
		server, client := socketstest.Start(t), socketstest.Start(t)
		network := "tcp4"
		if addr[0] == '[' {
			network = "tcp6"
		}
		l := server.Listen(network, addr)
		doomed, other := client.Dial(l.Target()), client.Dial(l.Target())
		a, b := server.Accept(l), server.Accept(l)
		e.refresh()
		destroyed(t, e.checkOwned(a))
		e.refresh()
		if e.has(a) || e.has(doomed) {
			t.Errorf("%s: still there", addr)
		}
		e.checkOwned(l)
		e.checkOwned(other)
		e.checkOwned(b)
		if !server.Alive() || !client.Alive() {
			t.Errorf("%s: a process has exited", addr)
		}
	}
}

func TestDestroyTimeWait(t *testing.T) {
	needRoot(t)
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		ends := socketstest.TimeWait(t, addr)
		e := openObserver(t, SockDiag)
		e.refresh()
		destroyed(t, e.findOne(ends.Network, ends.Local, ends.Remote))
		e.refresh()
		if left := e.find(ends.Network, ends.Local, ends.Remote); len(left) != 0 {
			t.Errorf("left %+v", left[0])
		}
		if err := probe.Bind(sockets.TCP, ends.Local, probe.BindOptions{}); err != nil {
			t.Error(err)
		}
	}
}

// Listeners and UDP sockets. A port that was asked for stays with the process.
func TestDestroyUnconnected(t *testing.T) {
	needRoot(t)
	e := openObserver(t, SockDiag)
	p := socketstest.Start(t)
	wide := p.Listen("tcp6", "[::]:0", socketstest.DualStack)
	asked := p.Listen("tcp4", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), socketstest.FreePort(t, "tcp")).String())
	udp, connected := p.UDP("127.0.0.1:0"), p.ConnectUDP(p.UDP("[::1]:0").Local.String())
	e.refresh()
	for _, s := range []socketstest.Sock{wide, asked, udp, connected} {
		destroyed(t, e.checkOwned(s))
	}
	e.refresh()
	for _, s := range []socketstest.Sock{wide, udp, connected} {
		if e.has(s) {
			t.Errorf("%s %v is still there", s.Network, s.Local)
		}
	}
	if s := e.checkOwned(asked); s.State != sockets.Bound {
		t.Errorf("what listened is %v", s.State)
	}
}

// Of two listeners at one address the kernel finds one, and refuses to close it
// for the other.
func TestDestroySharedAddress(t *testing.T) {
	needRoot(t)
	e := openObserver(t, SockDiag)
	_, socks := socketstest.ReusePortPair(t, "tcp4", "127.0.0.1:0")
	e.refresh()
	closed, missed := 0, 0
	for _, s := range socks {
		before := *e.checkOwned(s)
		switch err := probe.Destroy(&before); {
		case errors.Is(err, unix.ENOENT):
			missed++
			e.refresh()
			if s := e.checkOwned(s); s.State != sockets.Listen {
				t.Errorf("it was closed for the other: %v", s.State)
			}
		case err != nil:
			t.Error(err)
		default:
			closed++
			e.refresh()
			if e.has(s) && e.mustFind(s).State == sockets.Listen {
				t.Error("it listens on")
			}
		}
	}
	if closed == 0 || closed+missed != 2 {
		t.Errorf("%d closed, %d missed", closed, missed)
	}
}

// Another socket at the same addresses is not hit.
func TestDestroyOnlyTarget(t *testing.T) {
	needRoot(t)
	e := openObserver(t, SockDiag)
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	e.refresh()
	s := *e.checkOwned(l)
	s.ID++
	if err := probe.Destroy(&s); err == nil {
		t.Error("closed by another's ID")
	}
	e.refresh()
	e.checkOwned(l)
	gone := *e.checkOwned(l)
	p.Close(l)
	if err := probe.Destroy(&gone); !errors.Is(err, unix.ENOENT) || !strings.Contains(err.Error(), gone.Local.String()) {
		t.Errorf("gone: %v", err)
	}
}

func TestDestroyWithoutPrivilege(t *testing.T) {
	p := socketstest.Start(t, socketstest.AsUserNobody())
	l := p.Listen("tcp4", "127.0.0.1:0")
	e := openObserver(t, SockDiag)
	e.refresh()
	said := childSpec{AsUserNobody: true, Destroy: e.checkOwned(l)}.run(t)
	if !strings.Contains(said.Error, unix.EPERM.Error()) {
		t.Errorf("%q", said.Error)
	}
	e.refresh()
	e.checkOwned(l)
}
