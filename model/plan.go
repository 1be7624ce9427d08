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
	// ToStop are the processes to be asked to end, each once.
	ToStop []*process.Process
	// Protected are processes that hold the socket and will not be ended.
	Protected []Refusal
	// ClientsLost counts the connections that others lose.
	ClientsLost int
	// AlsoCloses are the other ports that the victims hold: they close too.
	AlsoCloses []Row
	// Row is the row the plan was made for.
	Row Row
}

// Refusal is a process that will not be ended, and the reason with what to do
// in its place.
type Refusal struct {
	Process *process.Process
	Reason  string
}

// TargetOf is the address that s keeps from others.
func TargetOf(s *sockets.Socket) Target {
	t := Target{Protocol: s.Protocol, Port: s.Local.Port(), Hosts: []netip.Addr{s.Local.Addr()}}
	t.V6Only = s.V6 && s.Local.Addr().IsUnspecified() && !s.DualStack()
	return t
}

// PlanEnd plans to end the processes that hold s, which is one of the row's
// sockets. protected tells whom not to end, and why; held gives the rows of every
// socket that a process holds now.
func PlanEnd(r *Row, s *sockets.Socket, protected func(*process.Process) (string, bool), held func(pid int32) []Row) Plan {
	p := Plan{Target: TargetOf(s), Row: r.Clone()}
	ending := map[int32]bool{}
	behind := Delegations{Port: p.Target.Port}
	for _, holder := range r.Owners(s) {
		if reason, ok := behind.skipReason(holder, protected); ok {
			p.Protected = append(p.Protected, Refusal{Process: holder, Reason: reason})
			continue
		}
		p.ToStop = append(p.ToStop, holder)
		ending[int32(holder.PID)] = true
	}
	seen := map[sockets.ID]bool{}
	for _, victim := range p.ToStop {
		for _, other := range held(int32(victim.PID)) {
			// The row may be older than the table, and the pid another process's
			// by now: that one is not going to be ended.
			if now := other.Snapshot.Process(int32(victim.PID)); now == nil || !now.Same(victim) || seen[other.Socket.ID] {
				continue
			}
			seen[other.Socket.ID] = true
			if allStopped(other.Socket, ending) {
				p.addSideEffect(&other, s, ending)
			}
		}
	}
	return p
}

func allStopped(s *sockets.Socket, ending map[int32]bool) bool {
	for _, o := range s.Owners {
		if !ending[o.PID] {
			return false
		}
	}
	return len(s.Owners) > 0
}

// addSideEffect notes what the end of a socket means to others: those that a listener has
// not accepted lose their connection with it.
func (p *Plan) addSideEffect(r *Row, planned *sockets.Socket, ending map[int32]bool) {
	p.ClientsLost += int(r.Queued)
	switch {
	case r.Socket.ID == planned.ID:
	case r.Inbound:
		if r.Peer == nil || !allStopped(r.Peer, ending) {
			p.ClientsLost++ // and no victim is its own client
		}
	case !r.Socket.Connected():
		p.AlsoCloses = append(p.AlsoCloses, r.Clone())
	}
}

// OccupiedBy tells whether s listens or is bound on an address of the target.
func (t Target) OccupiedBy(s *sockets.Socket) bool {
	if s.Protocol != t.Protocol || s.Local.Port() != t.Port || s.Connected() {
		return false
	}
	for _, host := range t.Hosts {
		if t.V6Only && s.Local.Addr().Is4() {
			continue
		}
		// A socket that was bound by hand to one IPv6 address is never loose, also
		// where the source does not tell.
		loose := s.Local.Addr().IsUnspecified() && ipv4Coverage(s, s.V6Only) != sockets.No
		if overlaps(s, bindRequest{host, t.V6Only}, loose) {
			return true
		}
	}
	return false
}
