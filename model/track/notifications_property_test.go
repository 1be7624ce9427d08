package track

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"lotop/model/modeltest"
	"lotop/sockets"
)

// kernelSim is a kernel that opens and closes loopback connections, shows them in
// its table, and sends the notices of their ends late and in any order.
type kernelSim struct {
	rand  *rand.Rand
	step  int
	id    sockets.ID
	port  uint16
	table []*simConn
	sent  []delayedNotification // notices on their way
	delay int                   // at most, in steps
}

// simConn is a connection; ends[0] is the client's.
type simConn struct {
	endpoints [2]sockets.Socket
	bytes     [2]uint64 // sent by each
	in        [2]bool   // whether the table shows the end
	pending   [2]bool   // whether its notice has still to come
	reset     bool
	phase     int
	first     int // the end that closes first
	// fresh reports that it came since the last snapshot, shown that a snapshot
	// has had the end: only then does what it leaves behind keep its ID.
	fresh bool
	shown [2]bool
	// alive reports that an end was open when the watch began, or opened later.
	alive       bool
	established bool    // both ends were open then
	fins        [2]bool // whether the end has sent a FIN
}

type delayedNotification struct {
	notification sockets.DestroyNotification
	at           int
}

func (w *kernelSim) open(alive bool) {
	w.port++
	client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 30000+w.port)
	server := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 3000)
	c := &simConn{first: w.rand.IntN(2), fresh: true, alive: alive, established: alive, in: [2]bool{true, true}, pending: [2]bool{true, true}}
	for i := range c.endpoints {
		w.id++
		c.endpoints[i] = sockets.Socket{ID: w.id, Protocol: sockets.TCP, State: sockets.Established, Inode: uint64(w.id), Local: client, Remote: server}
		c.bytes[i] = uint64(w.rand.IntN(1000))
	}
	c.endpoints[1].Local, c.endpoints[1].Remote = server, client
	w.table = append(w.table, c)
}

// end sends the notice of an end.
func (w *kernelSim) end(c *simConn, i int, wasReset bool) {
	c.pending[i] = false
	n := sockets.DestroyNotification{Time: w.now(), Socket: c.endpoints[i]}
	n.Socket.State, n.Socket.Inode, n.Socket.NoOwner = sockets.Close, 0, sockets.NoReason
	n.TCPInfo = sockets.TCPInfo{Known: true, Sent: c.bytes[i], Received: c.bytes[1-i]}
	if c.fins[1-i] {
		n.TCPInfo.Received++
	}
	if wasReset {
		n.Socket.Remote = netip.AddrPortFrom(n.Socket.Remote.Addr(), 0)
		n.TCPInfo = sockets.TCPInfo{Known: true}
		if i == 0 {
			n.Socket.Local = netip.AddrPortFrom(netip.IPv4Unspecified(), n.Socket.Local.Port())
		}
	}
	w.sent = append(w.sent, delayedNotification{n, w.step + w.rand.IntN(w.delay+1)})
}

func (w *kernelSim) now() time.Time {
	return modeltest.Began.Add(time.Duration(w.step) * 50 * time.Millisecond)
}

// move lets a connection go on: towards its end.
func (w *kernelSim) move(c *simConn) {
	first, other := c.first, 1-c.first
	switch c.phase {
	case 0:
		c.phase = 1
		if w.rand.IntN(3) == 0 {
			c.reset = true
			c.in = [2]bool{} // the other end is in no table any more, until it is closed
			w.end(c, first, w.rand.IntN(2) == 0)
			return
		}
		c.fins[first] = true
		w.end(c, first, false)
		if !c.shown[first] {
			w.id++
			c.endpoints[first].ID = w.id
		}
		c.endpoints[first].State, c.endpoints[first].Inode, c.endpoints[first].NoOwner = sockets.TimeWait, 0, sockets.InTimeWait
		c.endpoints[other].State = sockets.CloseWait
	case 1:
		c.phase = 2
		c.fins[other] = !c.reset
		w.end(c, other, false)
		c.in[other] = false
	default:
		c.in[first] = false // its TIME_WAIT is over
	}
}

