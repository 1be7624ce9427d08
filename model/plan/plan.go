// Package plan says what freeing a port or a socket would do: which processes
// would be sent a signal, which connections closed, and what else that would
// close. It does none of it.
package plan

import (
	"cmp"
	"slices"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Plan is what freeing a port, or ending one connection, would do.
type Plan struct {
	// Diagnosis is that of the port.
	Diagnosis bind.Diagnosis
	// ToStop are the processes to send a signal to, each once.
	ToStop []*process.Process
	// ToClose are connections to close without stopping a process.
	ToClose []model.Row
	// CloseOnly reports that closing these is all that is wanted, whatever becomes
	// of the port.
	CloseOnly bool
	// ToCloseAfter are connections of the processes in ToStop. Should one outlive
	// them, as a TIME_WAIT does, then it is closed too.
	ToCloseAfter []model.Row
	// Protected are owners of the port that are not stopped.
	Protected []Refusal
	// Skipped are blocking sockets that stay, with the reason and what to do.
	Skipped []Skip
	// ClientsLost counts the connections that other processes lose, AlsoCloses lists
	// the other ports of the processes in ToStop.
	ClientsLost int
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
	// Clients reports that owners of connections are stopped too. ClientsHint says to
	// the reader how to have that; empty for the flag of lotop free.
	Clients     bool
	ClientsHint string
	// Root allows closing single connections, where the operating system of the
	// diagnosis can do that.
	Root bool
	// Protected reports whether not to stop a process, and what to do instead.
	Protected func(*process.Process) (string, bool)
}

// Possible reports whether the plan would do anything.
func (p *Plan) Possible() bool { return len(p.ToStop)+len(p.ToClose) > 0 }

// ForPort plans to free the port of a diagnosis. socketsOf returns the rows of every
// socket that a process owns.
func ForPort(d bind.Diagnosis, o Options, socketsOf func(pid int32) []model.Row) Plan {
	b := planner{plan: Plan{Diagnosis: d}, options: o, seen: map[int]bool{}}
	for i := range b.plan.Diagnosis.Blockers {
		b.addBlocker(&b.plan.Diagnosis.Blockers[i])
	}
	b.decideCloses()
	t := d.Target
	b.addSideEffects(socketsOf, func(s *sockets.Socket) bool { return s.Protocol == t.Protocol && s.Local.Port() == t.Port })
	return b.plan
}

// ForConnection plans to stop the owners of s, an endpoint of the row's connection.
// The plan is about the processes of the row, which may be older than the diagnosis
// of the endpoint's port.
func ForConnection(d bind.Diagnosis, r model.Row, s *sockets.Socket, o Options, socketsOf func(pid int32) []model.Row) Plan {
	b := planner{plan: Plan{Diagnosis: d}, options: o, seen: map[int]bool{}}
	r.Socket = s
	h := &bind.Blocker{Row: r, Cause: bind.CauseOf(&r)}
	switch h.Cause {
	case bind.CauseNotAccepted, bind.CauseClosing, bind.CauseTimeWait:
		b.skip(h, noOwnerReason(d.OS))
	default:
		b.planStop(h)
	}
	b.addSideEffects(socketsOf, func(other *sockets.Socket) bool { return other.ID == s.ID })
	return b.plan
}

// ForClosing plans to close the row's connection without stopping a process.
func ForClosing(d bind.Diagnosis, r model.Row) Plan {
	return Plan{Diagnosis: d, ToClose: []model.Row{r}, CloseOnly: true}
}

// decideCloses decides about the connections once it is known which processes are
// stopped. Their connections close with them; and where a listener stays, closing
// connections would not free the port.
func (b *planner) decideCloses() {
	for _, h := range b.toClose {
		s := h.Row.Socket
		if s.NoOwner == sockets.NotAccepted && h.Row.Listener != nil {
			s = h.Row.Listener
		}
		switch closes := b.willClose(s); {
		case closes && !b.canDestroy(): // what is left after their exit expires
		case !b.canDestroy():
			b.skip(h, connectionReason(b.plan.Diagnosis.OS, b.clientsHint()))
		case closes:
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
	seen         map[int]bool    // processes in ToStop or Protected, by PID
	toClose      []*bind.Blocker // connections to close if that helps
	blockerStays bool            // a listening or bound socket will stay
}

func (b *planner) clientsHint() string {
	return cmp.Or(b.options.ClientsHint, "add --clients to stop it")
}

// canDestroy reports whether root can close a single connection.
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
			b.skip(h, "the connection is closed but its owner keeps the socket: "+b.clientsHint())
		case !b.canDestroy():
			b.toClose = append(b.toClose, h)
		case b.options.Root:
			b.planClose(h)
		default:
			b.skip(h, connectionReason(b.plan.Diagnosis.OS, b.clientsHint()))
		}
	default:
		b.planWithoutOwner(h)
	}
}

