package probe

import (
	"errors"
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// address is one that can be bound, in the order of the table below.
type address struct {
	name string
	ip   netip.Addr
	dual bool
}

var addresses = []address{
	{"0.0.0.0", netip.IPv4Unspecified(), false},
	{"127.0.0.1", netip.MustParseAddr("127.0.0.1"), false},
	{"127.0.0.2", netip.MustParseAddr("127.0.0.2"), false},
	{":: dual", netip.IPv6Unspecified(), true},
	{":: v6only", netip.IPv6Unspecified(), false},
	{"::1", netip.IPv6Loopback(), false},
	{"::ffff:127.0.0.1", netip.MustParseAddr("::ffff:127.0.0.1"), true},
}

// overlap is that table: a row for each bound socket, a column for each bind, an
// X where the two conflict.
var overlap = [...]string{
	"XXXX..X",
	"XX.X..X",
	"X.XX...",
	"XXXXXXX",
	"...XXX.",
	"...XXX.",
	"XX.X..X",
}

func (a address) network(protocol sockets.Protocol) string {
	if a.ip.Is4() {
		return protocol.String() + "4"
	}
	return protocol.String() + "6"
}

func (a address) options() []socketstest.SockOption {
	switch {
	case a.ip.Is4():
		return nil
	case a.dual:
		return []socketstest.SockOption{socketstest.DualStack}
	}
	return []socketstest.SockOption{socketstest.V6Only}
}

func TestTryBind(t *testing.T) {
	p := socketstest.Start(t)
	for _, protocol := range []sockets.Protocol{sockets.TCP, sockets.UDP} {
		for i, bound := range addresses {
			port := socketstest.FreePort(t, protocol.String())
			s := p.Bind(bound.network(protocol), netip.AddrPortFrom(bound.ip, port).String(), bound.options()...)
			for j, a := range addresses {
				var want error
				if overlap[i][j] == 'X' {
					want = unix.EADDRINUSE
				}
				checkBind(t, protocol, netip.AddrPortFrom(a.ip, port), BindOptions{DualStack: a.dual}, want)
				// The bound socket does not have it, so it does not help.
				checkBind(t, protocol, netip.AddrPortFrom(a.ip, port), BindOptions{DualStack: a.dual, ReuseAddr: true}, want)
			}
			p.Close(s)
			for _, a := range addresses {
				checkBind(t, protocol, netip.AddrPortFrom(a.ip, port), BindOptions{DualStack: a.dual}, nil)
			}
		}
	}
}

func checkBind(t *testing.T, p sockets.Protocol, a netip.AddrPort, o BindOptions, want error) {
	t.Helper()
	if err := Bind(p, a, o); !errors.Is(err, want) {
		t.Errorf("%v %v %+v: %v, want %v", p, a, o, err, want)
	}
}

// SO_REUSEADDR helps against who has set it and does not listen, and against
// the TIME_WAIT of such a one.
func TestTryBindReuse(t *testing.T) {
	p := socketstest.Start(t)
	reuse := socketstest.ReuseAddr
	for _, tt := range []struct {
		name         string
		at           netip.AddrPort
		plain, reuse error
	}{
		{"bound", p.Bind("tcp4", "127.0.0.1:0", reuse).Local, unix.EADDRINUSE, nil},
		{"listener", p.Listen("tcp4", "127.0.0.1:0", reuse).Local, unix.EADDRINUSE, unix.EADDRINUSE},
		{"TIME_WAIT", socketstest.TimeWait(t, "127.0.0.1:0", reuse).Local, unix.EADDRINUSE, nil},
		{"TIME_WAIT of one without", socketstest.TimeWait(t, "127.0.0.1:0").Local, unix.EADDRINUSE, unix.EADDRINUSE},
		{"TIME_WAIT of a client", socketstest.ClientTimeWait(t, "127.0.0.1:0").Local, unix.EADDRINUSE, unix.EADDRINUSE},
	} {
		if err := Bind(sockets.TCP, tt.at, BindOptions{}); !errors.Is(err, tt.plain) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.plain)
		}
		if err := Bind(sockets.TCP, tt.at, BindOptions{ReuseAddr: true}); !errors.Is(err, tt.reuse) {
			t.Errorf("%s with SO_REUSEADDR: %v, want %v", tt.name, err, tt.reuse)
		}
	}
}

func TestTryBindRefusals(t *testing.T) {
	port := socketstest.FreePort(t, "tcp")
	at := func(s string) netip.AddrPort { return netip.AddrPortFrom(netip.MustParseAddr(s), port) }
	for _, tt := range []struct {
		at   netip.AddrPort
		want error
	}{
		{at("192.0.2.1"), unix.EADDRNOTAVAIL}, // TEST-NET-1, not a local address
		{at("2001:db8::1"), unix.EADDRNOTAVAIL},
		{at("::2"), unix.EADDRNOTAVAIL},
		{at("::ffff:127.0.0.1"), unix.EINVAL}, // mapped and v6only
		{at("127.200.1.1"), nil},
	} {
		checkBind(t, sockets.TCP, tt.at, BindOptions{}, tt.want)
	}
}

func TestTryBindWithoutPrivilege(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may bind every port")
	}
	if ReadPortRanges().FirstUnprivileged <= 1 {
		t.Skip("every port is unprivileged here")
	}
	checkBind(t, sockets.TCP, netip.MustParseAddrPort("127.0.0.1:1"), BindOptions{}, unix.EACCES)
}

// TryBind never listens, so that nobody can connect by mistake, and leaves
// nothing behind.
func TestTryBindLeavesNothing(t *testing.T) {
	a := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), socketstest.FreePort(t, "tcp"))
	before := openFiles(t)
	for range 100 {
		checkBind(t, sockets.TCP, a, BindOptions{}, nil)
		_ = Bind(sockets.TCP, netip.MustParseAddrPort("192.0.2.1:1"), BindOptions{})
	}
	if after := openFiles(t); after > before+10 {
		t.Errorf("%d descriptors became %d", before, after)
	}
	for _, r := range socketstest.Table(t, "tcp4") {
		if r.Local == a {
			t.Errorf("left %+v", r)
		}
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	all, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
