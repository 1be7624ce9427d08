// Package bind explains why a bind fails: which sockets block it, by the rules of
// each operating system, and what to do about them.
//
// It works on the results of test binds and the sockets on the port, and does no I/O.
package bind

import (
	"cmp"
	"net/netip"
	"slices"

	"lotop/model"
	"lotop/sockets"
)

// Cause is why a socket blocks a bind.
type Cause string

// The causes, as JSON writes them.
const (
	CauseListener    Cause = "listener"
	CauseBound       Cause = "bound"
	CauseClient      Cause = "client"   // an outgoing connection with the port as its local one
	CauseAccepted    Cause = "accepted" // a connection that a server accepted
	CauseSelf        Cause = "self_connected"
	CauseTimeWait    Cause = "time_wait"
	CauseClosing     Cause = "closing"
	CauseNotAccepted Cause = "not_accepted"
	CauseExcluded    Cause = "excluded_range" // Windows has reserved the port; no process owns it
	CauseUnknown     Cause = "unseen"         // the kernel refuses the bind and no listed socket explains it
)

// Verdict is whether a target can be bound.
type Verdict string

// The verdicts, as JSON writes them.
const (
	VerdictFree         Verdict = "free"
	VerdictReuse        Verdict = "free_with_reuse"
	VerdictTaken        Verdict = "taken"
	VerdictNotPermitted Verdict = "not_permitted"
)

// OK reports whether a server can start now, given that most servers set SO_REUSEADDR.
func (v Verdict) OK() bool { return v == VerdictFree || v == VerdictReuse }

// Blocker is a socket that blocks the bind, or may. Row.Socket is nil for CauseUnknown
// and CauseExcluded.
type Blocker struct {
	Row   model.Row
	Cause Cause
	// Blocks lists the tested addresses at which this socket alone makes a plain bind
	// fail, BlocksReuse those at which SO_REUSEADDR does not help. Both are certain;
	// MayBlock and MayBlockReuse are possible, depending on unknown options.
	Blocks, BlocksReuse     []netip.Addr
	MayBlock, MayBlockReuse []netip.Addr
	Remedies                []Remedy
}

// Diagnosis explains "address already in use".
type Diagnosis struct {
	Target   Target
	Verdict  Verdict
	Binds    []BindResult
	Connects []ConnectResult
	Blockers []Blocker
	// Elsewhere are the sockets that serve the port at other addresses of this
	// machine, if none does at those of the target.
	Elsewhere   []model.Row
	Remedies    []Remedy // that belong to no single blocker
	Notes       []string
	Delegations Delegations // what to stop instead of the owners
	// PlainOnly reports whether only plain binds were tested: on Windows SO_REUSEADDR
	// takes the address away from its owner, so it is no solution.
	PlainOnly bool
	OS        string // the operating system whose rules apply, as Platform.OS
}

// Diagnose returns what blocks a bind. Options that no table shows are inferred from the
// results of test binds; what they do not settle either is reported as possible.
func Diagnose(e Evidence) Diagnosis {
	e.Delegations.Port = e.Target.Port
	d := Diagnosis{
		Target: e.Target, Binds: e.Binds, Connects: e.Connects, Verdict: e.verdict(),
		Delegations: e.Delegations, PlainOnly: e.Platform.windows(), OS: e.Platform.OS,
	}
	switch {
	case e.Platform.linux():
		d.Blockers = e.blockers()
	case e.Platform.macOS():
		d.Blockers = e.blockersMac()
	default:
		d.Blockers = e.blockersByStatus()
		d.addExcluded(&e)
	}
	d.addUnknown()
	slices.SortStableFunc(d.Blockers, compareBlockers)
	d.addElsewhere(&e)
	d.addRemedies(&e)
	d.addNotes(&e)
	return d
}

// blockers returns the blocking sockets by the rules of Linux.
func (e *Evidence) blockers() []Blocker {
	var all []Blocker
	for _, c := range e.candidates() {
		b := Blocker{Row: *c.row, Cause: CauseOf(c.row)}
		b.evaluate(c, e.Binds)
		if b.blocksAny() {
			all = append(all, b)
		}
	}
	return all
}

