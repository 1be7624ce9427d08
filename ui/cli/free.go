package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/access"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/jsonout"
	"lotop/ui/ports"
	"lotop/ui/style"
)

// freeOptions is what the flags of free say.
type freeOptions struct {
	udp, yes, dryRun, force, clients bool

	grace  time.Duration
	signal signalFlag
}

// newFree makes the command that frees a port.
func (a *app) newFree(o *options) *cobra.Command {
	fo, words := freeOptions{signal: signalFlag(syscall.SIGTERM), grace: process.DefaultGrace}, ui.WordingFor(runtime.GOOS)
	cmd := &cobra.Command{
		Use:   "free TARGET",
		Short: "stop the processes that use a port and verify it is free",
		Long: words.FreeHelp() +
			"Exit status: 0 the port is free, 1 still in use, 2 nothing was done.",
		Example: `lotop free 3000
lotop free 3000 --dry-run
lotop free 127.0.0.1:8080 --yes --grace 5s
lotop free --udp 5353 --yes --force`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeTarget(o, &fo.udp),
		RunE: a.command(func(ctx context.Context, args []string) (int, error) {
			target, err := parseTarget(args, fo.udp)
			if err != nil {
				return exitFailed, err
			}
			return a.free(ctx, o, &fo, target)
		}),
	}
	a.acceptNegativePorts(cmd)
	f := cmd.Flags()
	f.BoolVar(&fo.udp, "udp", false, "use UDP instead of TCP")
	f.BoolVarP(&fo.yes, "yes", "y", false, "do not ask for confirmation")
	f.BoolVar(&fo.dryRun, "dry-run", false, "print the plan without running it")
	f.BoolVar(&fo.force, "force", false, words.ForceHelp())
	f.BoolVar(&fo.clients, "clients", false, "also stop processes that own only connections")
	f.Var((*duration)(&fo.grace), "grace", "time to wait for processes to exit")
	f.Var(&fo.signal, "signal", words.SignalHelp())
	fo.signal.complete(cmd, "signal")
	return cmd
}

// free goes through the steps: plan, ask, end, prove, watch.
func (a *app) free(ctx context.Context, o *options, fo *freeOptions, target bind.Target) (int, error) {
	if fo.grace <= 0 {
		return exitFailed, fmt.Errorf("--grace %v: must be greater than zero", fo.grace)
	}
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	f := a.portService(o)
	p, err := f.PlanPort(ctx, target, plan.Options{Clients: fo.clients, Root: access.New("").Allows(access.CloseSockets)})
	if err != nil {
		return exitFailed, fmt.Errorf("diagnose %s: %w", target, err)
	}
	run := &freeRun{app: a, options: o, free: fo, service: f, plan: &p}
	return run.runPlan(ctx)
}

// freeRun is one run of free.
type freeRun struct {
	*app
	options  *options
	free     *freeOptions
	service  *ports.Service
	plan     *plan.Plan
	report   plan.Report
	rebound  *plan.Rebound
	reported int // outcomes
}

func (r *freeRun) runPlan(ctx context.Context) (int, error) {
	if !r.plan.Possible() {
		return r.reportNothingToDo()
	}
	r.print(r.planLines())
	if r.free.dryRun {
		return exitOK, r.printJSON(r.plan.Diagnosis.Verdict)
	}
	if ok, err := r.confirm(ctx, "Free "+r.plan.Diagnosis.Target.String()+"?"); !ok {
		return exitFailed, err
	}
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
	return r.finish(ctx)
}

func (r *freeRun) planLines() []style.Line {
	return ui.PlanLines(r.plan, syscall.Signal(r.free.signal), r.terminal.errWidth)
}

