package track

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"testing"
	"time"

	"lotop/model"
	"lotop/model/query"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// load50k is a busy machine: 1,000 listeners and 24,500 loopback connections,
// both ends in the table, in 200 processes. As in the kernel's, the order of the
// table is a random one that stays from one snapshot to the next.
type load50k struct {
	snaps [2]sockets.Snapshot
	turn  int
	rng   *rand.Rand
	next  sockets.ID
	port  int // numbers the clients, for their address and port
	pairs [][2]int
}

const loadListeners, loadPairs, loadProcesses = 1_000, 24_500, 200

func newLoad50k() *load50k {
	c := &load50k{rng: rand.New(rand.NewPCG(1, 2)), next: 1}
	s := &c.snaps[0]
	s.Time = time.Unix(1_800_000_000, 0)
	s.Processes = map[int32]*process.Process{}
	for i := range loadProcesses {
		s.Processes[int32(i+1000)] = &process.Process{
			PID: i + 1000, Start: uint64(i), Started: s.Time.Add(-time.Hour), Name: untrusted.New(fmt.Sprintf("worker-%d", i)),
			Command: untrusted.New(fmt.Sprintf("/usr/bin/node --inspect /srv/shop/worker.js --number %d", i)),
			Args:    []string{"/usr/bin/node", "/srv/shop/worker.js", "--number", fmt.Sprint(i)},
		}
	}
	s.Users = map[uint32]untrusted.Text{1000: untrusted.New("ada"), 1001: untrusted.New("grace")}
	s.Addresses = []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("::1"), netip.MustParseAddr("192.168.1.5")}
	s.Ephemeral = sockets.PortRange{First: 32768, Last: 60999}
	s.Sockets = make([]sockets.Socket, loadListeners+2*loadPairs)
	order := c.rng.Perm(len(s.Sockets))
	for i, at := range order[:loadListeners] {
		s.Sockets[at] = c.socket(sockets.Listen, c.server(i), netip.AddrPort{}, i)
	}
	for i := range loadPairs {
		pair := [2]int{order[loadListeners+2*i], order[loadListeners+2*i+1]}
		c.pairs = append(c.pairs, pair)
		c.connect(s, pair)
	}
	c.snaps[1] = *s
	c.snaps[1].Sockets = append([]sockets.Socket(nil), s.Sockets...)
	return c
}

func (c *load50k) socket(state sockets.State, local, remote netip.AddrPort, process int) sockets.Socket {
	c.next++
	return sockets.Socket{
		ID: c.next * 7919, Protocol: sockets.TCP, State: state, Local: local, Remote: remote,
		Inode: uint64(c.next), UID: 1000 + uint32(process%2), HasUID: true,
		Owners: []sockets.Owner{{PID: int32(process%loadProcesses + 1000), FD: int32(c.next)}},
	}
}

func (c *load50k) server(i int) netip.AddrPort {
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(5000+i%loadListeners))
}

func (c *load50k) connect(s *sockets.Snapshot, pair [2]int) {
	c.port++
	client := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 1, byte(c.port / 28000)}), uint16(32768+c.port%28000))
	server := c.server(c.rng.IntN(loadListeners))
	s.Sockets[pair[0]] = c.socket(sockets.Established, client, server, c.port)
	s.Sockets[pair[1]] = c.socket(sockets.Established, server, client, int(server.Port())-5000)
}

// read is what a source does: it fills the older snapshot again. Of the pairs,
// change are replaced by others.
func (c *load50k) read(change int) *sockets.Snapshot {
	last := &c.snaps[c.turn]
	c.turn = 1 - c.turn
	s := &c.snaps[c.turn]
	s.Time = last.Time.Add(time.Second)
	s.Sockets = append(s.Sockets[:0], last.Sockets...)
	for range change {
		c.connect(s, c.pairs[c.rng.IntN(len(c.pairs))])
	}
	return s
}

