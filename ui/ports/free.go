package ports

import (
	"context"
	"slices"
	"syscall"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/probe"
	"lotop/sockets/process"
)

// FreeOptions says how a port plan is to be carried out.
type FreeOptions struct {
	Signal syscall.Signal // to begin with, 0 for SIGTERM
	Grace  time.Duration  // how long to wait for the processes to end
}

// PlanPort diagnoses a target and plans to free it, without a protected process.
func (f *Service) PlanPort(ctx context.Context, target bind.Target, o plan.Options) (plan.Plan, error) {
	d, monitor, err := f.diagnose(ctx, target)
	if err != nil {
		return plan.Plan{}, err
	}
	o.Protected = f.Reader.Protected
	p := plan.ForPort(d, o, monitor.ByPID)
	p.ToStop = f.Reader.ParentsFirst(p.ToStop)
	return p, nil
}

// PlanConnection plans to stop the owners of s, an endpoint of the row's
// connection, or with closeOnly to close just the connection.
func (f *Service) PlanConnection(ctx context.Context, r model.Row, s *sockets.Socket, closeOnly bool) (plan.Plan, error) {
	d, monitor, err := f.diagnose(ctx, bind.TargetOf(s))
	if err != nil {
		return plan.Plan{}, err
	}
	if closeOnly {
		return plan.ForClosing(d, r), nil
	}
	p := plan.ForConnection(d, r, s, plan.Options{Protected: f.Reader.Protected}, monitor.ByPID)
	p.ToStop = f.Reader.ParentsFirst(p.ToStop)
	return p, nil
}

// diagnose is Diagnose without connections: what free is about to stop, or
// has asked to, need not be bothered with one more client.
func (f *Service) diagnose(ctx context.Context, target bind.Target) (bind.Diagnosis, *track.Tracker, error) {
	e, monitor, err := f.collect(ctx, target)
	if err != nil {
		return bind.Diagnosis{}, nil, err
	}
	return bind.Diagnose(*e), monitor, nil
}

// Execute carries a plan out and asks the kernel what has come of it. Only the
// processes and connections of the plan are touched, whatever the tables show
// by now.
func (f *Service) Execute(ctx context.Context, p *plan.Plan, o FreeOptions) (plan.Report, error) {
	var r plan.Report
	r.Outcomes = f.Reader.Stop(ctx, p.ToStop, process.StopOptions{Signal: o.Signal, Grace: o.Grace})
	for _, row := range p.ToClose {
		r.Closed = append(r.Closed, plan.CloseResult{Row: row, Err: destroy(row.Socket)})
	}
	if p.CloseOnly {
		return r, nil
	}
	done := time.Now()
	err := f.recheck(ctx, p, &r)
	r.Rebound = f.findRebound(p, &r, done)
	return r, err
}

// Kill sends SIGKILL to those who survived, and asks the kernel again.
func (f *Service) Kill(ctx context.Context, p *plan.Plan, r *plan.Report, grace time.Duration) error {
	r.Outcomes = append(r.Outcomes, f.Reader.Stop(ctx, r.StillRunning(), process.StopOptions{Signal: syscall.SIGKILL, Grace: grace})...)
	done := time.Now()
	err := f.recheck(ctx, p, r)
	r.Rebound = f.findRebound(p, r, done)
	return err
}

// findRebound finds a new owner after all previous ones have exited: a
// manager can be faster than a look.
func (f *Service) findRebound(p *plan.Plan, r *plan.Report, done time.Time) *plan.Rebound {
	if r.After.Verdict.OK() || len(r.Outcomes) == 0 || len(r.StillRunning()) > 0 {
		return nil
	}
	known := map[sockets.ID]bool{}
	for i := range p.Diagnosis.Blockers {
		if s := p.Diagnosis.Blockers[i].Row.Socket; s != nil {
			known[s.ID] = true
		}
	}
	for i := range r.After.Blockers {
		row := r.After.Blockers[i].Row
		if row.Socket != nil && !row.Socket.Connected() && !known[row.Socket.ID] {
			return f.reboundBy(row.Snapshot, row.Socket, row.Snapshot.Time.Sub(done))
		}
	}
	return nil
}

// recheck diagnoses once more, and closes what the ended processes have left
// behind: it belonged to them before.
func (f *Service) recheck(ctx context.Context, p *plan.Plan, r *plan.Report) error {
	var err error
	if r.After, _, err = f.diagnose(ctx, p.Diagnosis.Target); err != nil {
		return err
	}
	closed := 0
	for i := range r.After.Blockers {
		row := r.After.Blockers[i].Row
		if row.Socket == nil || len(row.Socket.Owners) > 0 || !isLeftover(row.Socket, p.ToCloseAfter) {
			continue
		}
		r.Closed = append(r.Closed, plan.CloseResult{Row: row, Err: destroy(row.Socket)})
		closed++
	}
	if closed > 0 {
		r.After, _, err = f.diagnose(ctx, p.Diagnosis.Target)
	}
	return err
}

// isLeftover reports whether a socket without owner is what is left of one of the
// connections. A TIME_WAIT is another socket than the connection it ended.
func isLeftover(s *sockets.Socket, remains []model.Row) bool {
	return slices.ContainsFunc(remains, func(r model.Row) bool {
		return r.Socket.Local == s.Local && r.Socket.Remote == s.Remote
	})
}

// destroy closes a connection; that it has gone meanwhile is as good.
func destroy(s *sockets.Socket) error {
	err := probe.Destroy(s)
	if probe.ErrnoName(err) == "ENOENT" {
		return nil
	}
	return err
}