// planWithoutOwner handles sockets without an owner.
func (b *planner) planWithoutOwner(h *bind.Blocker) {
	switch {
	case b.options.Root && b.canDestroy():
		b.toClose = append(b.toClose, h)
	case h.Cause == bind.CauseNotAccepted && h.Row.Listener != nil:
		// It closes with its listener, which is a blocker itself.
	default:
		b.skip(h, noOwnerReason(b.plan.Diagnosis.OS))
	}
}

// planClose plans to close a connection, unless it belongs to an ancestor of lotop:
// that may be the session the user is in.
func (b *planner) planClose(h *bind.Blocker) {
	for _, p := range h.Row.Owners(h.Row.Socket) {
		if reason, ok := b.options.Protected(p); ok {
			b.skip(h, reason)
			return
		}
	}
	b.toClose = append(b.toClose, h)
}

// planStop plans to stop every owner of the socket.
func (b *planner) planStop(h *bind.Blocker) {
	owners := h.Row.Owners(h.Row.Socket)
	if len(owners) == 0 {
		b.blockerStays = true
		b.skip(h, bind.CannotStopReason(h.Row.Socket))
	}
	for _, p := range owners {
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

// willClose reports whether a socket closes when the processes exit: no other owns it.
func (b *planner) willClose(s *sockets.Socket) bool {
	for _, o := range s.Owners {
		if !slices.ContainsFunc(b.plan.ToStop, func(v *process.Process) bool { return v.PID == int(o.PID) }) {
			return false
		}
	}
	return len(s.Owners) > 0
}

// addSideEffects counts what else closes when the processes exit. isTarget reports
// whether a socket is what the plan is about.
func (b *planner) addSideEffects(socketsOf func(pid int32) []model.Row, isTarget func(*sockets.Socket) bool) {
	for i := range b.plan.Diagnosis.Blockers {
		if h := &b.plan.Diagnosis.Blockers[i]; h.Cause == bind.CauseNotAccepted && h.Row.Listener != nil && b.willClose(h.Row.Listener) {
			b.plan.ClientsLost++
		}
	}
	seen := map[sockets.ID]bool{}
	for _, v := range b.plan.ToStop {
		for _, r := range socketsOf(int32(v.PID)) {
			// The PID may have been reused since the row was read: that process is
			// not going to be stopped.
			if now := r.Snapshot.Process(int32(v.PID)); now == nil || !now.Same(v) || seen[r.Socket.ID] {
				continue
			}
			seen[r.Socket.ID] = true
			switch {
			case !b.willClose(r.Socket):
			case r.Inbound:
				b.loseClient(&r)
			case !r.Socket.Connected() && !isTarget(r.Socket):
				b.plan.AlsoCloses = append(b.plan.AlsoCloses, r.Clone())
			}
		}
	}
}

// loseClient counts the client of a connection that closes, unless it is stopped
// too.
func (b *planner) loseClient(r *model.Row) {
	if r.Peer == nil || !b.willClose(r.Peer) {
		b.plan.ClientsLost++
	}
}
