package tui

import (
	"context"
	"errors"
	"slices"
	"syscall"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/access"
	"lotop/sockets/process"
	"lotop/ui/ports"
)

// job is one row of a dialog: its plan, and what has come of it.
type job struct {
	row    model.Row
	choice choice           // the endpoint to free
	parent *process.Process // starts the owner of the port again, and is stopped as well; nil for none
	target bind.Target      // of a parent
	refuse string           // why there is to be no plan, empty otherwise

	plan   plan.Plan
	ran    bool // the plan was carried out
	report plan.Report
	err    error // why there is no plan, or no report
	// watchDone reports whether the watch for a new bind of the port is over.
	watchDone bool
	watchErr  error
}

// planned is a plan, or why there is none; freed is what has come of one.
type (
	planned struct {
		plan plan.Plan
		err  error
	}
	freed struct {
		ran    bool
		report plan.Report
		err    error
	}
)

// errRefused begins why a marked row is not planned for.
type errRefused string

func (e errRefused) Error() string { return string(e) }

// request makes the plan. It only reads what never changes.
func (j *job) request(service portService, root bool) (r planned) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	o := plan.Options{Root: root, ClientsHint: "free its row to stop it"}
	switch c := j.choice; {
	case j.refuse != "":
		r.err = errRefused(j.refuse)
	case j.parent != nil:
		o.Parents = []*process.Process{j.parent}
		r.plan, r.err = service.PlanPort(ctx, j.target, o)
	case c.socket.Connected():
		r.plan, r.err = service.PlanConnection(ctx, j.row, c.socket, c.closeOnly)
	default:
		r.plan, r.err = service.PlanPort(ctx, bind.TargetOf(c.socket), o)
	}
	return r
}

func (j *job) possible() bool { return j.err == nil && j.plan.Possible() }

// blocked reports whether the port is still in use after the plan was carried out.
func (j *job) blocked() bool {
	return j.ran && !j.plan.CloseOnly && j.report.Rebound == nil && !j.report.After.Verdict.OK()
}

// starter returns the process to stop so that the port stays free, nil if there is none:
// a parent that starts its owner again. One that is only the nearest has to be the parent
// of a process that was stopped too, or a stranger may have taken the port.
func (j *job) starter() *process.Process {
	r := j.report.Rebound
	if r == nil || r.Starter == nil || j.parent != nil && j.parent.Same(r.Starter) {
		return nil
	}
	stopped := func(p *process.Process) bool { return p.Parent == r.Starter.PID }
	if r.Parent != nil && r.Parent.Same(r.Starter) && !slices.ContainsFunc(j.plan.ToStop, stopped) {
		return nil
	}
	return r.Starter
}

// survivors returns the processes that did not exit and own a port that is still in use.
// A process may stand in several plans; it was signaled for the first of them.
func (d *dialog) survivors() []*process.Process {
	var all []*process.Process
	for _, j := range d.jobs {
		for _, p := range j.report.StillRunning() {
			if slices.ContainsFunc(d.jobs, func(k *job) bool { return k.blocked() && slices.ContainsFunc(k.plan.ToStop, p.Same) }) {
				all = append(all, p)
			}
		}
	}
	return all
}

// toStop counts the processes of all plans, each once.
func (d *dialog) toStop() int {
	var all []*process.Process
	for _, j := range d.jobs {
		for _, p := range j.plan.ToStop {
			if !slices.ContainsFunc(all, p.Same) {
				all = append(all, p)
			}
		}
	}
	return len(all)
}

// canForce reports whether SIGKILL can be offered: processes survived SIGTERM, and a
// port is still in use.
func (d *dialog) canForce() bool {
	return d.stage == stageDone && d.signal == syscall.SIGTERM && len(d.survivors()) > 0
}

// execution is what a goroutine needs to carry out a plan.
type execution struct {
	run    bool
	plan   plan.Plan
	report plan.Report
}

// work returns what is to be done for each job: with SIGKILL only for those with
// survivors, and those whose port these may own.
func (d *dialog) work(sig syscall.Signal) []execution {
	survivors := d.survivors()
	all := make([]execution, len(d.jobs))
	for i, j := range d.jobs {
		all[i] = execution{run: j.possible(), plan: j.plan, report: j.report}
		if sig == syscall.SIGKILL {
			all[i].report.Outcomes = slices.Clone(j.report.Outcomes)
			all[i].run = j.blocked() || slices.ContainsFunc(j.report.StillRunning(), func(p *process.Process) bool {
				return slices.ContainsFunc(survivors, p.Same)
			})
		}
	}
	return all
}

// carryOut runs the plan, without processes that were signaled for another one.
func (x *execution) carryOut(service portService, sig syscall.Signal, signaled []*process.Process) freed {
	ctx := context.Background()
	if sig == syscall.SIGKILL {
		err := service.Kill(ctx, &x.plan, &x.report, process.DefaultGrace)
		return freed{true, x.report, err}
	}
	once := x.plan.Without(signaled)
	report, err := service.Execute(ctx, &once, ports.FreeOptions{Signal: sig, Grace: process.DefaultGrace})
	return freed{true, report, err}
}

// isDenied reports whether this user may not stop one of the processes.
func isDenied(r *plan.Report) bool {
	return slices.ContainsFunc(r.Outcomes, func(o process.Outcome) bool { return errors.Is(o.Err, process.ErrDenied) })
}

// sudoAllowsSignals reports whether lotop could stop the processes of others if it was
// run by sudo.
func sudoAllowsSignals() bool {
	return access.New("").Check(access.SignalOtherUsers).Command == "sudo lotop"
}
