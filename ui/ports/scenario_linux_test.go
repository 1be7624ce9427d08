package ports

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/sockets/probe"
	"lotop/sockets/socketstest"
)

// scenario is a random set of real sockets on one port.
type scenario struct {
	t           testing.TB
	r           *rand.Rand
	actors      []*socketstest.Process // some of another user, when root
	forks       []*socketstest.Process // that inherited sockets of the actors
	helper      *socketstest.Process   // holds what is not on the port
	source      sockets.Source
	hideOptions bool // the options of the sockets are hidden
	proto       sockets.Protocol
	port        uint16
	props       []prop
	far         []socketstest.Sock // the helper's ends
	log         []string
	misses      []string // where lotop and the kernel differ
	handed      bool     // the kernel has chosen the port
	sums        *tally
}

// prop is a socket of the scene, with who holds it.
type prop struct {
	by      *socketstest.Process
	sock    socketstest.Sock
	listens bool
}

func newScenario(t testing.TB, r *rand.Rand, actors []*socketstest.Process, helper *socketstest.Process, sums *tally) *scenario {
	source, err := live.Open(live.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scenario{t: t, r: r, actors: actors, helper: helper, source: source, proto: sockets.TCP, sums: sums}
	if s.chance(4) {
		s.proto = sockets.UDP
	}
	if s.chance(4) {
		s.auto()
	} else {
		s.port = socketstest.FreePort(t, s.proto.String())
	}
	return s
}

func (s *scenario) note(format string, args ...any) {
	s.log = append(s.log, fmt.Sprintf(format, args...))
}

func (s *scenario) miss(format string, args ...any) {
	s.misses = append(s.misses, fmt.Sprintf(format, args...))
}

func (s *scenario) story() string { return strings.Join(s.log, "\n") }

func (s *scenario) chance(oneIn int) bool { return s.r.IntN(oneIn) == 0 }

func (s *scenario) actor() *socketstest.Process { return s.actors[s.r.IntN(len(s.actors))] }

func (s *scenario) pick(words ...string) string { return words[s.r.IntN(len(words))] }

func (s *scenario) ours(pid int) bool {
	return s.helper.PID() == pid || slices.ContainsFunc(slices.Concat(s.actors, s.forks), func(p *socketstest.Process) bool {
		return p.PID() == pid
	})
}

func (s *scenario) options() []socketstest.SockOption {
	var o []socketstest.SockOption
	if s.chance(2) {
		o = append(o, socketstest.ReuseAddr)
	}
	if s.chance(4) {
		o = append(o, socketstest.ReusePort)
	}
	if s.chance(8) && os.Geteuid() == 0 {
		o = append(o, socketstest.Device("lo"))
	}
	if s.proto == sockets.TCP && s.chance(6) {
		o = append(o, socketstest.MPTCP)
	}
	return o
}

// address picks where to bind, with the network and options that belong to it.
func (s *scenario) address(protocol string) (network, addr string, o []socketstest.SockOption) {
	host := s.pick("127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.6", "0.0.0.0", "[::1]", "[::1]", "[::]", "[::]",
		"[::ffff:127.0.0.1]", "[::ffff:0.0.0.0]")
	network, o = protocol+"4", s.options()
	if host[0] == '[' {
		network = protocol + "6"
		if host == "[::]" && s.chance(2) {
			o = append(o, socketstest.V6Only)
		} else {
			o = append(o, socketstest.DualStack)
		}
	}
	return network, fmt.Sprintf("%s:%d", host, s.port), o
}

// add tries to put one more socket of a random kind on the port. What the
// kernel refuses is left out: the scene is what it allowed.
func (s *scenario) add() {
	kinds := []func(){
		s.listenOnly, s.listenOnly, s.bound, s.accepted, s.accepted, s.notAccepted, s.closing, s.closing,
		s.client, s.client, s.clientTimeWait, s.self, s.reset, s.synSent, s.synRecv, s.share,
	}
	if s.proto == sockets.UDP {
		kinds = []func(){s.boundUDP, s.connectedUDP, s.boundUDP, s.connectedUDP, s.share}
	}
	kinds[s.r.IntN(len(kinds))]()
}

func (s *scenario) keep(p prop, format string, args ...any) {
	s.props = append(s.props, p)
	s.note("%s %s → %s by %d", fmt.Sprintf(format, args...), p.sock.Local, p.sock.Remote, p.by.PID())
}

func (s *scenario) drop(by *socketstest.Process, fd int) {
	s.props = slices.DeleteFunc(s.props, func(p prop) bool { return p.by == by && p.sock.FD == fd })
}

// share hands one of the sockets on to a child of its process.
func (s *scenario) share() {
	if len(s.props) == 0 || len(s.forks) > 0 {
		return
	}
	p := s.props[s.r.IntN(len(s.props))]
	g := p.by.Fork([]socketstest.Sock{p.sock})
	s.forks = append(s.forks, g)
	p.by, p.sock = g, g.Inherited()[0]
	s.keep(p, "inherited")
}

// rows lists what is on the port now.
func (s *scenario) rows() []model.Row {
	m, err := readTracker(context.Background(), s.source)
	if err != nil {
		s.t.Fatal(err)
	}
	return m.ByPort(s.proto, s.port)
}

// end closes the sockets that are meant. It returns false if one of them cannot
// be closed by this user.
func (s *scenario) end(meant func(*sockets.Socket) bool) bool {
	for _, r := range s.rows() {
		if meant(r.Socket) && !s.close(r.Socket) {
			return false
		}
	}
	return true
}

func (s *scenario) close(k *sockets.Socket) bool {
	all := true
	for _, o := range k.Owners {
		i := slices.IndexFunc(s.props, func(p prop) bool { return p.by.PID() == int(o.PID) && p.sock.FD == int(o.FD) })
		if i < 0 {
			all = false
			continue
		}
		p := s.props[i]
		p.by.Close(p.sock)
		s.drop(p.by, p.sock.FD)
	}
	if len(k.Owners) > 0 {
		return all
	}
	// Nobody's: it may have gone with what was closed before it.
	if os.Geteuid() != 0 {
		return false
	}
	_ = probe.Destroy(k)
	return true
}

// clear empties the port for the next set.
func (s *scenario) clear() {
	for _, p := range slices.Clone(s.props) {
		p.by.Close(p.sock)
	}
	for _, k := range s.far {
		s.helper.Close(k)
	}
	for _, g := range s.forks {
		g.Kill()
	}
	_ = s.source.Close()
}

// full reports whether a connection that was made to a listener has filled its
// queue, so that the next one is answered otherwise.
func (s *scenario) full(at netip.AddrPort) bool {
	for _, r := range s.rows() {
		if k := r.Socket; k.State == sockets.Listen && k.RecvQueue > 0 {
			return true
		}
	}
	return false
}
