// Package plan determines what freeing a port or a socket would do: which processes it
// stops, which connections it closes, and the side effects. It carries out nothing.
package plan

import (
	"cmp"
	"slices"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Plan is what freeing a port, or closing one connection, would do.
type Plan struct {
	// Diagnosis is that of the port.
	Diagnosis bind.Diagnosis
	// ToStop are the processes to send a signal to, each once.
	ToStop []*process.Process
	// ToClose are connections to close without stopping a process.
	ToClose []model.Row
	// CloseOnly reports whether the plan only closes these, whether or not that frees
	// the port.
	CloseOnly bool
	// ToCloseAfter are connections of the processes in ToStop. Should one outlive
	// them, as a TIME_WAIT does, then it is closed too.
	ToCloseAfter []model.Row
	// Protected are owners of the port that are not stopped.
	Protected []Refusal
	// Skipped are blocking sockets that stay, with the reason and what to do.
	Skipped []Skip
	// ClientsLost counts the connections that other processes lose, Clients lists the
	// processes that are known; AlsoCloses lists the other ports of the processes in ToStop.
	ClientsLost int
	Clients     []Client
	AlsoCloses  []model.Row
}

// Refusal is a process that is not stopped, and the reason with what to do instead.
type Refusal struct {
	Process *process.Process
	Reason  string
}

// Skip is a blocking socket that a plan does not touch, and why.
type Skip struct {
	Blocker *bind.Blocker
	Reason  string
}

// Options is what a plan may do.
type Options struct {
	// Clients allows stopping the owners of connections. ClientsHint says how
	// to allow it; empty for the flag of lotop free.
	Clients     bool
	ClientsHint string
	// Root allows closing single connections, where the operating system of the
	// diagnosis can do that.
	Root bool
	// Protected reports whether not to stop a process, and what to do instead.
	Protected func(*process.Process) (string, bool)
	// Wanted, if not nil, reports whether a process is one of those whose port is to be
	// freed. The sockets of others stay, with UnwantedReason.
	Wanted         func(*process.Process) bool
	UnwantedReason string
	// Parents are processes to stop besides the owners of the port, because they would
	// start these again.
	Parents []*process.Process
}

// Possible reports whether the plan would do anything.
func (p *Plan) Possible() bool { return len(p.ToStop)+len(p.ToClose) > 0 }

// ForPort plans to free the port of a diagnosis. socketsOf returns the rows of every
// socket that a process owns.
func ForPort(d bind.Diagnosis, o Options, socketsOf func(pid int32) []model.Row) Plan {
	p := planner{plan: Plan{Diagnosis: d}, options: o, seen: map[int]bool{}}
	for _, parent := range o.Parents {
		p.planProcess(parent)
	}
	for i := range p.plan.Diagnosis.Blockers {
		p.addBlocker(&p.plan.Diagnosis.Blockers[i])
	}
	p.decideCloses()
	t := d.Target
	p.addSideEffects(socketsOf, func(s *sockets.Socket) bool {
		return s.Protocol == t.Protocol && s.Local.Port() == t.Port
	})
	return p.plan
}

// ForConnection plans to stop the owners of s, an endpoint of the row's connection.
// The plan is about the processes of the row, which may be older than the diagnosis
// of the endpoint's port.
func ForConnection(
	d bind.Diagnosis, r model.Row, s *sockets.Socket, o Options, socketsOf func(pid int32) []model.Row,
) Plan {
	p := planner{plan: Plan{Diagnosis: d}, options: o, seen: map[int]bool{}}
	r.Socket = s
	b := &bind.Blocker{Row: r, Cause: bind.CauseOf(&r)}
	switch b.Cause {
	case bind.CauseNotAccepted, bind.CauseClosing, bind.CauseTimeWait:
		p.skip(b, noOwnerReason(d.OS))
	default:
		p.planStop(b)
	}
	p.addSideEffects(socketsOf, func(other *sockets.Socket) bool { return other.ID == s.ID })
	return p.plan
}

// ForClosing plans to close the row's connection without stopping a process.
func ForClosing(d bind.Diagnosis, r model.Row) Plan {
	return Plan{Diagnosis: d, ToClose: []model.Row{r}, CloseOnly: true}
}

// decideCloses decides about the connections once it is known which processes are
// stopped. Their connections close with them; and where a listener stays, closing
// connections would not free the port.
func (p *planner) decideCloses() {
	for _, b := range p.toClose {
		s := b.Row.Socket
		if s.NoOwner == sockets.NotAccepted && b.Row.Listener != nil {
			s = b.Row.Listener
		}
		switch closes := p.willClose(s); {
		case closes && !p.canDestroy(): // what is left after their exit expires
		case !p.canDestroy():
			p.skip(b, connectionReason(p.plan.Diagnosis.OS, p.clientsHint()))
		case closes:
			p.plan.ToCloseAfter = append(p.plan.ToCloseAfter, b.Row)
		case p.blockerStays:
			p.skip(b, "closing it would not free the port")
		default:
			p.plan.ToClose = append(p.plan.ToClose, b.Row)
		}
	}
}

type planner struct {
	plan         Plan
	options      Options
	seen         map[int]bool    // processes in ToStop or Protected, by PID
	toClose      []*bind.Blocker // connections to close if that helps
	blockerStays bool            // a listening or bound socket will stay
}

func (p *planner) clientsHint() string {
	return cmp.Or(p.options.ClientsHint, "add --clients to stop it")
}

// canDestroy reports whether root can close a single connection.
func (p *planner) canDestroy() bool { return CanDestroy(p.plan.Diagnosis.OS) }

func (p *planner) addBlocker(b *bind.Blocker) {
	switch b.Cause {
	case bind.CauseUnknown:
		p.skip(b, unknownReason(p.plan.Diagnosis.OS, p.plan.Diagnosis.Target.Protocol))
	case bind.CauseExcluded:
		p.skip(b, "reserved by Windows: there is no process to stop")
	case bind.CauseListener, bind.CauseBound:
		p.planStop(b)
	case bind.CauseClient, bind.CauseAccepted, bind.CauseSelf:
		switch {
		case p.options.Clients:
			p.planStop(b)
		case b.Row.Socket.State == sockets.Close:
			p.skip(b, "the connection is closed but its owner keeps the socket: "+p.clientsHint())
		case !p.canDestroy():
			p.toClose = append(p.toClose, b)
		case p.options.Root:
			p.planClose(b)
		default:
			p.skip(b, connectionReason(p.plan.Diagnosis.OS, p.clientsHint()))
		}
	default:
		p.planWithoutOwner(b)
	}
}

// planWithoutOwner handles sockets without an owner.
func (p *planner) planWithoutOwner(b *bind.Blocker) {
	switch {
	case p.options.Root && p.canDestroy():
		p.toClose = append(p.toClose, b)
	case b.Cause == bind.CauseNotAccepted && b.Row.Listener != nil:
		// It closes with its listener, which is a blocker itself.
	default:
		p.skip(b, noOwnerReason(p.plan.Diagnosis.OS))
	}
}

// planClose plans to close a connection, unless it belongs to an ancestor of lotop:
// that may be the session the user is in.
func (p *planner) planClose(b *bind.Blocker) {
	for _, owner := range b.Row.Owners(b.Row.Socket) {
		if reason, ok := p.options.Protected(owner); ok {
			p.skip(b, reason)
			return
		}
	}
	p.toClose = append(p.toClose, b)
}

// planStop plans to stop every owner of the socket.
func (p *planner) planStop(b *bind.Blocker) {
	owners := b.Row.Owners(b.Row.Socket)
	if len(owners) == 0 {
		p.blockerStays = true
		p.skip(b, bind.CannotStopReason(b.Row.Socket))
	} else if p.options.Wanted != nil && !slices.ContainsFunc(owners, p.options.Wanted) {
		p.blockerStays = true
		p.skip(b, p.options.UnwantedReason)
		return
	}
	for _, owner := range owners {
		if !p.planProcess(owner) {
			p.blockerStays = true
		}
	}
}

// planProcess plans to stop a process unless it is protected, and reports whether it is
// not protected.
func (p *planner) planProcess(owner *process.Process) bool {
	if p.seen[owner.PID] {
		return !slices.ContainsFunc(p.plan.Protected, func(r Refusal) bool { return r.Process.PID == owner.PID })
	}
	p.seen[owner.PID] = true
	if reason, ok := p.plan.Diagnosis.Delegations.SkipReason(owner, p.options.Protected); ok {
		p.plan.Protected = append(p.plan.Protected, Refusal{Process: owner, Reason: reason})
		return false
	}
	p.plan.ToStop = append(p.plan.ToStop, owner)
	return true
}

func (p *planner) skip(b *bind.Blocker, reason string) {
	p.plan.Skipped = append(p.plan.Skipped, Skip{Blocker: b, Reason: reason})
}