// CauseOf returns the cause for which the row's socket can block a bind.
func CauseOf(r *model.Row) Cause {
	switch s := r.Socket; {
	case s.State == sockets.Listen:
		return CauseListener
	case s.State == sockets.TimeWait:
		return CauseTimeWait
	case s.NoOwner == sockets.NotAccepted:
		return CauseNotAccepted
	case s.NoOwner == sockets.Orphaned:
		return CauseClosing
	case !s.Connected():
		return CauseBound
	case s.State == sockets.Close:
		// The connection is over; only a socket bound explicitly keeps its port.
		return CauseClient
	case s.Local == s.Remote:
		return CauseSelf
	case r.Inbound:
		return CauseAccepted
	}
	return CauseClient
}

// causeRank orders causes, the likeliest first.
func causeRank(c Cause) int {
	return slices.Index([]Cause{
		CauseListener, CauseBound, CauseSelf, CauseClient, CauseAccepted,
		CauseNotAccepted, CauseClosing, CauseTimeWait, CauseExcluded, CauseUnknown,
	}, c)
}

// compareBlockers orders blockers for display. Among equals the kernel's own order is
// arbitrary, so addresses and IDs decide.
func compareBlockers(a, b Blocker) int {
	if a.Row.Socket == nil || b.Row.Socket == nil {
		return causeRank(a.Cause) - causeRank(b.Cause)
	}
	s, o := a.Row.Socket, b.Row.Socket
	return cmp.Or(causeRank(a.Cause)-causeRank(b.Cause), s.Local.Compare(o.Local), s.Remote.Compare(o.Remote),
		cmp.Compare(s.ID, o.ID))
}

func (b *Blocker) evaluate(c *candidate, results []BindResult) {
	for _, a := range results {
		c.blocks(a.Bind, false).addTo(a.Host, &b.Blocks, &b.MayBlock)
		c.blocks(a.Bind, true).addTo(a.Host, &b.BlocksReuse, &b.MayBlockReuse)
	}
}

func (b *Blocker) blocksAny() bool {
	return len(b.Blocks)+len(b.MayBlock)+len(b.BlocksReuse)+len(b.MayBlockReuse) > 0
}

// addUnknown adds a blocker for the refusals that no socket explains.
func (d *Diagnosis) addUnknown() {
	unknown := Blocker{Cause: CauseUnknown}
	for _, a := range d.Binds {
		if a.Plain == BindInUse && !d.explained(a.Host, false) {
			unknown.Blocks = append(unknown.Blocks, a.Host)
		}
		if a.Reuse == BindInUse && !d.explained(a.Host, true) {
			unknown.BlocksReuse = append(unknown.BlocksReuse, a.Host)
		}
	}
	if unknown.blocksAny() {
		d.Blockers = append(d.Blockers, unknown)
	}
}

func (d *Diagnosis) explained(host netip.Addr, reuse bool) bool {
	for i := range d.Blockers {
		b := &d.Blockers[i]
		certain, possible := b.Blocks, b.MayBlock
		if reuse {
			certain, possible = b.BlocksReuse, b.MayBlockReuse
		}
		if slices.Contains(certain, host) || slices.Contains(possible, host) {
			return true
		}
	}
	return false
}

// VerdictOf sums up bind results. An address family that this system lacks does not
// count.
func VerdictOf(results []BindResult) Verdict {
	v := VerdictFree
	for _, a := range results {
		switch {
		case a.Plain == BindOK || a.familyMissing():
		case a.Plain != BindInUse:
			return VerdictNotPermitted
		case a.Reuse == BindOK:
			if v == VerdictFree {
				v = VerdictReuse
			}
		default:
			v = VerdictTaken
		}
	}
	return v
}

func (a *BindResult) familyMissing() bool { return a.Plain == "EAFNOSUPPORT" }
