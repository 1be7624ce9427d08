package track

import (
	"math/rand/v2"
	"net/netip"
	"slices"

	"lotop/model/modeltest"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// chaos makes random sequences of snapshots: few addresses and ports, so that
// sockets meet, collide and come back.
type chaos struct {
	rng  *rand.Rand
	next sockets.ID
	all  []sockets.Socket
	snap [2]sockets.Snapshot
	turn int
}

var (
	chaosHosts    = []string{"127.0.0.1", "127.0.0.2", "::1", "192.168.1.5", "192.168.1.9", "2001:db8::1", "0.0.0.0", "::"}
	chaosUnpaired = []sockets.State{sockets.Listen, sockets.Bound}
	chaosPaired   = []sockets.State{sockets.SynSent, sockets.SynRecv, sockets.Established, sockets.FinWait1, sockets.FinWait2, sockets.CloseWait, sockets.LastAck, sockets.TimeWait}
	chaosReasons  = []sockets.NoOwnerReason{sockets.NoReason, sockets.NotAccepted, sockets.OtherUser}
)

func pick[T any](rng *rand.Rand, from []T) T { return from[rng.IntN(len(from))] }

func (c *chaos) endpoint() netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(pick(c.rng, chaosHosts)), uint16(100+c.rng.IntN(4)))
}

func (c *chaos) socket() sockets.Socket {
	c.next++
	s := sockets.Socket{ID: c.next, Protocol: sockets.TCP, State: pick(c.rng, chaosUnpaired), Local: c.endpoint(), NoOwner: pick(c.rng, chaosReasons)}
	s.V6 = s.Local.Addr().Is6()
	if c.rng.IntN(4) == 0 {
		s.Protocol, s.State = sockets.UDP, sockets.Unconn
	}
	if c.rng.IntN(2) == 0 {
		c.connect(&s, c.endpoint())
	}
	for range c.rng.IntN(3) {
		s.Owners = append(s.Owners, sockets.Owner{PID: int32(10 + c.rng.IntN(5)), FD: int32(c.next)})
	}
	if c.rng.IntN(3) > 0 {
		s.UID, s.HasUID = uint32(c.rng.IntN(3)), true
	}
	return s
}

func (c *chaos) connect(s *sockets.Socket, to netip.AddrPort) {
	s.Remote, s.State = to, pick(c.rng, chaosPaired)
	if s.Protocol == sockets.UDP {
		s.State = sockets.Established
	}
}

// step opens, changes and closes sockets, some of them in pairs.
func (c *chaos) step() *sockets.Snapshot {
	c.all = slices.DeleteFunc(c.all, func(sockets.Socket) bool { return c.rng.IntN(6) == 0 })
	for i := range c.all {
		if s := &c.all[i]; c.rng.IntN(4) == 0 {
			switch {
			case s.Protocol == sockets.UDP && c.rng.IntN(2) == 0:
				s.Remote, s.State = netip.AddrPort{}, sockets.Unconn
			case s.Protocol == sockets.UDP:
				c.connect(s, c.endpoint())
			case s.State == sockets.TimeWait: // has nothing before it
			case s.Connected():
				before := s.State
				c.connect(s, s.Remote)
				switch {
				case s.State == sockets.SynRecv:
					s.State = before // nothing comes back to that
				case before == sockets.SynRecv:
					s.State = sockets.Established
				}
			default:
				s.State = pick(c.rng, chaosUnpaired)
			}
		}
	}
	for range c.rng.IntN(6) {
		s := c.socket()
		c.add(s)
		if s.Connected() && c.rng.IntN(2) == 0 {
			other := c.socket()
			other.Protocol, other.Local = s.Protocol, s.Remote
			c.connect(&other, s.Local)
			c.add(other)
		}
	}
	c.rng.Shuffle(len(c.all)/2, func(i, j int) { c.all[i], c.all[j] = c.all[j], c.all[i] })
	s := &c.snap[c.turn]
	c.turn = 1 - c.turn
	// The memory of the snapshot before the last is used again, as by a source.
	s.Sockets = append(s.Sockets[:0], c.all...)
	if len(c.all) > 0 && c.rng.IntN(3) == 0 {
		s.Sockets = append(s.Sockets, pick(c.rng, c.all))
	}
	return s
}

// add leaves out what no kernel allows: two live TCP sockets with the same
// addresses.
func (c *chaos) add(s sockets.Socket) {
	twin := func(o sockets.Socket) bool {
		return s.Protocol == sockets.TCP && s.Connected() && fiveTupleOf(&o) == fiveTupleOf(&s) && o.State != sockets.TimeWait
	}
	if !slices.ContainsFunc(c.all, twin) {
		c.all = append(c.all, s)
	}
}

func newChaos(seed uint64) *chaos {
	c := &chaos{rng: rand.New(rand.NewPCG(seed, 0))}
	base := sockets.Snapshot{
		Time:      modeltest.Began,
		Processes: map[int32]*process.Process{},
		Users:     map[uint32]untrusted.Text{0: untrusted.New("root"), 1: untrusted.New("ada"), 2: untrusted.New("ada")},
		Addresses: []netip.Addr{netip.MustParseAddr("192.168.1.5")},
	}
	for _, pid := range []int{10, 11, 12, 13} { // 14 has ended
		base.Processes[int32(pid)] = modeltest.Process(10 + pid%2)
	}
	c.snap = [2]sockets.Snapshot{base, base}
	return c
}
