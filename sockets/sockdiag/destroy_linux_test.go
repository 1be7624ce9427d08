package sockdiag

import (
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// openWatcher listens for sockets with these ports, on a machine where other
// things go on at the same time.
func openWatcher(t *testing.T, ports ...uint16) *Watcher {
	t.Helper()
	var ranges []sockets.PortRange
	for _, p := range ports {
		ranges = append(ranges, sockets.PortRange{First: p, Last: p})
	}
	n, err := Watch(ranges)
	if err != nil {
		t.Skip("no notices here:", err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

// awaitNotifications waits for the notice of each of these sockets, and returns them in that
// order. Other notifications can come between: what had the port before, for the kernel
// may be late to tell of it.
func awaitNotifications(t *testing.T, n *Watcher, wanted ...func(*sockets.Socket) bool) []sockets.DestroyNotification {
	t.Helper()
	found := make([]sockets.DestroyNotification, len(wanted))
	var all []sockets.DestroyNotification
	late := time.After(socketstest.Timeout)
	for left := len(wanted); left > 0; {
		var lost int
		if all, lost = n.Drain(all[:0]); lost > 0 {
			t.Fatalf("%d dropped", lost)
		}
		for _, notice := range all {
			i := slices.IndexFunc(wanted, func(is func(*sockets.Socket) bool) bool { return is(&notice.Socket) })
			if i >= 0 && found[i].Time.IsZero() {
				found[i] = notice
				left--
			}
		}
		if left == 0 {
			break
		}
		select {
		case <-n.Ready():
		case <-late:
			t.Fatalf("%d notifications missing; received %+v", left, found)
		}
	}
	return found
}

// matches is the socket of a child.
func matches(s socketstest.Sock) func(*sockets.Socket) bool {
	local, remote := unmapAddr(s.Local), netip.AddrPort{}
	if s.Remote.IsValid() && s.Remote.Port() != 0 {
		remote = unmapAddr(s.Remote)
	}
	return func(n *sockets.Socket) bool { return n.Local == local && n.Remote == remote }
}

// unmapAddr is an address as the tables write it: IPv4 where it is mapped.
func unmapAddr(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap(), a.Port())
}

func TestNotificationsOfConnection(t *testing.T) {
	for _, c := range []struct{ network, address string }{
		{"tcp4", "127.0.0.1:0"}, {"tcp6", "[::1]:0"}, {"tcp6", "[::ffff:127.0.0.1]:0"},
	} {
		p := socketstest.Start(t)
		l := p.Listen(c.network, c.address)
		w := openWatcher(t, l.Local.Port())
		client := p.Dial(l.Target())
		server := p.Accept(l)
		p.Send(client, 1000)
		p.Recv(server, 1000)
		p.Send(server, 77)
		p.Recv(client, 77)
		p.Close(client)
		p.Close(server)
		all := awaitNotifications(t, w, matches(client), matches(server))
		a, b := all[0], all[1]
		if a.TCPInfo.Sent != 1000 || b.TCPInfo.Sent != 77 || a.TCPInfo.Received-77 > 1 || b.TCPInfo.Received != 1001 { // with the FIN, which the client may have got or not
			t.Errorf("%v: client %+v, server %+v", c, a.TCPInfo, b.TCPInfo)
		}
		if a.Socket.ID == b.Socket.ID {
			t.Errorf("%v: %+v and %+v", c, a.Socket, b.Socket)
		}
		p.Close(l)
		if n := awaitNotifications(t, w, matches(l))[0]; n.Socket.Connected() {
			t.Errorf("listener: %+v", n.Socket)
		}
	}
}

// The notice has the ID by which the tables know the socket.
func TestNotificationIdentifiesSocket(t *testing.T) {
	p := socketstest.Start(t)
	l, u := p.Listen("tcp4", "127.0.0.1:0"), p.QuietUDP("[::1]")
	w := openWatcher(t, l.Local.Port(), u.Local.Port())
	d, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	ids := []sockets.ID{readOne(t, d, l.Inode).ID, readOne(t, d, u.Inode).ID}
	p.Close(l)
	p.Close(u)
	for i, n := range awaitNotifications(t, w, matches(l), matches(u)) {
		if n.Socket.ID != ids[i] {
			t.Errorf("%v is reported as %v", ids[i], n.Socket.ID)
		}
	}
}

// Both orders of the ports in the filter, ranges, and nothing else.
func TestNotificationsPortFilter(t *testing.T) {
	p := socketstest.Start(t)
	l, other := p.Listen("tcp4", "127.0.0.1:0"), p.Listen("tcp4", "127.0.0.1:0")
	port := l.Local.Port()
	n, err := Watch([]sockets.PortRange{{First: 1, Last: 1}, {First: port - 1, Last: port}, {First: 65535, Last: 65535}})
	if err != nil {
		t.Skip(err)
	}
	defer n.Close()
	var ends []func(*sockets.Socket) bool
	for _, to := range []socketstest.Sock{other, l, other} {
		c := p.Dial(to.Target())
		a := p.Accept(to)
		if to.Local == l.Local {
			ends = append(ends, matches(c), matches(a))
		}
		p.Close(c)
		p.Close(a)
	}
	p.Close(l)
	fits := func(p uint16) bool { return p == port || p == port-1 }
	listener := func(s *sockets.Socket) bool { // asked about every notice
		if !fits(s.Local.Port()) && !fits(s.Remote.Port()) {
			t.Errorf("%+v has another port", s)
		}
		return matches(l)(s)
	}
	awaitNotifications(t, n, slices.Insert(ends, 0, listener)...)
}

// What the kernel drops is counted, to the last one.
func TestDroppedNotifications(t *testing.T) {
	p := socketstest.Start(t)
	first := p.QuietUDP("127.0.0.1")
	w := openWatcher(t, first.Local.Port())
	small := func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, 1) }
	if err := w.raw.Control(small); err != nil {
		t.Fatal(err)
	}
	const sent = 600
	w.mu.Lock() // whatever was taken in cannot be handed on: the rest stays in the kernel
	p.Close(first)
	for range sent - 1 {
		p.Close(p.UDP(first.Local.String()))
	}
	// The kernel sends them from a work queue, which may be late.
	if !socketstest.Eventually(func() bool { return kernelDropsOf(t, w) > 0 }) {
		t.Fatal("the kernel drops nothing")
	}
	w.mu.Unlock()
	var all []sockets.DestroyNotification
	lost := 0
	for late := time.After(socketstest.Timeout); len(all)+lost < sent; {
		var more int
		all, more = w.Drain(all)
		lost += more
		select {
		case <-w.Ready():
		case <-time.After(time.Millisecond): // no notice tells that others were lost at the end
		case <-late:
			t.Fatalf("%d received, %d dropped, of %d", len(all), lost, sent)
		}
	}
	if len(all)+lost != sent || lost == 0 || lost != kernelDropsOf(t, w) {
		t.Errorf("%d received, %d dropped, of %d; /proc/net/netlink counts %d", len(all), lost, sent, kernelDropsOf(t, w))
	}
	p.Close(p.UDP(first.Local.String()))
	awaitNotifications(t, w, matches(first)) // it receives again, and nothing is counted twice
}

// kernelDropsOf is the last column but one of /proc/net/netlink for the socket.
func kernelDropsOf(t *testing.T, n *Watcher) int {
	t.Helper()
	var st unix.Stat_t
	if err := n.raw.Control(func(fd uintptr) { _ = unix.Fstat(int(fd), &st) }); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("/proc/net/netlink")
	if err != nil {
		t.Skip(err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 10 && f[9] == strconv.FormatUint(st.Ino, 10) {
			drops, err := strconv.Atoi(f[8])
			if err != nil {
				t.Fatal(err)
			}
			return drops
		}
	}
	t.Fatal("/proc/net/netlink does not have the socket")
	return 0
}

// The queue is bounded, and what does not fit is counted.
func TestNotificationQueueBounded(t *testing.T) {
	var n watcher
	in := recvBatch{notifications: make([]sockets.DestroyNotification, maxQueued-10)}
	n.enqueue(&in)
	n.enqueue(&recvBatch{notifications: make([]sockets.DestroyNotification, 30)})
	if len(n.queue) != maxQueued || n.queueDrops != 20 {
		t.Errorf("%d kept, %d lost", len(n.queue), n.queueDrops)
	}
}

func TestDestroyWatcherClose(t *testing.T) {
	p := socketstest.Start(t)
	u := p.QuietUDP("127.0.0.1")
	w := openWatcher(t, u.Local.Port())
	p.Close(u)
	awaitNotifications(t, w, matches(u))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if all, lost := w.Drain(nil); len(all) > 0 || lost > 0 {
		t.Errorf("after the end: %v, %d lost", all, lost)
	}
	ended := socketstest.Eventually(func() bool {
		stacks := make([]byte, 1<<20)
		return !strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "sockets.(*destroyWatcher).readLoop")
	})
	if !ended {
		t.Fatal("it listens still")
	}
}
