package model

import (
	"slices"

	"lotop/sockets"
	"lotop/sockets/process"
)

// PortPlan is what freeing a port would do, for every kind of holder.
type PortPlan struct {
	Diagnosis Diagnosis
	// Victims are the processes to be asked to end, each once.
	Victims []*process.Process
	// Closing are connections to be closed without ending anyone.
	Closing []Row
	// Remains are connections of the victims. Should one outlive them, as a
	// TIME_WAIT does, then it is to be closed as well.
	Remains []Row
	// Refused are processes that hold the port and will not be ended.
	Refused []Refusal
	// Left are holders that stay, with the reason and what to do.
	Left []Leaving
	// Clients counts the connections that others lose, Closes lists the other
	// ports that the victims hold.
	Clients int
	Closes  []Row
}

// Leaving is a holder that a plan does not touch, and why.
type Leaving struct {
	Holder *Holder
	Reason string
}

// PlanOptions say what a plan may do.
type PlanOptions struct {
	// Clients tells to end the processes of connections as well.
	Clients bool
	// Root tells that single connections can be closed, where the system of the
	// diagnosis has a way to do that.
	Root bool
	// Protected tells whom not to end, and what to do instead.
	Protected func(*process.Process) (string, bool)
}

// Possible tells whether the plan would do anything.
func (p *PortPlan) Possible() bool { return len(p.Victims)+len(p.Closing) > 0 }

// PlanPort plans to free the port of a diagnosis. held gives the rows of every
// socket that a process holds.
func PlanPort(d Diagnosis, o PlanOptions, held func(pid int32) []Row) PortPlan {
	b := planner{plan: PortPlan{Diagnosis: d}, options: o, decided: map[int]bool{}}
	for i := range b.plan.Diagnosis.Holders {
		b.holder(&b.plan.Diagnosis.Holders[i])
	}
	b.settleClosing()
	b.fallout(held)
	return b.plan
}

// settleClosing decides about the connections once it is known who ends. What
// victims hold goes with them; and where a listener stays, closing connections
// would only do harm.
func (b *planner) settleClosing() {
	for _, h := range b.closing {
		s := h.Row.Socket
		if s.NoOwner == sockets.NotAccepted && h.Row.Listener != nil {
			s = h.Row.Listener
		}
		switch goes := b.goes(s); {
		case goes && !b.destroys(): // and what outlives them ends by itself
		case !b.destroys():
			b.leave(h, leftClient(b.plan.Diagnosis.OS))
		case goes:
			b.plan.Remains = append(b.plan.Remains, h.Row)
		case b.stays:
			b.leave(h, "closing it would not free the port")
		default:
			b.plan.Closing = append(b.plan.Closing, h.Row)
		}
	}
}

type planner struct {
	plan    PortPlan
	options PlanOptions
	decided map[int]bool // processes that are victims or refused, by pid
	closing []*Holder    // connections to be closed if that is of any use
	stays   bool         // somebody who listens or is bound will stay
}

// destroys tells whether root can close a connection alone.
func (b *planner) destroys() bool { return CanDestroy(b.plan.Diagnosis.OS) }

func (b *planner) holder(h *Holder) {
	switch h.Cause {
	case CauseUnseen:
		b.leave(h, leftUnseen(b.plan.Diagnosis.OS, b.plan.Diagnosis.Target.Protocol))
	case CauseExcluded:
		b.leave(h, "reserved by Windows: there is no process to stop")
	case CauseListener, CauseBound:
		b.end(h)
	case CauseClient, CauseAccepted, CauseSelf:
		switch {
		case b.options.Clients:
			b.end(h)
		case h.Row.Socket.State == sockets.Close:
			b.leave(h, "the connection is closed but its owner keeps the socket: use --clients to stop the owner")
		case !b.destroys():
			b.closing = append(b.closing, h)
		case b.options.Root:
			b.close(h)
		default:
			b.leave(h, leftClient(b.plan.Diagnosis.OS))
		}
	default:
		b.ownerless(h)
	}
}

// ownerless deals with sockets that nobody holds.
func (b *planner) ownerless(h *Holder) {
	switch {
	case b.options.Root && b.destroys():
		b.closing = append(b.closing, h)
	case h.Cause == CauseNotAccepted && h.Row.Listener != nil:
		// It goes with its listener, which is a holder of its own.
	default:
		b.leave(h, leftOwnerless(b.plan.Diagnosis.OS))
	}
}

// close plans to close a connection, unless it belongs to what lotop runs in:
// that may be the session in which somebody is waiting for the answer.
func (b *planner) close(h *Holder) {
	for _, p := range h.Row.Holders(h.Row.Socket) {
		if reason, ok := b.options.Protected(p); ok {
			b.leave(h, reason)
			return
		}
	}
	b.closing = append(b.closing, h)
}

// end plans to end all who hold the socket.
func (b *planner) end(h *Holder) {
	holders := h.Row.Holders(h.Row.Socket)
	if len(holders) == 0 {
		b.stays = true
		b.leave(h, unendable(h.Row.Socket))
	}
	for _, p := range holders {
		if b.decided[p.PID] {
			continue
		}
		b.decided[p.PID] = true
		if reason, ok := b.plan.Diagnosis.Behind.refusal(p, b.options.Protected); ok {
			b.stays = true
			b.plan.Refused = append(b.plan.Refused, Refusal{Process: p, Reason: reason})
		} else {
			b.plan.Victims = append(b.plan.Victims, p)
		}
	}
}

func unendable(s *sockets.Socket) string {
	switch s.NoOwner {
	case sockets.OtherUser:
		return "owned by another user: run sudo lotop free"
	case sockets.HeldByKernel:
		return "owned by the kernel: unmount or shut down what uses it, such as NFS or a tunnel"
	case sockets.OtherNamespace:
		return "owned by a process in another PID namespace: stop it there, or stop the container"
	case sockets.Orphaned:
		return "opened by a process that exited and inherited by another: stop its child processes"
	case sockets.Unreadable:
		return "owner unknown: its file descriptors are not readable"
	}
	return "owner unknown"
}

func (b *planner) leave(h *Holder, reason string) {
	b.plan.Left = append(b.plan.Left, Leaving{Holder: h, Reason: reason})
}

// goes tells whether a socket closes when the victims end: nobody else holds it.
func (b *planner) goes(s *sockets.Socket) bool {
	for _, o := range s.Owners {
		if !slices.ContainsFunc(b.plan.Victims, func(v *process.Process) bool { return v.PID == int(o.PID) }) {
			return false
		}
	}
	return len(s.Owners) > 0
}

// fallout counts what else goes down with the victims.
func (b *planner) fallout(held func(pid int32) []Row) {
	t := b.plan.Diagnosis.Target
	for i := range b.plan.Diagnosis.Holders {
		if h := &b.plan.Diagnosis.Holders[i]; h.Cause == CauseNotAccepted && h.Row.Listener != nil && b.goes(h.Row.Listener) {
			b.plan.Clients++
		}
	}
	seen := map[sockets.ID]bool{}
	for _, v := range b.plan.Victims {
		for _, r := range held(int32(v.PID)) {
			if seen[r.Socket.ID] {
				continue
			}
			seen[r.Socket.ID] = true
			mine := r.Socket.Protocol == t.Protocol && r.Socket.Local.Port() == t.Port
			switch {
			case r.Inbound:
				b.plan.Clients++
			case !r.Socket.Connected() && !mine:
				b.plan.Closes = append(b.plan.Closes, r.Clone())
			}
		}
	}
}
