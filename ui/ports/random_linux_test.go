package ports

import (
	"context"
	"flag"
	"math/rand/v2"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/sockets/probe"
	"lotop/sockets/process"
	"lotop/sockets/socketstest"
)

var (
	sets        = flag.Int("sets", 0, "how many random sets of sockets TestRandomSets checks, 0 for as many as fit in 5s (1s with -short)")
	hideOptions = flag.Bool("blind", false, "only sets whose sockets tell nothing of themselves, as other users' do")

	seed = flag.Uint64("seed", 0, "seed of the random sets, 0 for a new one")
)

// minSets is how many random sets are checked on a machine that is too slow for
// them in the time.
const minSets = 20

// more reports whether TestRandomSets goes on after n sets.
func more(n int, start time.Time) bool {
	if *sets > 0 {
		return n < *sets
	}
	limit := 5 * time.Second
	if testing.Short() {
		limit = time.Second
	}
	return n < minSets || time.Since(start) < limit
}

func newService() *Service {
	return &Service{
		Reader: process.NewReader(""),
		Open:   func() (sockets.Source, error) { return live.Open(live.Options{}) },
	}
}

// TestRandomSets holds every field of a diagnosis against the kernel: each
// bind's answer, each claim about a blocker with only that blocker open, the
// promise that an address is free once all that block or may block it are gone,
// and that the port is free once everything on it is closed.
func TestRandomSets(t *testing.T) {
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", s)
	isolate(t)
	source := rand.NewPCG(s, 0)
	actors := []*socketstest.Process{socketstest.Start(t), socketstest.Start(t)}
	if os.Geteuid() == 0 {
		actors = append(actors, socketstest.Start(t, socketstest.AsUserNobody()))
	}
	helper := socketstest.Start(t)
	sums := newTally()
	start := time.Now()
	for i := 0; more(i, start); i++ {
		before := *source
		sc := play(t, source, actors, helper, sums)
		if len(sc.misses) > 0 && sc.handed {
			// The kernel hands such a port out to others as well, and one who had it
			// for a moment leaves no trace. What is lotop's fault happens again.
			t.Logf("set %d, once more because of %q", i, sc.misses)
			sums.again++
			*source = before
			sc = play(t, source, actors, helper, sums)
		}
		for _, miss := range sc.misses {
			t.Error(miss)
		}
		if t.Failed() {
			t.Fatalf("set %d of seed %d:\n%v", i, s, sc.story())
		}
	}
	sums.report(t)
}

// isolate gives the test, if it may, a network of its own: no sockets of others
// disturb it there, or make it slow. The network belongs to a thread, which ends
// with the test.
func isolate(t *testing.T) {
	if os.Geteuid() != 0 {
		return
	}
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		t.Log("no network of its own:", err)
		return
	}
	socketstest.LoopbackUp(t)
}

// play makes one set and checks what lotop says of it.
func play(t *testing.T, source *rand.PCG, actors []*socketstest.Process, helper *socketstest.Process, sums *tally) *scenario {
	s := newScenario(t, rand.New(source), actors, helper, sums)
	s.hideOptions = *hideOptions || s.chance(3)
	for range s.r.IntN(6) {
		s.add()
	}
	s.check()
	s.clear()
	return s
}

// target picks what is asked about: the bare port, or one address.
func (s *scenario) target() bind.Target {
	t := bind.Target{Protocol: s.proto, Port: s.port, Hosts: bind.AnyHost()}
	one := []string{"127.0.0.1", "127.0.0.2", "0.0.0.0", "::1", "::", "127.0.0.6"}
	if i := s.r.IntN(2 * len(one)); i < len(one) {
		t.Hosts = []netip.Addr{netip.MustParseAddr(one[i])}
	}
	return t
}

func (s *scenario) diagnose(t bind.Target) bind.Diagnosis {
	f := newService()
	f.hideOptions = s.hideOptions
	d, err := f.Diagnose(context.Background(), t, false)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *scenario) check() {
	target := s.target()
	s.note("asked about %v, blind %v", target.Hosts, s.hideOptions)
	d := s.diagnose(target)
	if s.disturbed(&d) {
		return
	}
	s.sums.count(&d, s.hideOptions)
	s.checkAnswers(d)
	if len(d.Blockers) > 0 {
		if s.r.IntN(2) == 0 {
			s.checkAlone(&d.Blockers[s.r.IntN(len(d.Blockers))], d)
		} else {
			s.checkStop(target.Hosts[s.r.IntN(len(target.Hosts))], s.r.IntN(2) == 0, d)
		}
		// What is left is a set of its own.
		if d = s.diagnose(target); s.disturbed(&d) {
			return
		}
		s.checkAnswers(d)
	}
	s.checkFree(target)
}

