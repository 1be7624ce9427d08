package freeing

import (
	"context"
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
}

// Closing is a connection that was to be closed without ending anyone.
type Closing struct {
	Row model.Row
	Err error // why it was not; nil if it was, or had gone already
}

// PlanPort diagnoses a target and plans to free it.
func (f *Freer) PlanPort(ctx context.Context, target model.Target, clients, root bool) (model.PortPlan, error) {
	d, err := f.Diagnose(ctx, target)
	if err != nil {
		return model.PortPlan{}, err
	}
	source, err := f.Open()
	if err != nil {
		return model.PortPlan{}, err
	}
	defer source.Close()
	monitor, err := look(ctx, source)
	if err != nil {
		return model.PortPlan{}, err
	}
	plan := model.PlanPort(d, model.PlanOptions{Clients: clients, Root: root, Protected: f.Reader.Protected}, monitor.HeldBy)
	plan.Victims = f.Reader.Order(plan.Victims)
	return plan, nil
}

// EndPort carries a plan out and asks the kernel what has come of it. Only the
// processes and connections of the plan are touched, whatever the tables show
// by now.
func (f *Freer) EndPort(ctx context.Context, plan *model.PortPlan, o Order) (PortReport, error) {
	var r PortReport
	r.Outcomes = f.Reader.End(ctx, plan.Victims, process.EndOptions{Signal: o.Signal, Grace: o.Grace})
	for _, row := range plan.Closing {
		r.Closed = append(r.Closed, Closing{Row: row, Err: closeOne(row.Socket)})
	}
	return r, f.look(ctx, plan, &r)
}

// Kill sends SIGKILL to those who survived, and asks the kernel again.
func (f *Freer) Kill(ctx context.Context, plan *model.PortPlan, r *PortReport, grace time.Duration) error {
	r.Outcomes = append(r.Outcomes, f.Reader.End(ctx, r.Survivors(), process.EndOptions{Signal: syscall.SIGKILL, Grace: grace})...)
	return f.look(ctx, plan, r)
}

// look diagnoses once more. What the ended processes left behind can be closed
// only now: it belonged to them before.
func (f *Freer) look(ctx context.Context, plan *model.PortPlan, r *PortReport) error {
	var err error
	r.After, err = f.Diagnose(ctx, plan.Diagnosis.Target)
	return err
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
	if sockets.Answer(err) == "ENOENT" {
		return nil
	}
	return err
}
