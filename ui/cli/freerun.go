package cli

import (
	"bufio"
	"context"
	"fmt"
	"syscall"
	"time"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/ports"
	"lotop/ui/style"
)

// freeRun is one run of free, for one target.
type freeRun struct {
	*app
	options  *options
	free     *freeOptions
	service  *ports.Service
	plan     *plan.Plan
	report   plan.Report
	verdict  bind.Verdict // the last known
	reported int          // outcomes
}

func (r *freeRun) target() string { return r.plan.Diagnosis.Target.String() }

// execute carries the plan out. Processes that another run has signaled already are
// left alone: many servers take a second signal for the order to exit at once, without
// cleaning up. With an error it returns the exit status.
func (r *freeRun) execute(ctx context.Context, signaled []*process.Process) (int, error) {
	once := r.plan.Without(signaled)
	r.plan = &once
	var err error
	r.report, err = r.service.Execute(ctx, r.plan, ports.FreeOptions{Signal: syscall.Signal(r.free.signal), Grace: r.free.grace})
	if err == nil && len(r.report.StillRunning()) > 0 && r.confirmForce(ctx) {
		err = r.service.Kill(ctx, r.plan, &r.report, r.free.grace)
	}
	if ctx.Err() != nil {
		r.printOutcomes() // what was sent cannot be taken back
		return exitInterrupted, ctx.Err()
	}
	if err != nil {
		return exitFailed, err
	}
	r.printOutcomes()
	r.print(ui.ClosedLines(r.report.Closed))
	r.verdict = r.report.After.Verdict
	return exitOK, nil
}

// watch looks whether the port stays free, if it is.
func (r *freeRun) watch(ctx context.Context) error {
	if r.report.Rebound != nil || !r.verdict.OK() {
		return nil
	}
	var err error
	if r.report.Rebound, err = r.service.WatchRebind(ctx, r.report.After.Target, time.Now()); err != nil {
		return fmt.Errorf("check that %s stays free: %w", r.target(), err)
	}
	return nil
}

// finish prints what has come of it, and returns the exit status. The survivors are
// those of all runs.
func (r *freeRun) finish(survivors []*process.Process) int {
	after := &r.report.After
	if !r.free.force && r.free.signal == signalFlag(syscall.SIGTERM) {
		for _, p := range survivors {
			after.RequireForce(p)
		}
	}
	switch {
	case r.report.Rebound != nil:
		r.verdict = bind.VerdictTaken
		r.print(ui.ReboundLines(after.Target.String(), r.report.Rebound))
		return exitNotFound
	case !r.verdict.OK():
		r.print(append([]style.Line{ui.ResultLine(after), nil},
			ui.WhyLines(after, ui.WhyOptions{Context: processContext(r.service.Reader), Now: time.Now(), Width: r.terminal.errWidth})...))
		return exitNotFound
	}
	r.print([]style.Line{ui.ResultLine(after)})
	return exitOK
}

func (r *freeRun) planLines() []style.Line {
	return ui.PlanLines(r.plan, syscall.Signal(r.free.signal), r.terminal.errWidth)
}

// reportNothingToDo ends a run in which there is no process to stop. It never sounds
// like a success of lotop's.
func (r *freeRun) reportNothingToDo() int {
	d := &r.plan.Diagnosis
	switch {
	case d.Verdict.OK() && len(d.Blockers) == 0:
		if lead := ui.WhyLead(d); lead != nil {
			r.print([]style.Line{lead})
		}
		r.print([]style.Line{style.Text("nothing to do: " + d.Target.String() + " is already free.")})
		return exitOK
	case d.Verdict.OK():
		r.print(append([]style.Line{style.Text("nothing to do."), ui.WhyAnswer(d)}, r.planLines()...))
		return exitOK
	}
	r.print(append([]style.Line{ui.WhyAnswer(d)}, r.planLines()...))
	r.printError(fmt.Errorf("cannot free the port: %s", failureReason(r.plan)))
	return exitFailed
}

// failureReason says why a plan does nothing.
func failureReason(p *plan.Plan) string {
	switch {
	case len(p.Protected) > 0:
		return ui.NameAndPID(p.Protected[0].Process) + " was skipped: " + p.Protected[0].Reason
	case len(p.Skipped) > 0:
		return p.Skipped[0].Reason
	case p.Diagnosis.Verdict == bind.VerdictNotPermitted && len(p.Diagnosis.Notes) > 0:
		return p.Diagnosis.Notes[0]
	}
	return "no process that can be stopped owns it"
}

// confirmForce reports whether to kill survivors: that takes a yes of its own.
func (r *freeRun) confirmForce(ctx context.Context) bool {
	if r.free.force || r.free.yes {
		return r.free.force
	}
	r.printOutcomes()
	ok, _ := r.free.confirm(ctx, r.app, ui.WordingFor(r.plan.Diagnosis.OS).KillQuestion())
	return ok
}

// printOutcomes says what became of the processes, of each once.
func (r *freeRun) printOutcomes() {
	for i := r.reported; i < len(r.report.Outcomes); i++ {
		r.print([]style.Line{ui.OutcomeLine(&r.report.Outcomes[i], ui.WordingFor(r.plan.Diagnosis.OS))})
	}
	r.reported = len(r.report.Outcomes)
}

// print writes words about what goes on to standard error.
func (r *freeRun) print(lines []style.Line) {
	w := bufio.NewWriter(r.err)
	r.stderrStyler(r.options).writeLines(w, style.WrapAll(lines, r.terminal.errWidth, 2))
	_ = w.Flush() // an error has nowhere to go
}
