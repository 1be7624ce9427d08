package model

import (
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"lotop/sockets"
)

// wire is a kernel that opens and closes loopback connections, shows them in
// its table, and sends the notices of their ends late and in any order.
type wire struct {
	rand  *rand.Rand
	step  int
	id    sockets.ID
	port  uint16
	table []*wired
	sent  []delayed // notices on their way
	delay int       // at most, in steps
}

// wired is a connection; ends[0] is the client's.
type wired struct {
	ends  [2]sockets.Socket
	bytes [2]uint64 // sent by each
	in    [2]bool   // whether the table shows the end
	owed  [2]bool   // whether its notice has still to come
	reset bool
	phase int
	first int // the end that closes first
	// fresh tells that it came since the last snapshot, shown that a snapshot
	// has had the end: only then does what it leaves behind keep its ID.
	fresh bool
	shown [2]bool
	// alive tells that an end was open when the watch began, or opened later.
	alive bool
	whole bool    // both ends were open then
	fins  [2]bool // whether the end has sent a FIN
}

type delayed struct {
	notice sockets.Notice
	at     int
}

func (w *wire) open(alive bool) {
	w.port++
	client := netip.AddrPortFrom(loopback4, 30000+w.port)
	server := netip.AddrPortFrom(loopback4, 3000)
	c := &wired{first: w.rand.IntN(2), fresh: true, alive: alive, whole: alive, in: [2]bool{true, true}, owed: [2]bool{true, true}}
	for i := range c.ends {
		w.id++
		c.ends[i] = sockets.Socket{ID: w.id, Protocol: sockets.TCP, State: sockets.Established, Inode: uint64(w.id), Local: client, Remote: server}
		c.bytes[i] = uint64(w.rand.IntN(1000))
	}
	c.ends[1].Local, c.ends[1].Remote = server, client
	w.table = append(w.table, c)
}

// end sends the notice of an end.
func (w *wire) end(c *wired, i int, wasReset bool) {
	c.owed[i] = false
	n := sockets.Notice{Time: w.now(), Socket: c.ends[i]}
	n.Socket.State, n.Socket.Inode, n.Socket.NoOwner = sockets.Close, 0, sockets.NoReason
	n.Info = sockets.TCPInfo{Known: true, Sent: c.bytes[i], Received: c.bytes[1-i]}
	if c.fins[1-i] {
		n.Info.Received++
	}
	if wasReset {
		n.Socket.Remote = netip.AddrPortFrom(n.Socket.Remote.Addr(), 0)
		n.Info = sockets.TCPInfo{Known: true}
		if i == 0 {
			n.Socket.Local = netip.AddrPortFrom(netip.IPv4Unspecified(), n.Socket.Local.Port())
		}
	}
	w.sent = append(w.sent, delayed{n, w.step + w.rand.IntN(w.delay+1)})
}

func (w *wire) now() time.Time { return began.Add(time.Duration(w.step) * 50 * time.Millisecond) }

// move lets a connection go on: towards its end.
func (w *wire) move(c *wired) {
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
			c.ends[first].ID = w.id
		}
		c.ends[first].State, c.ends[first].Inode, c.ends[first].NoOwner = sockets.TimeWait, 0, sockets.InTimeWait
		c.ends[other].State = sockets.CloseWait
	case 1:
		c.phase = 2
		c.fins[other] = !c.reset
		w.end(c, other, false)
		c.in[other] = false
	default:
		c.in[first] = false // its TIME_WAIT is over
	}
}

func (w *wire) snapshot() *sockets.Snapshot {
	s := &sockets.Snapshot{Time: w.now(), Ephemeral: sockets.PortRange{First: 32768, Last: 60999}}
	s.Sockets = append(s.Sockets, sockets.Socket{
		ID: 1, Protocol: sockets.TCP, State: sockets.Listen, Inode: 1, Local: netip.AddrPortFrom(loopback4, 3000),
	})
	for _, c := range w.table {
		asked, passed := c.fresh && w.rand.IntN(4) == 0, -1
		if c.fresh && !asked && w.rand.IntN(4) == 0 {
			passed = w.rand.IntN(2) // the table was beyond that end when it came
		}
		if c.fresh = false; asked {
			s.Sockets = append(s.Sockets, w.request(c))
		}
		for i := range c.ends {
			if c.in[i] && (i == 0 || !asked) && i != passed {
				s.Sockets = append(s.Sockets, c.ends[i])
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
func (w *wire) request(c *wired) sockets.Socket {
	w.id++
	r := c.ends[1]
	r.ID, r.Inode, r.State, r.NoOwner = w.id, 0, sockets.SynRecv, sockets.NotAccepted
	return r
}

func (w *wire) drain() []sockets.Notice {
	var due []sockets.Notice
	var rest []delayed
	for _, d := range w.sent {
		if d.at <= w.step {
			due = append(due, d.notice)
		} else {
			rest = append(rest, d)
		}
	}
	w.sent = rest
	w.rand.Shuffle(len(due), func(i, j int) { due[i], due[j] = due[j], due[i] })
	return due
}

// anything lets one thing happen.
func (w *wire) anything(watched bool) {
	w.step++
	if len(w.table) == 0 || w.rand.IntN(3) == 0 {
		w.open(watched)
		return
	}
	w.move(w.table[w.rand.IntN(len(w.table))])
}

// TestHearOnce lets connections come and go in every way, with notices that
// come at any time, between snapshots at any time: each is told to close once,
// and opens at most once, before that.
func TestHearOnce(t *testing.T) {
	for seed := range uint64(400) {
		w := &wire{rand: rand.New(rand.NewPCG(seed, 4)), id: 1, delay: int(seed%4) * 15}
		m := NewMonitor()
		m.Listen()
		for range w.rand.IntN(40) {
			w.anything(false)
		}
		m.Advance(w.snapshot())
		w.sent = nil // nobody listened
		for _, c := range w.table {
			c.whole = c.phase == 0
			c.alive = c.phase < 2 // of what was reset one end is still open
		}
		tell := told{t: t, seed: seed, events: map[netip.AddrPort][]Event{}}
		for range 300 {
			w.anything(true)
			if w.rand.IntN(10) == 0 {
				tell.add(m.Hear(w.drain(), false))
			}
			if w.rand.IntN(20) == 0 {
				next := w.snapshot()
				for range w.rand.IntN(3) {
					w.anything(true) // while the table is read, and after
				}
				tell.add(m.Hear(w.drain(), false))
				tell.add(m.Advance(next))
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
			tell.add(m.Hear(w.drain(), false))
			tell.add(m.Advance(next))
		}
		tell.judge(w)
		checkForgotten(t, m)
	}
}

// checkForgotten looks for what stays in memory when all is over.
func checkForgotten(t *testing.T, m *Monitor) {
	t.Helper()
	if n := len(m.hears.partings); n > 0 {
		t.Errorf("%d partings are left", n)
	}
	if n := len(m.hears.known); n > 0 {
		t.Errorf("%d IDs are remembered", n)
	}
	if n := len(m.hears.resets) + len(m.hears.told) + len(m.hears.alone); n > 0 {
		t.Errorf("%d resets and told ones are left", n)
	}
}