func BenchmarkUpdate50k(b *testing.B) {
	for _, bb := range []struct {
		name   string
		change int
	}{{"unchanged", 0}, {"1%", loadPairs / 100}} {
		b.Run(bb.name, func(b *testing.B) {
			c, m := newLoad50k(), New()
			m.Update(c.read(0))
			m.Update(c.read(0))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				s := c.read(bb.change)
				b.StartTimer()
				m.Update(s)
			}
		})
	}
}

// BenchmarkRefresh50k is all of the model's part in a refresh of the screen.
func BenchmarkRefresh50k(b *testing.B) {
	for _, change := range []int{0, loadPairs / 100} {
		b.Run(fmt.Sprintf("changed=%d", 2*change), func(b *testing.B) {
			c, m := newLoad50k(), New()
			var rows []model.Row
			refresh := func(s *sockets.Snapshot) {
				m.Update(s)
				rows, _ = m.Rows(rows[:0], ListOptions{Order: model.Order{Column: model.ByLocal}})
			}
			refresh(c.read(0))
			refresh(c.read(0))
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				s := c.read(change)
				b.StartTimer()
				refresh(s)
			}
		})
	}
}

func BenchmarkRows50k(b *testing.B) {
	word, err := query.Parse("worker-17")
	if err != nil {
		b.Fatal(err)
	}
	for _, bb := range []struct {
		name  string
		shape ListOptions
	}{
		{"folded", ListOptions{Order: model.Order{Column: model.ByLocal}}},
		{"unfolded", ListOptions{Order: model.Order{Column: model.ByLocal}, Unfold: true}},
		{"word", ListOptions{Order: model.Order{Column: model.ByLocal}, Match: word.Match}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			c, m := newLoad50k(), New()
			m.Update(c.read(0))
			rows, _ := m.Rows(nil, bb.shape)
			rows, _ = m.Rows(rows[:0], bb.shape) // both lists have their memory
			b.ReportAllocs()
			for b.Loop() {
				rows, _ = m.Rows(rows[:0], bb.shape)
			}
		})
	}
}

// BenchmarkSort50k orders the other way round than the last time (scratch), and
// as the last time with 1 % of the sockets replaced (again). The time is that of
// all of Rows.
func BenchmarkSort50k(b *testing.B) {
	for _, name := range model.ColumnNames() {
		column, _ := model.ParseColumn(name)
		shape := ListOptions{Order: model.Order{Column: column}}
		other := ListOptions{Order: model.Order{Column: column, Reverse: true}}
		b.Run(name+"/scratch", func(b *testing.B) {
			c, m := newLoad50k(), New()
			m.Update(c.read(0))
			rows, _ := m.Rows(nil, shape)
			rows, _ = m.Rows(rows[:0], shape)
			b.ReportAllocs()
			for b.Loop() {
				shape, other = other, shape
				rows, _ = m.Rows(rows[:0], shape)
			}
		})
		b.Run(name+"/again", func(b *testing.B) {
			c, m := newLoad50k(), New()
			m.Update(c.read(0))
			rows, _ := m.Rows(nil, shape)
			rows, _ = m.Rows(rows[:0], shape)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				m.Update(c.read(loadPairs / 100))
				b.StartTimer()
				rows, _ = m.Rows(rows[:0], shape)
			}
		})
	}
}

// BenchmarkMemory50k reports how much memory a screen with 50,000 sockets keeps
// in use by the model: the tracker, both row buffers and a full journal, without
// the snapshots, which the source fills.
func BenchmarkMemory50k(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		c := newLoad50k()
		s := [2]*sockets.Snapshot{c.read(0)}
		s[1] = c.read(0)
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		m, j := New(), NewEventLog(10_000)
		var rows [2][]model.Row
		b.StartTimer()
		for i := range 40 {
			j.Add(m.Update(c.read(loadPairs / 100))...)
			rows[i%2], _ = m.Rows(rows[i%2][:0], ListOptions{})
		}
		b.StopTimer()
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/(1<<20), "MB-kept")
		runtime.KeepAlive(c)
		runtime.KeepAlive(m)
		runtime.KeepAlive(j)
		runtime.KeepAlive(rows)
		b.StartTimer()
	}
}
