package model

import (
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
	// Root tells that single connections can be closed.
	Root bool
	// Protected tells whom not to end, and what to do instead.
	Protected func(*process.Process) (string, bool)
}

// Possible tells whether the plan would do anything.
func (p *PortPlan) Possible() bool { return len(p.Victims)+len(p.Closing) > 0 }

// PlanPort plans to free the port of a diagnosis. all gives the rows of every
// socket that a process holds.
func PlanPort(d Diagnosis, o PlanOptions, held func(pid int32) []Row) PortPlan {
	b := planner{plan: PortPlan{Diagnosis: d}, options: o, decided: map[int]bool{}}
	for i := range d.Holders {
		b.holder(&d.Holders[i])
	}
	// What a victim holds goes with it, whatever else was planned for it.
	kept := b.plan.Closing[:0]
	for _, r := range b.plan.Closing {
		waits := r.Socket.NoOwner == sockets.NotAccepted && r.Listener != nil && b.goes(r.Listener)
		if !waits && !b.goes(r.Socket) {
			kept = append(kept, r)
		}
	}
	b.plan.Closing = kept
	b.fallout(held)
	return b.plan
}

type planner struct {
	plan    PortPlan
	options PlanOptions
	decided map[int]bool // processes that are victims or refused, by pid
}

func (b *planner) holder(h *Holder) {
	switch h.Cause {
	case CauseUnseen:
		b.leave(h, "no table shows it, so there is nobody to end")
	case CauseListener, CauseBound:
		b.end(h)
	case CauseClient, CauseAccepted, CauseSelf:
		switch {
		case b.options.Clients:
			b.end(h)
		case b.options.Root:
			b.plan.Closing = append(b.plan.Closing, h.Row)
		default:
			b.leave(h, "its process is not ended for a connection unless you say --clients; root can close the connection alone")
		}
	default:
		b.ownerless(h)
	}
}

// ownerless deals with sockets that nobody holds.
func (b *planner) ownerless(h *Holder) {
	switch {
	case b.options.Root:
		b.plan.Closing = append(b.plan.Closing, h.Row)
	case h.Cause == CauseNotAccepted && h.Row.Listener != nil:
		// It goes with its listener, which is a holder of its own.
	default:
		b.leave(h, "no process holds it: only root can close it, or it ends by itself")
	}
}

// end plans to end all who hold the socket.
func (b *planner) end(h *Holder) {
	holders := h.Row.Holders(h.Row.Socket)
	if len(holders) == 0 {
		b.leave(h, unendable(h.Row.Socket))
	}
	for _, p := range holders {
		if b.decided[p.PID] {
			continue
		}
		b.decided[p.PID] = true
		if reason, ok := refusal(p, b.options.Protected); ok {
			b.plan.Refused = append(b.plan.Refused, Refusal{Process: p, Reason: reason})
		} else {
			b.plan.Victims = append(b.plan.Victims, p)
		}
	}
}

// refusal tells whom no plan ends: whom protected names, and docker-proxy.
func refusal(p *process.Process, protected func(*process.Process) (string, bool)) (string, bool) {
	if reason, ok := protected(p); ok {
		return reason, true
	}
	if program(p) == "docker-proxy" {
		return "it serves a container, which would lose its port: docker ps names the container, docker stop frees the port", true
	}
	return "", false
}

func unendable(s *sockets.Socket) string {
	switch s.NoOwner {
	case sockets.OtherUser:
		return "it belongs to another user: only root can end its process, sudo lotop free does it"
	case sockets.HeldByKernel:
		return "the kernel itself holds it: unmount or take down what it serves, such as NFS or a tunnel"
	case sockets.OtherNamespace:
		return "its process runs in another pid namespace: end it there, or stop the container"
	case sockets.Unreadable:
		return "its process hides what it holds, so it cannot be named"
	}
	return "no process that holds it is in sight"
}

func (b *planner) leave(h *Holder, reason string) {
	b.plan.Left = append(b.plan.Left, Leaving{Holder: h, Reason: reason})
}

func (b *planner) goes(s *sockets.Socket) bool {
	for _, v := range b.plan.Victims {
		if heldBefore(s.Owners, int32(v.PID)) {
			return true
		}
	}
	return false
}

// fallout counts what else goes down with the victims.
func (b *planner) fallout(held func(pid int32) []Row) {
	t := b.plan.Diagnosis.Target
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
				b.plan.Closes = append(b.plan.Closes, r.Keep())
			}
		}
	}
}