// reportNothingToDo ends a run in which there is nobody to end. It never sounds like a
// success of lotop's.
func (r *freeRun) reportNothingToDo() (int, error) {
	d := &r.plan.Diagnosis
	switch {
	case d.Verdict.OK() && len(d.Blockers) == 0:
		r.print([]style.Line{style.Text("nothing to do: " + d.Target.String() + " is already free.")})
		return exitOK, r.printJSON(d.Verdict)
	case d.Verdict.OK():
		r.print(append([]style.Line{style.Text("nothing to do."), ui.WhyAnswer(d)}, r.planLines()...))
		return exitOK, r.printJSON(d.Verdict)
	}
	r.print(append([]style.Line{ui.WhyAnswer(d)}, r.planLines()...))
	if err := r.printJSON(d.Verdict); err != nil {
		return exitFailed, err
	}
	return exitFailed, fmt.Errorf("cannot free the port: %s", failureReason(r.plan))
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

// confirm asks, unless the yes was given already. Without a terminal nobody
// can be asked.
func (r *freeRun) confirm(ctx context.Context, question string) (bool, error) {
	if r.free.yes {
		return true, nil
	}
	if !r.terminal.in {
		return false, fmt.Errorf("cannot ask for confirmation without a terminal: use --yes")
	}
	r.app.writeErr(question + " [y/N] ")
	answer := make(chan string, 1)
	go func() { // a read cannot be interrupted; it ends with the program
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- line
	}()
	select {
	case <-ctx.Done():
		r.app.writeErr("\n")
		return false, ctx.Err()
	case line := <-answer:
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		}
	}
	return false, fmt.Errorf("canceled")
}

// confirmForce tells whether survivors are to be killed: that takes a yes of its own.
func (r *freeRun) confirmForce(ctx context.Context) bool {
	if r.free.force || r.free.yes {
		return r.free.force
	}
	r.printOutcomes()
	ok, _ := r.confirm(ctx, ui.WordingFor(r.plan.Diagnosis.OS).KillQuestion())
	return ok
}

// printOutcomes says what became of the processes, of each once.
func (r *freeRun) printOutcomes() {
	for i := r.reported; i < len(r.report.Outcomes); i++ {
		r.print([]style.Line{ui.OutcomeLine(&r.report.Outcomes[i], ui.WordingFor(r.plan.Diagnosis.OS))})
	}
	r.reported = len(r.report.Outcomes)
}

// finish tells what has come of it, and whether it lasts.
func (r *freeRun) finish(ctx context.Context) (int, error) {
	r.printOutcomes()
	r.print(ui.ClosedLines(r.report.Closed))
	after := &r.report.After
	r.rebound = r.report.Rebound
	if r.rebound == nil && !after.Verdict.OK() {
		r.print(append([]style.Line{ui.ResultLine(after), nil},
			ui.WhyLines(after, ui.WhyOptions{Context: processContext(r.service.Reader), Now: time.Now(), Width: r.terminal.errWidth})...))
		return exitNotFound, r.printJSON(after.Verdict)
	}
	if r.rebound == nil {
		var err error
		if r.rebound, err = r.service.WatchRebind(ctx, after.Target, time.Now()); err != nil {
			return exitFailed, fmt.Errorf("check that %s stays free: %w", after.Target, err)
		}
	}
	if r.rebound != nil {
		r.print(ui.ReboundLines(after.Target.String(), r.rebound))
		return exitNotFound, r.printJSON(bind.VerdictTaken)
	}
	r.print([]style.Line{ui.ResultLine(after)})
	if ctx.Err() != nil {
		return exitInterrupted, ctx.Err() // free it is, but for how long was not seen
	}
	return exitOK, r.printJSON(after.Verdict)
}

// print writes words about what goes on to standard error.
func (r *freeRun) print(lines []style.Line) {
	w := bufio.NewWriter(r.err)
	r.stderrStyler(r.options).writeLines(w, style.WrapAll(lines, r.terminal.errWidth, 2))
	_ = w.Flush() // there is nowhere to tell that it failed
}

// printJSON writes the data: with --json what was done, else nothing.
func (r *freeRun) printJSON(verdict bind.Verdict) error {
	if !r.options.json {
		return nil
	}
	w := bufio.NewWriter(r.out)
	if err := jsonout.WriteObject(w, jsonout.NewFree(r.plan, syscall.Signal(r.free.signal), &r.report, r.rebound, verdict), r.terminal.out); err != nil {
		return err
	}
	return w.Flush()
}
