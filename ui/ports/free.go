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

// PortReport is what became of a port plan.
type PortReport struct {
	Outcomes []process.Outcome
	Closed   []DestroyResult
	After    bind.Diagnosis // made when all was done
	// Rebound is who has taken the port again while that was asked; nil if it is
	// free, or still held by whom the plan knew.
	Rebound *Rebound
}

// DestroyResult is a connection that was to be closed without ending anyone.
type DestroyResult struct {
	Row model.Row
	Err error // why it was not; nil if it was, or had gone already
}

// PlanPort diagnoses a target and plans to free it.
func (f *Service) PlanPort(ctx context.Context, target bind.Target, clients, root bool) (plan.Plan, error) {
	d, monitor, err := f.diagnose(ctx, target)
	if err != nil {
		return plan.Plan{}, err
	}
	options := plan.Options{Clients: clients, Root: root, Protected: f.Reader.Protected}
	plan := plan.ForPort(d, options, monitor.ByPID)
	plan.ToStop = f.Reader.ParentsFirst(plan.ToStop)
	return plan, nil
}

// diagnose is Diagnose without connecting to anyone: whom free is about to end, or
// has asked to, need not be bothered with one more client.
func (f *Service) diagnose(ctx context.Context, target bind.Target) (bind.Diagnosis, *track.Tracker, error) {
	source, err := f.Open()
	if err != nil {
		return bind.Diagnosis{}, nil, err
	}
	defer source.Close()
	e, monitor, err := f.collect(ctx, source, target)
	if err != nil {
		return bind.Diagnosis{}, nil, err
	}
	return bind.Diagnose(*e), monitor, nil
}

// Execute carries a plan out and asks the kernel what has come of it. Only the
// processes and connections of the plan are touched, whatever the tables show
// by now.
func (f *Service) Execute(ctx context.Context, plan *plan.Plan, o FreeOptions) (PortReport, error) {
	var r PortReport
	r.Outcomes = f.Reader.Stop(ctx, plan.ToStop, process.StopOptions{Signal: o.Signal, Grace: o.Grace})
	for _, row := range plan.ToClose {
		r.Closed = append(r.Closed, DestroyResult{Row: row, Err: destroy(row.Socket)})
	}
	done := time.Now()
	err := f.recheck(ctx, plan, &r)
	r.Rebound = f.findRebound(plan, &r, done)
	return r, err
}

// Kill sends SIGKILL to those who survived, and asks the kernel again.
func (f *Service) Kill(ctx context.Context, plan *plan.Plan, r *PortReport, grace time.Duration) error {
	r.Outcomes = append(r.Outcomes, f.Reader.Stop(ctx, r.StillRunning(), process.StopOptions{Signal: syscall.SIGKILL, Grace: grace})...)
	done := time.Now()
	err := f.recheck(ctx, plan, r)
	r.Rebound = f.findRebound(plan, r, done)
	return err
}

// findRebound tells whether everybody has gone and somebody new is there already: a
// manager can be faster than a look.
func (f *Service) findRebound(plan *plan.Plan, r *PortReport, done time.Time) *Rebound {
	if r.After.Verdict.OK() || len(r.Outcomes) == 0 || len(r.StillRunning()) > 0 {
		return nil
	}
	known := map[sockets.ID]bool{}
	for i := range plan.Diagnosis.Blockers {
		if s := plan.Diagnosis.Blockers[i].Row.Socket; s != nil {
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
func (f *Service) recheck(ctx context.Context, plan *plan.Plan, r *PortReport) error {
	var err error
	if r.After, _, err = f.diagnose(ctx, plan.Diagnosis.Target); err != nil {
		return err
	}
	closed := 0
	for i := range r.After.Blockers {
		row := r.After.Blockers[i].Row
		if row.Socket == nil || len(row.Socket.Owners) > 0 || !isLeftover(row.Socket, plan.ToCloseAfter) {
			continue
		}
		r.Closed = append(r.Closed, DestroyResult{Row: row, Err: destroy(row.Socket)})
		closed++
	}
	if closed > 0 {
		r.After, _, err = f.diagnose(ctx, plan.Diagnosis.Target)
	}
	return err
}

// isLeftover tells whether a socket without owner is what is left of one of the
// connections. A TIME_WAIT is another socket than the connection it ended.
func isLeftover(s *sockets.Socket, remains []model.Row) bool {
	return slices.ContainsFunc(remains, func(r model.Row) bool {
		return r.Socket.Local == s.Local && r.Socket.Remote == s.Remote
	})
}

// StillRunning lists the processes whose last outcome is that they are still there.
func (r *PortReport) StillRunning() []*process.Process {
	last := map[int]process.Outcome{}
	for _, o := range r.Outcomes {
		last[o.Process.PID] = o
	}
	var all []*process.Process
	for _, o := range r.Outcomes {
		if o.Result == process.Survived && last[o.Process.PID].Result == process.Survived {
			all = append(all, o.Process)
			delete(last, o.Process.PID)
		}
	}
	return all
}

// destroy closes a connection; that it has gone meanwhile is as good.
func destroy(s *sockets.Socket) error {
	err := probe.Destroy(s)
	if probe.ErrnoName(err) == "ENOENT" {
		return nil
	}
	return err
}
