package freeing

import (
	"context"
	"flag"
	"math/rand/v2"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/socketstest"
)

var (
	sets = flag.Int("sets", 200, "how many random sets of sockets to hold against the kernel")
	seed = flag.Uint64("seed", 0, "seed of the random sets, 0 for a new one")
)

func newFreer() *Freer {
	return &Freer{
		Reader: process.NewReader(""),
		Open:   func() (sockets.Source, error) { return sockets.Open(sockets.Options{}) },
	}
}

// TestRandomSets holds every field of a diagnosis against the kernel: each
// bind's answer, each claim about a holder with only that holder alive, and the
// promise that an address is free once all that block or may block it are gone.
func TestRandomSets(t *testing.T) {
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d, %d sets", s, *sets)
	seen := map[model.Cause]int{}
	uncertain := 0
	r := rand.New(rand.NewPCG(s, 0))
	actors := []*socketstest.Process{socketstest.Start(t), socketstest.Start(t)}
	if os.Geteuid() == 0 {
		actors = append(actors, socketstest.Start(t, socketstest.AsNobody()))
	}
	helper := socketstest.Start(t)
	for i := range *sets {
		sc := &scene{t: t, r: r, actors: actors, helper: helper, proto: sockets.TCP, seen: seen, uncertain: &uncertain}
		if r.IntN(4) == 0 {
			sc.proto = sockets.UDP
		}
		sc.port = socketstest.FreePort(t, sc.proto.String())
		for range r.IntN(6) {
			sc.add()
		}
		sc.check()
		sc.clear()
		if t.Failed() {
			t.Fatalf("set %d of seed %d:\n%v", i, s, sc.log)
		}
	}
	t.Logf("holders by cause: %v; %d claims left uncertain", seen, uncertain)
	for _, c := range []model.Cause{model.CauseListener, model.CauseBound, model.CauseAccepted, model.CauseNotAccepted, model.CauseTimeWait, model.CauseClient, model.CauseSelf} {
		if *sets >= 100 && seen[c] == 0 {
			t.Errorf("no set had a holder of cause %s", c)
		}
	}
}

func (s *scene) diagnose() model.Diagnosis {
	d, err := newFreer().Diagnose(context.Background(), model.Target{Protocol: s.proto, Port: s.port, Hosts: model.AnyHost()})
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

func (s *scene) check() {
	d := s.diagnose()
	s.checkAnswers(d)
	for i := range d.Holders {
		h := &d.Holders[i]
		s.seen[h.Cause]++
		*s.uncertain += len(h.MayBlock) + len(h.MayBlockReuse)
		if h.Cause == model.CauseUnseen {
			s.t.Errorf("unseen holder: %+v", *h)
		}
	}
	if len(d.Holders) == 0 {
		return
	}
	if s.r.IntN(2) == 0 {
		s.checkAlone(&d.Holders[s.r.IntN(len(d.Holders))], d)
	} else {
		s.checkEnding(model.AnyHost()[s.r.IntN(4)], d)
	}
}

func (s *scene) checkAnswers(d model.Diagnosis) {
	for _, a := range d.Binds {
		plain, reuse := s.bind(a.Host, false), s.bind(a.Host, true)
		if plain != string(a.Plain) || reuse != string(a.Reuse) {
			s.t.Errorf("%s: said %s and %s, the kernel says %s and %s", a.Host, a.Plain, a.Reuse, plain, reuse)
		}
	}
}

func (s *scene) bind(host netip.Addr, reuse bool) string {
	return sockets.Answer(sockets.TryBind(s.proto, netip.AddrPortFrom(host, s.port), sockets.BindOptions{ReuseAddr: reuse, DualStack: true}))
}

// checkAlone ends every other holder and asks the kernel about this one.
func (s *scene) checkAlone(h *model.Holder, d model.Diagnosis) {
	if !s.end(d, func(other *model.Holder) bool { return other.Row.Socket.ID != h.Row.Socket.ID }) {
		return
	}
	after := s.diagnose()
	if len(after.Holders) != 1 || after.Holders[0].Row.Socket.ID != h.Row.Socket.ID {
		return // it cannot be alone: a connection in the queue goes with its listener
	}
	for _, host := range model.AnyHost() {
		s.hold(h, host, s.bind(host, false), "plain", h.Blocks, h.MayBlock)
		s.hold(h, host, s.bind(host, true), "reuse", h.BlocksReuse, h.MayBlockReuse)
	}
}

func (s *scene) hold(h *model.Holder, host netip.Addr, answer, how string, blocks, may []netip.Addr) {
	switch refused := answer != "ok"; {
	case slices.Contains(may, host):
	case slices.Contains(blocks, host) != refused:
		s.t.Errorf("%s %s alone, %s bind to %s: the kernel says %s; blocks %v, may block %v",
			h.Cause, h.Row.Socket.Local, how, host, answer, blocks, may)
	}
}

// checkEnding ends what blocks or may block an address, and binds it.
func (s *scene) checkEnding(host netip.Addr, d model.Diagnosis) {
	ended := s.end(d, func(h *model.Holder) bool {
		return slices.Contains(h.Blocks, host) || slices.Contains(h.MayBlock, host)
	})
	if answer := s.bind(host, false); ended && answer != "ok" {
		s.t.Errorf("all that block %s have gone, and the kernel says %s", host, answer)
	}
}

// end closes the sockets of the holders that are meant. It tells false if one
// of them cannot be closed by this user.
func (s *scene) end(d model.Diagnosis, meant func(*model.Holder) bool) bool {
	for i := range d.Holders {
		h := &d.Holders[i]
		if meant(h) && !s.close(h.Row.Socket) {
			return false
		}
	}
	return true
}

func (s *scene) close(k *sockets.Socket) bool {
	for _, o := range k.Owners {
		for _, p := range s.props {
			if p.by.PID() == int(o.PID) && p.sock.FD == int(o.FD) {
				p.by.Close(p.sock)
				s.drop(p.by, p.sock)
				return true
			}
		}
	}
	if len(k.Owners) > 0 {
		return false
	}
	// Nobody's: it may have gone with what was closed before it.
	if os.Geteuid() != 0 {
		return false
	}
	_ = sockets.Destroy(k)
	return true
}

// clear empties the port for the next set.
func (s *scene) clear() {
	for _, p := range slices.Clone(s.props) {
		p.by.Close(p.sock)
	}
	for _, k := range s.far {
		s.helper.Close(k)
	}
}