// disturbed reports whether another program has the port: the test of another
// package, on a port that the kernel handed out.
func (s *scenario) disturbed(d *bind.Diagnosis) bool {
	for i := range d.Blockers {
		r := d.Blockers[i].Row
		if r.Socket == nil {
			continue
		}
		for _, o := range r.Socket.Owners {
			if !s.ours(int(o.PID)) {
				s.sums.disturbed++
				return true
			}
		}
	}
	return false
}

func (s *scenario) checkAnswers(d bind.Diagnosis) {
	want := bind.VerdictFree
	for i, host := range d.Target.Hosts {
		a := d.Binds[i]
		plain, reuse := s.bind(host, false), s.bind(host, true)
		if a.Host != host || plain != string(a.Plain) || reuse != string(a.Reuse) {
			s.miss("%s: said %s: %s and %s, the kernel says %s and %s", host, a.Host, a.Plain, a.Reuse, plain, reuse)
		}
		switch {
		case reuse != "ok":
			want = bind.VerdictTaken
		case plain != "ok" && want == bind.VerdictFree:
			want = bind.VerdictReuse
		}
	}
	if d.Verdict != want {
		s.miss("verdict %s, want %s", d.Verdict, want)
	}
	for i := range d.Blockers {
		if h := &d.Blockers[i]; h.Cause == bind.CauseUnknown {
			s.miss("unseen holder: %+v", *h)
		}
	}
	for _, c := range d.Connects {
		at := netip.AddrPortFrom(c.Host, s.port)
		want := c.Status
		if want == bind.ConnectListening {
			want = "open"
		}
		if got := probe.Connect(context.Background(), at); got != want && !s.full(at) {
			s.miss("connect to %s: said %s, the kernel says %s", at, c.Status, got)
		}
	}
}

func (s *scenario) bind(host netip.Addr, reuse bool) string {
	return probe.ErrnoName(probe.Bind(s.proto, netip.AddrPortFrom(host, s.port), probe.BindOptions{ReuseAddr: reuse, DualStack: true}))
}

// checkAlone ends every other socket and asks the kernel about this one.
func (s *scenario) checkAlone(h *bind.Blocker, d bind.Diagnosis) {
	if !s.end(func(k *sockets.Socket) bool { return k.ID != h.Row.Socket.ID }) {
		return
	}
	rest := s.rows()
	if len(rest) != 1 || rest[0].Socket.ID != h.Row.Socket.ID {
		return // it cannot be alone: a connection in the queue goes with its listener
	}
	s.sums.alone++
	for _, host := range d.Target.Hosts {
		s.hold(h, host, s.bind(host, false), "plain", h.Blocks, h.MayBlock)
		s.hold(h, host, s.bind(host, true), "reuse", h.BlocksReuse, h.MayBlockReuse)
	}
}

func (s *scenario) hold(h *bind.Blocker, host netip.Addr, answer, how string, blocks, may []netip.Addr) {
	switch refused := answer != "ok"; {
	case slices.Contains(may, host):
		if slices.Contains(blocks, host) {
			s.miss("%s is both certain and uncertain", host)
		}
	case slices.Contains(blocks, host) != refused:
		s.miss("%s %s alone, %s bind to %s: the kernel says %s; blocks %v, may block %v",
			h.Cause, h.Row.Socket.Local, how, host, answer, blocks, may)
	}
}

// checkStop ends what blocks or may block an address, and binds it.
func (s *scenario) checkStop(host netip.Addr, reuse bool, d bind.Diagnosis) {
	meant := map[sockets.ID]bool{}
	for i := range d.Blockers {
		h := &d.Blockers[i]
		certain, may := h.Blocks, h.MayBlock
		if reuse {
			certain, may = h.BlocksReuse, h.MayBlockReuse
		}
		if slices.Contains(certain, host) || slices.Contains(may, host) {
			meant[h.Row.Socket.ID] = true
		}
	}
	if !s.end(func(k *sockets.Socket) bool { return meant[k.ID] }) {
		return
	}
	s.sums.ended++
	var answer string
	// What is left of MPTCP goes a little later than its sockets (mptcp_worker).
	bound := socketstest.Eventually(func() bool {
		answer = s.bind(host, reuse)
		return answer == "ok"
	})
	if !bound {
		s.miss("all that block %s have gone (reuse %v), and the kernel says %s", host, reuse, answer)
	}
}

// checkFree closes everything on the port.
func (s *scenario) checkFree(target bind.Target) {
	if !s.end(func(*sockets.Socket) bool { return true }) {
		return
	}
	closed := socketstest.Eventually(func() bool {
		s.end(func(*sockets.Socket) bool { return true }) // what closing left behind
		return len(s.rows()) == 0
	})
	if !closed {
		s.miss("everything was closed, and there is still %+v", *s.rows()[0].Socket)
		return
	}
	s.sums.emptied++
	if d := s.diagnose(target); d.Verdict != bind.VerdictFree || len(d.Blockers) > 0 {
		s.miss("everything is closed, and the verdict is %s: %+v", d.Verdict, d.Blockers)
	}
}
