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
// sockets. protected tells whom not to end, and why.
func (m *Monitor) PlanEnd(r *Row, s *sockets.Socket, protected func(*process.Process) (string, bool)) Plan {
	p := Plan{Target: TargetOf(s), Row: r.Clone()}
	ending := map[int32]bool{}
	behind := Behind{Port: p.Target.Port}
	for _, holder := range r.Holders(s) {
		if reason, ok := behind.refusal(holder, protected); ok {
			p.Refused = append(p.Refused, Refusal{Process: holder, Reason: reason})
			continue
		}
		p.Victims = append(p.Victims, holder)
		pid := int32(holder.PID)
		// The row may be older than the table, and the pid another process's by
		// now: that one is not going to be ended.
		if now := m.cur.snap.Process(pid); now != nil && now.Same(holder) {
			ending[pid] = true
		}
	}
	for i := range m.cur.snap.Sockets {
		if m.cur.snap.Sockets[i].ID != s.ID && m.falls(i, ending) {
			p.fall(m, i, ending)
		}
	}
	return p
}

// falls tells whether a socket closes when those processes end: they are all
// who hold it, or nobody has accepted it yet from a listener that closes.
func (m *Monitor) falls(i int, ending map[int32]bool) bool {
	s := &m.cur.snap.Sockets[i]
	if s.NoOwner == sockets.NotAccepted {
		l := m.cur.pairs.listener[i]
		return l >= 0 && allEnd(&m.cur.snap.Sockets[l], ending)
	}
	return allEnd(s, ending)
}

func allEnd(s *sockets.Socket, ending map[int32]bool) bool {
	for _, o := range s.Owners {
		if !ending[o.PID] {
			return false
		}
	}
	return len(s.Owners) > 0
}

// fall notes what the end of another socket means to others.
func (p *Plan) fall(m *Monitor, i int, ending map[int32]bool) {
	switch f := m.cur; {
	case f.pairs.server[i]:
		if j := f.pairs.peer[i]; j < 0 || !allEnd(&f.snap.Sockets[j], ending) {
			p.Clients++ // and no victim is its own client
		}
	case !f.snap.Sockets[i].Connected():
		row := m.row(f, i, false)
		p.Closes = append(p.Closes, row.Clone())
	}
}

// Holds tells whether s listens or is bound on an address of the target.
func (t Target) Holds(s *sockets.Socket) bool {
	if s.Protocol != t.Protocol || s.Local.Port() != t.Port || s.Connected() {
		return false
	}
	for _, host := range t.Hosts {
		if t.V6Only && s.Local.Addr().Is4() {
			continue
		}
		// A socket that was bound by hand to one IPv6 address is never loose, also
		// where the source does not tell.
		loose := s.Local.Addr().IsUnspecified() && looseness(s, s.V6Only) != sockets.No
		if overlaps(s, newcomer{host, t.V6Only}, loose) {
			return true
		}
	}
	return false
}
