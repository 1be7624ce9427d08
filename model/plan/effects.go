package plan

import (
	"slices"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Client is a process that loses connections because the process at their other end is
// stopped.
type Client struct {
	Process     *process.Process
	Connections int
}

// Without returns the plan without processes that were signaled for another plan: many
// servers take a second signal for the order to exit at once, without cleaning up.
func (p *Plan) Without(signaled []*process.Process) Plan {
	rest := *p
	rest.ToStop = nil
	for _, v := range p.ToStop {
		if !slices.ContainsFunc(signaled, v.Same) {
			rest.ToStop = append(rest.ToStop, v)
		}
	}
	return rest
}

// willClose reports whether a socket closes when the processes exit: no other owns it.
func (p *planner) willClose(s *sockets.Socket) bool {
	for _, o := range s.Owners {
		if !slices.ContainsFunc(p.plan.ToStop, func(v *process.Process) bool { return v.PID == int(o.PID) }) {
			return false
		}
	}
	return len(s.Owners) > 0
}

// addSideEffects counts what else closes when the processes exit. isTarget reports
// whether a socket is what the plan is about.
func (p *planner) addSideEffects(socketsOf func(pid int32) []model.Row, isTarget func(*sockets.Socket) bool) {
	for i := range p.plan.Diagnosis.Blockers {
		b := &p.plan.Diagnosis.Blockers[i]
		if b.Cause == bind.CauseNotAccepted && b.Row.Listener != nil && p.willClose(b.Row.Listener) {
			p.plan.ClientsLost++
		}
	}
	seen := map[sockets.ID]bool{}
	for _, v := range p.plan.ToStop {
		for _, r := range socketsOf(int32(v.PID)) {
			// The PID may have been reused since the row was read: that process is
			// not going to be stopped.
			if now := r.Snapshot.Process(int32(v.PID)); now == nil || !now.Same(v) || seen[r.Socket.ID] {
				continue
			}
			seen[r.Socket.ID] = true
			switch {
			case !p.willClose(r.Socket):
			case r.Inbound:
				p.loseClient(&r)
			case !r.Socket.Connected() && !isTarget(r.Socket):
				p.plan.AlsoCloses = append(p.plan.AlsoCloses, r.Clone())
			}
		}
	}
}

// loseClient counts the client of a connection that closes, unless it is stopped
// too.
func (p *planner) loseClient(r *model.Row) {
	if r.Peer != nil && p.willClose(r.Peer) {
		return
	}
	p.plan.ClientsLost++
	if r.Peer == nil {
		return
	}
	who := r.Owner(r.Peer)
	if who == nil {
		return
	}
	i := slices.IndexFunc(p.plan.Clients, func(c Client) bool { return c.Process.PID == who.PID })
	if i < 0 {
		i = len(p.plan.Clients)
		p.plan.Clients = append(p.plan.Clients, Client{Process: who})
	}
	p.plan.Clients[i].Connections++
}
