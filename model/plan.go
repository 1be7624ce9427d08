package model

import (
	"net/netip"

	"lotop/sockets"
	"lotop/sockets/process"
)

// Plan is what freeing a port would do. It is made and shown before anything
// happens, and what is carried out is the plan, not the table of that moment.
type Plan struct {
	// Target is the address that is to be bindable again.
	Target Target
	// Victims are the processes to be asked to end, each once.
	Victims []*process.Process
	// Refused are processes that hold the socket and will not be ended.
	Refused []Refusal
	// Clients counts the connections that others lose.
	Clients int
	// Closes are the other ports that the victims hold: they close too.
	Closes []Row
	// Row is the row the plan was made for.
	Row Row
}

// Target is an address to be freed.
type Target struct {
	Protocol  sockets.Protocol
	Addr      netip.AddrPort
	DualStack bool
}

// Refusal is a process that will not be ended, and the reason with what to do
// in its place.
type Refusal struct {
	Process *process.Process
	Reason  string
}

// TargetOf is the address that s keeps from others.
func TargetOf(s *sockets.Socket) Target {
	return Target{Protocol: s.Protocol, Addr: s.Local, DualStack: s.DualStack()}
}

// PlanEnd plans to end the processes that hold s, which is one of the row's
// sockets. protected tells whom not to end, and why.
func (m *Monitor) PlanEnd(r *Row, s *sockets.Socket, protected func(*process.Process) (string, bool)) Plan {
	p := Plan{Target: TargetOf(s), Row: r.Keep()}
	ids := map[sockets.ID]bool{s.ID: true}
	for _, holder := range r.Holders(s) {
		if reason, ok := protected(holder); ok {
			p.Refused = append(p.Refused, Refusal{Process: holder, Reason: reason})
			continue
		}
		p.Victims = append(p.Victims, holder)
		for _, other := range m.HeldBy(int32(holder.PID)) {
			if ids[other.Socket.ID] {
				continue // of several victims each holds it
			}
			ids[other.Socket.ID] = true
			p.fall(&other)
		}
	}
	return p
}

// fall notes what another socket of a victim means to others.
func (p *Plan) fall(other *Row) {
	switch {
	case other.Inbound:
		p.Clients++
	case !other.Socket.Connected():
		p.Closes = append(p.Closes, other.Keep())
	}
}

// Holds tells whether s stands on the plan's target: it would have to go for
// the target to be free.
func (t Target) Holds(s *sockets.Socket) bool {
	if s.Protocol != t.Protocol || s.Local.Port() != t.Addr.Port() || s.Connected() {
		return false
	}
	mine, theirs := t.Addr.Addr(), s.Local.Addr()
	if mine == theirs {
		return true
	}
	if mine.IsUnspecified() || theirs.IsUnspecified() {
		return mine.Is4() == theirs.Is4() || t.DualStack || s.V6Only != sockets.Yes
	}
	return false
}
