//go:build linux

package socketstest_test

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// checkOwned checks the descriptor in /proc.
func checkOwned(t *testing.T, s socketstest.Sock) {
	t.Helper()
	link, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%d", s.PID, s.FD))
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("socket:[%d]", s.Inode); link != want {
		t.Errorf("descriptor %d of %d is %s, want %s", s.FD, s.PID, link, want)
	}
	info, err := os.ReadFile(fmt.Sprintf("/proc/%d/fdinfo/%d", s.PID, s.FD))
	if err != nil {
		t.Fatal(err)
	}
	var flags string
	for line := range strings.Lines(string(info)) {
		if v, ok := strings.CutPrefix(line, "flags:"); ok {
			flags = strings.TrimSpace(v)
		}
	}
	if n, err := strconv.ParseUint(flags, 8, 64); err != nil || n&unix.O_CLOEXEC == 0 {
		t.Errorf("descriptor %d of %d has flags %s: no O_CLOEXEC", s.FD, s.PID, flags)
	}
}

func checkInTable(t *testing.T, s socketstest.Sock, state socketstest.State) {
	t.Helper()
	checkOwned(t, s)
	r := socketstest.AwaitState(t, s.Network, s.Local, s.Remote, state)
	if r.Inode != s.Inode {
		t.Errorf("%v: inode %d in the table, want %d", s.Local, r.Inode, s.Inode)
	}
}

// socketLinks returns the links of a process's socket descriptors.
func socketLinks(t *testing.T, pid int) []string {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/fd/", pid)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var links []string
	for _, e := range entries {
		if link, _ := os.Readlink(dir + e.Name()); strings.HasPrefix(link, "socket:") {
			links = append(links, link)
		}
	}
	return links
}

func TestListenDialAccept(t *testing.T) {
	for _, tt := range []struct {
		network, addr, target string
		options               []socketstest.SockOption
	}{
		{"tcp4", "127.0.0.1:0", "127.0.0.1", nil},
		{"tcp4", "127.9.8.7:0", "127.9.8.7", []socketstest.SockOption{socketstest.ReuseAddr}},
		{"tcp4", "0.0.0.0:0", "127.0.0.3", []socketstest.SockOption{socketstest.Device("lo")}},
		{"tcp6", "[::1]:0", "::1", nil},
		{"tcp6", "[::]:0", "::1", []socketstest.SockOption{socketstest.V6Only}},
		{"tcp6", "[::]:0", "127.0.0.1", []socketstest.SockOption{socketstest.DualStack}},
		{"tcp6", "[::ffff:127.0.0.1]:0", "::ffff:127.0.0.1", nil},
	} {
		t.Run(fmt.Sprint(tt.addr, tt.options), func(t *testing.T) {
			p, q := socketstest.Start(t), socketstest.Start(t)
			if n := len(socketLinks(t, p.PID())); n != 0 {
				t.Errorf("%d sockets in a new process", n)
			}
			l := p.Listen(tt.network, tt.addr, tt.options...)
			checkInTable(t, l, socketstest.StateListen)
			target := netip.AddrPortFrom(netip.MustParseAddr(tt.target), l.Local.Port())
			c := q.Dial(target.String())
			a := p.Accept(l)
			checkInTable(t, c, socketstest.StateEstablished)
			checkInTable(t, a, socketstest.StateEstablished)
			if a.Remote.Port() != c.Local.Port() {
				t.Errorf("accepted %v, want %v", a.Remote, c.Local)
			}
			q.Send(c, 100_000)
			if n := p.Recv(a, 100_000); n != 100_000 {
				t.Errorf("received %d", n)
			}
			q.Shutdown(c)
			if n := p.Recv(a, 1); n != 0 {
				t.Errorf("received %d after the end", n)
			}
			checkInTable(t, a, socketstest.StateCloseWait)
			checkInTable(t, c, socketstest.StateFinWait2)
			p.SetLinger0(a)
			p.Close(a)
			if n := len(socketLinks(t, p.PID())); n != 1 {
				t.Errorf("%d sockets left, want the listener", n)
			}
		})
	}
}

