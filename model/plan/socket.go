package plan

import (
	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
)

// SocketPlan is what freeing a port would do. It is made and shown before anything
// happens, and what is carried out is the plan, not the table of that moment.
type SocketPlan struct {
	// Target is the address that is to be bindable again.
	Target bind.Target
	// ToStop are the processes to be asked to end, each once.
	ToStop []*process.Process
	// Protected are processes that hold the socket and will not be ended.
	Protected []Refusal
	// ClientsLost counts the connections that others lose.
	ClientsLost int
	// AlsoCloses are the other ports that the victims hold: they close too.
	AlsoCloses []model.Row
	// Row is the row the plan was made for.
	Row model.Row
}

// Refusal is a process that will not be ended, and the reason with what to do
// in its place.
type Refusal struct {
	Process *process.Process
	Reason  string
}

// ForSocket plans to end the processes that hold s, which is one of the row's
// sockets. protected tells whom not to end, and why; held gives the rows of every
// socket that a process holds now.
func ForSocket(r *model.Row, s *sockets.Socket, protected func(*process.Process) (string, bool), held func(pid int32) []model.Row) SocketPlan {
	p := SocketPlan{Target: bind.TargetOf(s), Row: r.Clone()}
	ending := map[int32]bool{}
	behind := bind.Delegations{Port: p.Target.Port}
	for _, holder := range r.Owners(s) {
		if reason, ok := behind.SkipReason(holder, protected); ok {
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
func (p *SocketPlan) addSideEffect(r *model.Row, planned *sockets.Socket, ending map[int32]bool) {
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
