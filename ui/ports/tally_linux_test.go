package ports

import (
	"testing"

	"lotop/model/bind"
)

// tally sums up over all sets.
type tally struct {
	causes       map[bind.Cause]int
	seeing       unsettled
	blind        unsettled // of sets whose socket options are hidden
	alone, ended int
	emptied      int
	disturbed    int // by a program that was seen
	again        int // by one that was not, it seems
}

// unsettled counts what a diagnosis left open.
type unsettled struct {
	sets, uncertain int // sets, and those with an uncertain claim
	claims, may     int
	by              map[string]int // claims by cause
}

func newTally() *tally {
	return &tally{causes: map[bind.Cause]int{}, seeing: unsettled{by: map[string]int{}}, blind: unsettled{by: map[string]int{}}}
}

func (y *tally) count(d *bind.Diagnosis, blind bool) {
	for i := range d.Blockers {
		y.causes[d.Blockers[i].Cause]++
	}
	if blind {
		y.blind.count(d)
	} else {
		y.seeing.count(d)
	}
}

func (u *unsettled) count(d *bind.Diagnosis) {
	before := u.may
	for i := range d.Blockers {
		h := &d.Blockers[i]
		u.claims += 2 * len(d.Target.Hosts)
		u.add(string(h.Cause), len(h.MayBlock))
		u.add(string(h.Cause)+" reuse", len(h.MayBlockReuse))
	}
	u.sets++
	if u.may > before {
		u.uncertain++
	}
}

func (u *unsettled) add(what string, n int) {
	if n > 0 {
		u.may += n
		u.by[what] += n
	}
}

func (u *unsettled) report(t *testing.T, who string) {
	t.Helper()
	t.Logf("%s: %d of %d claims left uncertain, in %d of %d sets: %v", who, u.may, u.claims, u.uncertain, u.sets, u.by)
}

func (y *tally) report(t *testing.T) {
	t.Helper()
	t.Logf("holders by cause: %v", y.causes)
	y.seeing.report(t, "with the right to ask")
	y.blind.report(t, "without")
	t.Logf("a holder alone: %d times, an address freed: %d, the port emptied: %d; disturbed by others: %d, played again: %d", y.alone, y.ended, y.emptied, y.disturbed, y.again)
	for _, c := range []bind.Cause{
		bind.CauseListener, bind.CauseBound, bind.CauseAccepted, bind.CauseNotAccepted, bind.CauseTimeWait,
		bind.CauseClient, bind.CauseSelf, bind.CauseClosing,
	} {
		if y.seeing.sets+y.blind.sets >= 140 && y.causes[c] == 0 {
			t.Errorf("no set had a holder of cause %s", c)
		}
	}
}