func TestBind(t *testing.T) {
	p := socketstest.Start(t)
	for _, tt := range []struct{ network, addr string }{
		{"tcp4", "127.0.0.1:0"}, {"tcp6", "[::1]:0"}, {"udp4", "127.0.0.1:0"}, {"udp6", "[::1]:0"},
	} {
		s := p.Bind(tt.network, tt.addr)
		checkOwned(t, s)
		if s.Network != tt.network || s.Local.Port() == 0 || s.Remote.IsValid() {
			t.Errorf("%s: %+v", tt.network, s)
		}
		_, err := p.TryBind(tt.network, s.Local.String())
		if !errors.Is(err, unix.EADDRINUSE) {
			t.Errorf("bind %v again: %v", s.Local, err)
		}
		if strings.HasPrefix(tt.network, "udp") {
			checkInTable(t, s, socketstest.StateClose)
		}
	}
}

func TestUDP(t *testing.T) {
	p := socketstest.Start(t)
	for _, addr := range []string{"127.0.0.1:0", "[::1]:0"} {
		s := p.UDP(addr)
		c := p.ConnectUDP(s.Target(), socketstest.From(addr))
		checkInTable(t, c, socketstest.StateEstablished)
		p.Send(c, 1000)
		if n := p.Recv(s, 1000); n != 1000 {
			t.Errorf("received %d", n)
		}
		p.Close(c)
		p.Close(s)
	}
}

func TestErrors(t *testing.T) {
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	_, err := p.TryListen("tcp4", l.Local.String(), socketstest.ReuseAddr)
	if !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("listen twice: %v", err)
	}
	p.Close(l)
	if _, err = p.TryDial(l.Target()); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("dial an unused port: %v", err)
	}
	if _, err = p.TryBind("tcp4", "192.0.2.1:0"); !errors.Is(err, unix.EADDRNOTAVAIL) {
		t.Errorf("bind an address of another machine: %v", err)
	}
	for _, bad := range []struct{ network, addr, option string }{
		{"tcp5", "127.0.0.1:0", "SO_REUSEADDR"},
		{"tcp4", "[::1]:0", "SO_REUSEADDR"},
		{"tcp4", "nonsense", "SO_REUSEADDR"},
		{"tcp4", "127.0.0.1:0", "SO_NONSENSE"},
	} {
		_, err := p.TryBind(bad.network, bad.addr, socketstest.SockOption(bad.option))
		if err == nil {
			t.Errorf("%+v works", bad)
		}
	}
	if n := len(socketLinks(t, p.PID())); n != 0 {
		t.Errorf("%d sockets left by errors", n)
	}
}

func TestReuseAddr(t *testing.T) {
	p := socketstest.Start(t)
	s := p.Bind("tcp4", "127.0.0.1:0", socketstest.ReuseAddr)
	if _, err := p.TryBind("tcp4", s.Local.String()); !errors.Is(err, unix.EADDRINUSE) {
		t.Errorf("plain: %v", err)
	}
	p.Bind("tcp4", s.Local.String(), socketstest.ReuseAddr)
}

func TestMPTCP(t *testing.T) {
	p := socketstest.Start(t)
	l, err := p.TryListen("tcp4", "127.0.0.1:0", socketstest.MPTCP)
	if errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.ENOPROTOOPT) {
		t.Skip("this kernel has no MPTCP")
	}
	if err != nil {
		t.Fatal(err)
	}
	checkOwned(t, l)
	socketstest.AwaitState(t, "tcp4", l.Local, l.Remote, socketstest.StateListen)
}

func TestFreePort(t *testing.T) {
	p := socketstest.Start(t)
	for _, protocol := range []string{"tcp", "udp"} {
		port := socketstest.FreePort(t, protocol)
		for _, b := range []struct{ family, host string }{
			{"4", "127.0.0.1"}, {"4", "0.0.0.0"}, {"6", "[::1]"}, {"6", "[::]"},
		} {
			p.Close(p.Bind(protocol+b.family, fmt.Sprintf("%s:%d", b.host, port)))
		}
	}
}