func (w *kernelSim) snapshot() *sockets.Snapshot {
	s := &sockets.Snapshot{Time: w.now(), Ephemeral: sockets.PortRange{First: 32768, Last: 60999}}
	s.Sockets = append(s.Sockets, sockets.Socket{
		ID: 1, Protocol: sockets.TCP, State: sockets.Listen, Inode: 1, Local: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 3000),
	})
	for _, c := range w.table {
		asked, passed := c.fresh && w.rand.IntN(4) == 0, -1
		if c.fresh && !asked && w.rand.IntN(4) == 0 {
			passed = w.rand.IntN(2) // the table was beyond that end when it came
		}
		if c.fresh = false; asked {
			s.Sockets = append(s.Sockets, w.request(c))
		}
		for i := range c.endpoints {
			if c.in[i] && (i == 0 || !asked) && i != passed {
				s.Sockets = append(s.Sockets, c.endpoints[i])
				c.shown[i] = true
			}
		}
	}
	w.rand.Shuffle(len(s.Sockets), func(i, j int) { s.Sockets[i], s.Sockets[j] = s.Sockets[j], s.Sockets[i] })
	return s
}

// request is the connection as it was asked for, which a table can show though
// the server's socket is there already, and gone already: it takes a while to
// write a table. The kernel gives each of the two an ID of its own then.
func (w *kernelSim) request(c *simConn) sockets.Socket {
	w.id++
	r := c.endpoints[1]
	r.ID, r.Inode, r.State, r.NoOwner = w.id, 0, sockets.SynRecv, sockets.NotAccepted
	return r
}

func (w *kernelSim) drain() []sockets.DestroyNotification {
	var due []sockets.DestroyNotification
	var rest []delayedNotification
	for _, d := range w.sent {
		if d.at <= w.step {
			due = append(due, d.notification)
		} else {
			rest = append(rest, d)
		}
	}
	w.sent = rest
	w.rand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	return due
}

// anything lets one thing happen.
func (w *kernelSim) anything(watched bool) {
	w.step++
	if len(w.table) == 0 || w.rand.IntN(3) == 0 {
		w.open(watched)
		return
	}
	w.move(w.table[w.rand.IntN(len(w.table))])
}

// TestApplyNotificationsOnce lets connections come and go in every way, with notifications that
// come at any time, between snapshots at any time: each closes once,
// and opens at most once, before that.
func TestApplyNotificationsOnce(t *testing.T) {
	for seed := range uint64(400) {
		w := &kernelSim{rand: rand.New(rand.NewPCG(seed, 4)), id: 1, delay: int(seed%4) * 15}
		m := New()
		m.EnableNotifications()
		for range w.rand.IntN(40) {
			w.anything(false)
		}
		m.Update(w.snapshot())
		w.sent = nil // not enabled yet
		for _, c := range w.table {
			c.established = c.phase == 0
			c.alive = c.phase < 2 // of what was reset one end is still open
		}
		counter := closeCounter{t: t, seed: seed, events: map[netip.AddrPort][]Event{}}
		for range 300 {
			w.anything(true)
			if w.rand.IntN(10) == 0 {
				counter.add(m.ApplyNotifications(w.drain(), false))
			}
			if w.rand.IntN(20) == 0 {
				next := w.snapshot()
				for range w.rand.IntN(3) {
					w.anything(true) // while the table is read, and after
				}
				counter.add(m.ApplyNotifications(w.drain(), false))
				counter.add(m.Update(next))
			}
		}
		for _, c := range w.table {
			for c.phase < 2 || c.in[0] || c.in[1] {
				w.move(c)
			}
		}
		for range 6 {
			w.step += w.delay + 20
			next := w.snapshot()
			counter.add(m.ApplyNotifications(w.drain(), false))
			counter.add(m.Update(next))
		}
		counter.check(w)
		checkReleased(t, m)
	}
}

// checkReleased looks for what stays in memory when all is over.
func checkReleased(t *testing.T, m *Tracker) {
	t.Helper()
	if n := len(m.notifications.pendingCloses); n > 0 {
		t.Errorf("%d pending closes are left", n)
	}
	if n := len(m.notifications.recentlyDestroyed); n > 0 {
		t.Errorf("%d IDs are remembered", n)
	}
	if n := len(m.notifications.pendingResets) + len(m.notifications.emittedCloses) + len(m.notifications.awaitingReset); n > 0 {
		t.Errorf("%d resets and emitted closes are left", n)
	}
}
