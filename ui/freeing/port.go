package freeing

import (
	"context"
	"slices"
	"syscall"
	"time"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Order says how a port plan is to be carried out.
type Order struct {
	Signal syscall.Signal // to begin with, 0 for SIGTERM
	Grace  time.Duration  // how long to wait for the processes to end
}

// PortReport is what became of a port plan.
type PortReport struct {
	Outcomes []process.Outcome
	Closed   []Closing
	After    model.Diagnosis // made when all was done
	// Retaken is who has taken the port again while that was asked; nil if it is
	// free, or still held by whom the plan knew.
	Retaken *Retaken
}

// Closing is a connection that was to be closed without ending anyone.
type Closing struct {
	Row model.Row
	Err error // why it was not; nil if it was, or had gone already
}

// PlanPort diagnoses a target and plans to free it.
func (f *Freer) PlanPort(ctx context.Context, target model.Target, clients, root bool) (model.PortPlan, error) {
	d, monitor, err := f.check(ctx, target)
	if err != nil {
		return model.PortPlan{}, err
	}
	options := model.PlanOptions{Clients: clients, Root: root, Protected: f.Reader.Protected}
	plan := model.PlanPort(d, options, monitor.ByPID)
	plan.ToStop = f.Reader.ParentsFirst(plan.ToStop)
	return plan, nil
}

// check is Diagnose without connecting to anyone: whom free is about to end, or
// has asked to, need not be bothered with one more client.
func (f *Freer) check(ctx context.Context, target model.Target) (model.Diagnosis, *model.Tracker, error) {
	source, err := f.Open()
	if err != nil {
		return model.Diagnosis{}, nil, err
	}
	defer source.Close()
	e, monitor, err := f.gather(ctx, source, target)
	if err != nil {
		return model.Diagnosis{}, nil, err
	}
	return model.Diagnose(*e), monitor, nil
}

// EndPort carries a plan out and asks the kernel what has come of it. Only the
// processes and connections of the plan are touched, whatever the tables show
// by now.
func (f *Freer) EndPort(ctx context.Context, plan *model.PortPlan, o Order) (PortReport, error) {
	var r PortReport
	r.Outcomes = f.Reader.Stop(ctx, plan.ToStop, process.StopOptions{Signal: o.Signal, Grace: o.Grace})
	for _, row := range plan.ToClose {
		r.Closed = append(r.Closed, Closing{Row: row, Err: closeOne(row.Socket)})
	}
	done := time.Now()
	err := f.look(ctx, plan, &r)
	r.Retaken = f.retaken(plan, &r, done)
	return r, err
}

// Kill sends SIGKILL to those who survived, and asks the kernel again.
func (f *Freer) Kill(ctx context.Context, plan *model.PortPlan, r *PortReport, grace time.Duration) error {
	r.Outcomes = append(r.Outcomes, f.Reader.Stop(ctx, r.Survivors(), process.StopOptions{Signal: syscall.SIGKILL, Grace: grace})...)
	done := time.Now()
	err := f.look(ctx, plan, r)
	r.Retaken = f.retaken(plan, r, done)
	return err
}

// retaken tells whether everybody has gone and somebody new is there already: a
// manager can be faster than a look.
func (f *Freer) retaken(plan *model.PortPlan, r *PortReport, done time.Time) *Retaken {
	if r.After.Verdict.OK() || len(r.Outcomes) == 0 || len(r.Survivors()) > 0 {
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
			return f.who(row.Snapshot, row.Socket, row.Snapshot.Time.Sub(done))
		}
	}
	return nil
}

// look diagnoses once more, and closes what the ended processes have left
// behind: it belonged to them before.
func (f *Freer) look(ctx context.Context, plan *model.PortPlan, r *PortReport) error {
	var err error
	if r.After, _, err = f.check(ctx, plan.Diagnosis.Target); err != nil {
		return err
	}
	closed := 0
	for i := range r.After.Blockers {
		row := r.After.Blockers[i].Row
		if row.Socket == nil || len(row.Socket.Owners) > 0 || !outlived(row.Socket, plan.ToCloseAfter) {
			continue
		}
		r.Closed = append(r.Closed, Closing{Row: row, Err: closeOne(row.Socket)})
		closed++
	}
	if closed > 0 {
		r.After, _, err = f.check(ctx, plan.Diagnosis.Target)
	}
	return err
}

// outlived tells whether a socket without owner is what is left of one of the
// connections. A TIME_WAIT is another socket than the connection it ended.
func outlived(s *sockets.Socket, remains []model.Row) bool {
	return slices.ContainsFunc(remains, func(r model.Row) bool {
		return r.Socket.Local == s.Local && r.Socket.Remote == s.Remote
	})
}

// Survivors lists the processes whose last outcome is that they are still there.
func (r *PortReport) Survivors() []*process.Process {
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

// closeOne closes a connection; that it has gone meanwhile is as good.
func closeOne(s *sockets.Socket) error {
	err := sockets.Destroy(s)
	if sockets.ErrnoName(err) == "ENOENT" {
		return nil
	}
	return err
}
