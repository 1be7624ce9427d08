// Package bind explains why a bind fails: which sockets block it, by the rules of
// each operating system, and what to do about them.
//
// It is given the results of real binds and the sockets on the port, and asks
// nobody itself.
package bind

import (
	"cmp"
	"net/netip"
	"slices"

	"lotop/model"
	"lotop/sockets"
)

// Cause says why a socket stands in the way of a bind.
type Cause string

// The causes, as JSON writes them.
const (
	CauseListener    Cause = "listener"
	CauseBound       Cause = "bound"
	CauseClient      Cause = "client"   // an outgoing connection that got the port as its own
	CauseAccepted    Cause = "accepted" // a server's connection
	CauseSelf        Cause = "self_connected"
	CauseTimeWait    Cause = "time_wait"
	CauseClosing     Cause = "closing"
	CauseNotAccepted Cause = "not_accepted"
	CauseExcluded    Cause = "excluded_range" // Windows has reserved the port for nobody in sight
	CauseUnknown     Cause = "unseen"         // the kernel refuses and no table shows why
)

// Verdict sums up whether a target can be bound.
type Verdict string

// The verdicts, as JSON writes them.
const (
	VerdictFree         Verdict = "free"
	VerdictReuse        Verdict = "free_with_reuse"
	VerdictTaken        Verdict = "taken"
	VerdictNotPermitted Verdict = "not_permitted"
)

// OK tells whether a server can start now, as nearly all do.
func (v Verdict) OK() bool { return v == VerdictFree || v == VerdictReuse }

// ConnectResult is what became of a connection to one address.
type ConnectResult struct {
	Host   netip.Addr
	Status string // "open", "refused", "timeout" or the name of an errno
}

// Blocker is a socket that stands in the way, or may. Row.Socket is nil for
// CauseUnknown and CauseExcluded.
type Blocker struct {
	Row   model.Row
	Cause Cause
	// Blocks lists the asked addresses at which this holder alone stops a plain
	// bind, BlocksReuse those at which SO_REUSEADDR does not help. Both are
	// certain. MayBlock and MayBlockReuse are what cannot be told from outside.
	Blocks, BlocksReuse     []netip.Addr
	MayBlock, MayBlockReuse []netip.Addr
	Remedies                []Remedy
}

// Diagnosis is the answer to "address already in use".
type Diagnosis struct {
	Target      Target
	Verdict     Verdict
	Binds       []BindResult
	Connects    []ConnectResult
	Blockers    []Blocker
	Remedies    []Remedy // that belong to no single holder
	Notes       []string
	Delegations Delegations // whom to stop in place of who holds it
	// PlainOnly tells that only a plain bind was tried: on Windows SO_REUSEADDR
	// takes an address away from its holder, so it is no answer.
	PlainOnly bool
	OS        string // whose rules they are, as System.OS
}

// Diagnose says what is in the way of a bind. What no table shows it takes from
// the kernel's answers; what they do not settle either it calls uncertain.
func Diagnose(e Evidence) Diagnosis {
	e.Delegations.Port = e.Target.Port
	d := Diagnosis{Target: e.Target, Binds: e.Binds, Connects: e.Connects, Verdict: e.verdict(), Delegations: e.Delegations, PlainOnly: e.Platform.windows(), OS: e.Platform.OS}
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
	d.addRemedies(&e)
	d.addNotes(&e)
	return d
}

// blockers lists who is in the way, by the rules of Linux.
func (e *Evidence) blockers() []Blocker {
	var all []Blocker
	for _, c := range e.candidates() {
		h := Blocker{Row: *c.row, Cause: CauseOf(c.row)}
		h.evaluate(c, e.Binds)
		if h.blocksAny() {
			all = append(all, h)
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
		// Its connection is over, and only what was bound by hand keeps its port.
		return CauseClient
	case s.Local == s.Remote:
		return CauseSelf
	case r.Inbound:
		return CauseAccepted
	}
	return CauseClient
}

// causeRank puts first what is most likely what the reader looks for.
func causeRank(c Cause) int {
	return slices.Index([]Cause{
		CauseListener, CauseBound, CauseSelf, CauseClient, CauseAccepted,
		CauseNotAccepted, CauseClosing, CauseTimeWait, CauseExcluded, CauseUnknown,
	}, c)
}

// compareBlockers puts holders in the order in which they are told. Among equals the
// kernel's own order is a matter of chance.
func compareBlockers(a, b Blocker) int {
	if a.Row.Socket == nil || b.Row.Socket == nil {
		return causeRank(a.Cause) - causeRank(b.Cause)
	}
	s, o := a.Row.Socket, b.Row.Socket
	return cmp.Or(causeRank(a.Cause)-causeRank(b.Cause), s.Local.Compare(o.Local), s.Remote.Compare(o.Remote), cmp.Compare(s.ID, o.ID))
}

func (h *Blocker) evaluate(c *candidate, asked []BindResult) {
	for _, a := range asked {
		n := a.request()
		c.blocks(n, false).addTo(a.Host, &h.Blocks, &h.MayBlock)
		c.blocks(n, true).addTo(a.Host, &h.BlocksReuse, &h.MayBlockReuse)
	}
}

func (h *Blocker) blocksAny() bool {
	return len(h.Blocks)+len(h.MayBlock)+len(h.BlocksReuse)+len(h.MayBlockReuse) > 0
}

// addUnknown names the refusals that no socket explains.
func (d *Diagnosis) addUnknown() {
	unseen := Blocker{Cause: CauseUnknown}
	for _, a := range d.Binds {
		if a.Plain == BindInUse && !d.explained(a.Host, false) {
			unseen.Blocks = append(unseen.Blocks, a.Host)
		}
		if a.Reuse == BindInUse && !d.explained(a.Host, true) {
			unseen.BlocksReuse = append(unseen.BlocksReuse, a.Host)
		}
	}
	if unseen.blocksAny() {
		d.Blockers = append(d.Blockers, unseen)
	}
}

func (d *Diagnosis) explained(host netip.Addr, reuse bool) bool {
	for i := range d.Blockers {
		h := &d.Blockers[i]
		certain, possible := h.Blocks, h.MayBlock
		if reuse {
			certain, possible = h.BlocksReuse, h.MayBlockReuse
		}
		if slices.Contains(certain, host) || slices.Contains(possible, host) {
			return true
		}
	}
	return false
}

// VerdictOf sums up the kernel's answers. An address family that this system
// does not have is nothing that anybody could take.
func VerdictOf(asked []BindResult) Verdict {
	v := VerdictFree
	for _, a := range asked {
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
