// Package plan says what freeing a port or a socket would do: which processes
// would be sent a signal, which connections closed, and what else that would
// close. It does none of it.
package plan

import (
	"slices"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Plan is what freeing a port would do, for every kind of holder.
type Plan struct {
	Diagnosis bind.Diagnosis
	// ToStop are the processes to be asked to end, each once.
	ToStop []*process.Process
	// ToClose are connections to be closed without ending anyone.
	ToClose []model.Row
	// ToCloseAfter are connections of the victims. Should one outlive them, as a
	// TIME_WAIT does, then it is to be closed as well.
	ToCloseAfter []model.Row
	// Protected are processes that hold the port and will not be ended.
	Protected []Refusal
	// Skipped are holders that stay, with the reason and what to do.
	Skipped []Skip
	// ClientsLost counts the connections that others lose, Closes lists the other
	// ports that the victims hold.
	ClientsLost int
	AlsoCloses  []model.Row
}

// Skip is a holder that a plan does not touch, and why.
type Skip struct {
	Blocker *bind.Blocker
	Reason  string
}

// Options say what a plan may do.
type Options struct {
	// Clients tells to end the processes of connections as well.
	Clients bool
	// Root tells that single connections can be closed, where the system of the
	// diagnosis has a way to do that.
	Root bool
	// Protected tells whom not to end, and what to do instead.
	Protected func(*process.Process) (string, bool)
}

// Possible tells whether the plan would do anything.
func (p *Plan) Possible() bool { return len(p.ToStop)+len(p.ToClose) > 0 }

// ForPort plans to free the port of a diagnosis. held gives the rows of every
// socket that a process holds.
func ForPort(d bind.Diagnosis, o Options, held func(pid int32) []model.Row) Plan {
	b := planner{plan: Plan{Diagnosis: d}, options: o, seen: map[int]bool{}}
	for i := range b.plan.Diagnosis.Blockers {
		b.addBlocker(&b.plan.Diagnosis.Blockers[i])
	}
	b.decideCloses()
	b.addSideEffects(held)
	return b.plan
}

// decideCloses decides about the connections once it is known who ends. What
// victims hold goes with them; and where a listener stays, closing connections
// would only do harm.
func (b *planner) decideCloses() {
	for _, h := range b.toClose {
		s := h.Row.Socket
		if s.NoOwner == sockets.NotAccepted && h.Row.Listener != nil {
			s = h.Row.Listener
		}
		switch goes := b.willClose(s); {
		case goes && !b.canDestroy(): // and what outlives them ends by itself
		case !b.canDestroy():
			b.skip(h, connectionReason(b.plan.Diagnosis.OS))
		case goes:
			b.plan.ToCloseAfter = append(b.plan.ToCloseAfter, h.Row)
		case b.blockerStays:
			b.skip(h, "closing it would not free the port")
		default:
			b.plan.ToClose = append(b.plan.ToClose, h.Row)
		}
	}
}

type planner struct {
	plan         Plan
	options      Options
	seen         map[int]bool    // processes that are victims or refused, by pid
	toClose      []*bind.Blocker // connections to be closed if that is of any use
	blockerStays bool            // somebody who listens or is bound will stay
}

// canDestroy tells whether root can close a connection alone.
func (b *planner) canDestroy() bool { return CanDestroy(b.plan.Diagnosis.OS) }

func (b *planner) addBlocker(h *bind.Blocker) {
	switch h.Cause {
	case bind.CauseUnknown:
		b.skip(h, unknownReason(b.plan.Diagnosis.OS, b.plan.Diagnosis.Target.Protocol))
	case bind.CauseExcluded:
		b.skip(h, "reserved by Windows: there is no process to stop")
	case bind.CauseListener, bind.CauseBound:
		b.planStop(h)
	case bind.CauseClient, bind.CauseAccepted, bind.CauseSelf:
		switch {
		case b.options.Clients:
			b.planStop(h)
		case h.Row.Socket.State == sockets.Close:
			b.skip(h, "the connection is closed but its owner keeps the socket: use --clients to stop the owner")
		case !b.canDestroy():
			b.toClose = append(b.toClose, h)
		case b.options.Root:
			b.planClose(h)
		default:
			b.skip(h, connectionReason(b.plan.Diagnosis.OS))
		}
	default:
		b.planWithoutOwner(h)
	}
}

// planWithoutOwner deals with sockets that nobody holds.
func (b *planner) planWithoutOwner(h *bind.Blocker) {
	switch {
	case b.options.Root && b.canDestroy():
		b.toClose = append(b.toClose, h)
	case h.Cause == bind.CauseNotAccepted && h.Row.Listener != nil:
		// It goes with its listener, which is a holder of its own.
	default:
		b.skip(h, noOwnerReason(b.plan.Diagnosis.OS))
	}
}

// planClose plans to close a connection, unless it belongs to what lotop runs in:
// that may be the session in which somebody is waiting for the answer.
func (b *planner) planClose(h *bind.Blocker) {
	for _, p := range h.Row.Owners(h.Row.Socket) {
		if reason, ok := b.options.Protected(p); ok {
			b.skip(h, reason)
			return
		}
	}
	b.toClose = append(b.toClose, h)
}

// planStop plans to end all who hold the socket.
func (b *planner) planStop(h *bind.Blocker) {
	holders := h.Row.Owners(h.Row.Socket)
	if len(holders) == 0 {
		b.blockerStays = true
		b.skip(h, bind.CannotStopReason(h.Row.Socket))
	}
	for _, p := range holders {
		if b.seen[p.PID] {
			continue
		}
		b.seen[p.PID] = true
		if reason, ok := b.plan.Diagnosis.Delegations.SkipReason(p, b.options.Protected); ok {
			b.blockerStays = true
			b.plan.Protected = append(b.plan.Protected, Refusal{Process: p, Reason: reason})
		} else {
			b.plan.ToStop = append(b.plan.ToStop, p)
		}
	}
}

func (b *planner) skip(h *bind.Blocker, reason string) {
	b.plan.Skipped = append(b.plan.Skipped, Skip{Blocker: h, Reason: reason})
}

// willClose tells whether a socket closes when the victims end: nobody else holds it.
func (b *planner) willClose(s *sockets.Socket) bool {
	for _, o := range s.Owners {
		if !slices.ContainsFunc(b.plan.ToStop, func(v *process.Process) bool { return v.PID == int(o.PID) }) {
			return false
		}
	}
	return len(s.Owners) > 0
}

// addSideEffects counts what else goes down with the victims.
func (b *planner) addSideEffects(held func(pid int32) []model.Row) {
	t := b.plan.Diagnosis.Target
	for i := range b.plan.Diagnosis.Blockers {
		if h := &b.plan.Diagnosis.Blockers[i]; h.Cause == bind.CauseNotAccepted && h.Row.Listener != nil && b.willClose(h.Row.Listener) {
			b.plan.ClientsLost++
		}
	}
	seen := map[sockets.ID]bool{}
	for _, v := range b.plan.ToStop {
		for _, r := range held(int32(v.PID)) {
			if seen[r.Socket.ID] {
				continue
			}
			seen[r.Socket.ID] = true
			mine := r.Socket.Protocol == t.Protocol && r.Socket.Local.Port() == t.Port
			switch {
			case r.Inbound:
				b.plan.ClientsLost++
			case !r.Socket.Connected() && !mine:
				b.plan.AlsoCloses = append(b.plan.AlsoCloses, r.Clone())
			}
		}
	}
}
