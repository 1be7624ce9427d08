package live

import (
	"slices"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// The kernel itself leaves out what has none of the ports, in every table, and
// nothing else; the second source does so too.
func TestReadPortsOnly(t *testing.T) {
	p := socketstest.Start(t)
	wanted, other := p.Listen("tcp4", "127.0.0.1:0"), p.Listen("tcp6", "[::1]:0")
	bound, udp := p.Bind("tcp4", "127.0.0.1:0"), p.QuietUDP("127.0.0.1")
	client := p.Dial(wanted.Target())
	server := p.Accept(wanted)
	p.Dial(other.Target())
	port := func(s socketstest.Sock) uint16 { return s.Local.Port() }
	ports := []sockets.PortRange{{First: port(wanted), Last: port(wanted)}, {First: port(bound), Last: port(bound)}, {First: 1, Last: 1}, {First: port(udp), Last: port(udp)}}
	for kind, all := range map[Kind][]socketstest.Sock{
		SockDiag: {wanted, client, server, bound, udp},
		Netstat:  {wanted, client, server, udp},
	} {
		source, err := Open(Options{Kind: kind, Ports: ports})
		if err != nil {
			t.Fatal(err)
		}
		defer source.Close()
		e := &observer{t: t, source: source}
		e.refresh()
		for _, s := range all {
			e.findOne(s.Network, s.Local, s.Remote)
		}
		if got := withoutTimeWait(e.Sockets); len(got) != len(all) {
			t.Errorf("%s: %d sockets, want %d: %v", kind, len(got), len(all), got)
		}
	}
}

// withoutTimeWait leaves out the TIME_WAITs that other tests have left on these ports.
func withoutTimeWait(all []sockets.Socket) []sockets.Socket {
	return slices.DeleteFunc(slices.Clone(all), func(s sockets.Socket) bool { return s.State == sockets.TimeWait })
}

// Who holds what is known at once for a new socket, and soon for one that is
// handed on.
func TestPortsOnlyHasOwners(t *testing.T) {
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	opened, err := Open(Options{Kind: SockDiag, Ports: []sockets.PortRange{{First: l.Local.Port(), Last: l.Local.Port()}}})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	e := &observer{t: t, source: opened}
	clock := opened.(*source)
	now := clock.now()
	clock.now = func() (at time.Time) { return now }
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.Local, noAddr), l)
	c := p.Dial(l.Target())
	e.refresh() // at the same moment: it is new, so it is looked for
	e.checkOwners(e.findOne("tcp4", c.Local, l.Local), c)
	child := p.Fork([]socketstest.Sock{l})
	defer child.Kill()
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.Local, noAddr), l) // as it is remembered
	now = now.Add(scanInterval)
	e.refresh()
	if s := e.findOne("tcp4", l.Local, noAddr); !slices.ContainsFunc(s.Owners, func(o sockets.Owner) bool { return o.PID == int32(child.PID()) }) {
		t.Errorf("the child does not show after %v: %v", scanInterval, s.Owners)
	}
}
