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

	"lotop/model"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/freeing"
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
	a.heedPorts(cmd)
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
func (a *app) free(ctx context.Context, o *options, fo *freeOptions, target model.Target) (int, error) {
	if fo.grace <= 0 {
		return exitFailed, fmt.Errorf("--grace %v: must be greater than zero", fo.grace)
	}
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	f := a.freer(o)
	plan, err := f.PlanPort(ctx, target, fo.clients, os.Geteuid() == 0)
	if err != nil {
		return exitFailed, fmt.Errorf("diagnose %s: %w", target, err)
	}
	run := &freeRun{app: a, options: o, free: fo, freer: f, plan: &plan}
	return run.carryOut(ctx)
}

// freeRun is one run of free.
type freeRun struct {
	*app
	options *options
	free    *freeOptions
	freer   *freeing.Freer
	plan    *model.PortPlan
	report  freeing.PortReport
	retaken *freeing.Retaken
	told    int // outcomes
}

func (r *freeRun) carryOut(ctx context.Context) (int, error) {
	if !r.plan.Possible() {
		return r.nothingToDo()
	}
	r.tell(r.planLines())
	if r.free.dryRun {
		return exitYes, r.write(r.plan.Diagnosis.Verdict)
	}
	if ok, err := r.confirmed(ctx, "Free "+r.plan.Diagnosis.Target.String()+"?"); !ok {
		return exitFailed, err
	}
	var err error
	r.report, err = r.freer.EndPort(ctx, r.plan, freeing.Order{Signal: syscall.Signal(r.free.signal), Grace: r.free.grace})
	if err == nil && len(r.report.Survivors()) > 0 && r.mayForce(ctx) {
		err = r.freer.Kill(ctx, r.plan, &r.report, r.free.grace)
	}
	if ctx.Err() != nil {
		r.tellOutcomes() // what was sent cannot be taken back
		return exitInterrupted, ctx.Err()
	}
	if err != nil {
		return exitFailed, err
	}
	return r.finish(ctx)
}

func (r *freeRun) planLines() []ui.Line {
	return ui.PlanLines(r.plan, syscall.Signal(r.free.signal), r.terminal.errWidth)
}

// nothingToDo ends a run in which there is nobody to end. It never sounds like a
// success of lotop's.
func (r *freeRun) nothingToDo() (int, error) {
	d := &r.plan.Diagnosis
	switch {
	case d.Verdict.OK() && len(d.Blockers) == 0:
		r.tell([]ui.Line{ui.Text("nothing to do: " + d.Target.String() + " is already free.")})
		return exitYes, r.write(d.Verdict)
	case d.Verdict.OK():
		r.tell(append([]ui.Line{ui.Text("nothing to do."), ui.WhyAnswer(d)}, r.planLines()...))
		return exitYes, r.write(d.Verdict)
	}
	r.tell(append([]ui.Line{ui.WhyAnswer(d)}, r.planLines()...))
	if err := r.write(d.Verdict); err != nil {
		return exitFailed, err
	}
	return exitFailed, fmt.Errorf("cannot free the port: %s", reasonOf(r.plan))
}

// reasonOf says why a plan does nothing.
func reasonOf(p *model.PortPlan) string {
	switch {
	case len(p.Protected) > 0:
		return ui.Named(p.Protected[0].Process) + " was skipped: " + p.Protected[0].Reason
	case len(p.Skipped) > 0:
		return p.Skipped[0].Reason
	case p.Diagnosis.Verdict == model.VerdictNotPermitted && len(p.Diagnosis.Notes) > 0:
		return p.Diagnosis.Notes[0]
	}
	return "no process that can be stopped owns it"
}

// confirmed asks, unless the yes was given already. Without a terminal nobody
// can be asked.
func (r *freeRun) confirmed(ctx context.Context, question string) (bool, error) {
	if r.free.yes {
		return true, nil
	}
	if !r.terminal.in {
		return false, fmt.Errorf("cannot ask for confirmation without a terminal: use --yes")
	}
	r.app.write(question + " [y/N] ")
	answer := make(chan string, 1)
	go func() { // a read cannot be interrupted; it ends with the program
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- line
	}()
	select {
	case <-ctx.Done():
		r.app.write("\n")
		return false, ctx.Err()
	case line := <-answer:
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		}
	}
	return false, fmt.Errorf("canceled")
}

// mayForce tells whether survivors are to be killed: that takes a yes of its own.
func (r *freeRun) mayForce(ctx context.Context) bool {
	if r.free.force || r.free.yes {
		return r.free.force
	}
	r.tellOutcomes()
	ok, _ := r.confirmed(ctx, ui.WordingFor(r.plan.Diagnosis.OS).KillQuestion())
	return ok
}

// tellOutcomes says what became of the processes, of each once.
func (r *freeRun) tellOutcomes() {
	for i := r.told; i < len(r.report.Outcomes); i++ {
		r.tell([]ui.Line{ui.OutcomeLine(&r.report.Outcomes[i], ui.WordingFor(r.plan.Diagnosis.OS))})
	}
	r.told = len(r.report.Outcomes)
}

// tellClosed says which connections were closed, as one number: the plan has
// told them one by one.
func (r *freeRun) tellClosed() {
	closed := 0
	for _, c := range r.report.Closed {
		if c.Err != nil {
			r.tell([]ui.Line{ui.Styled(ui.Danger, "✗ ").Add(ui.Plain, c.Err.Error())})
			continue
		}
		closed++
	}
	if closed > 0 {
		r.tell([]ui.Line{ui.Styled(ui.Good, "✓ ").Add(ui.Plain, ui.Count(closed, "connection")+" closed, no process stopped")})
	}
}

// finish tells what has come of it, and whether it lasts.
func (r *freeRun) finish(ctx context.Context) (int, error) {
	r.tellOutcomes()
	r.tellClosed()
	after := &r.report.After
	r.retaken = r.report.Retaken
	if r.retaken == nil && !after.Verdict.OK() {
		r.tell(append([]ui.Line{append(ui.Styled(ui.Danger, "✗ "), ui.WhyAnswer(after)...), nil},
			ui.WhyLines(after, ui.WhyOptions{Behind: behind(r.freer.Reader), Now: time.Now(), Width: r.terminal.errWidth})...))
		return exitNo, r.write(after.Verdict)
	}
	if r.retaken == nil {
		var err error
		if r.retaken, err = r.freer.Watch(ctx, after.Target, time.Now()); err != nil {
			return exitFailed, fmt.Errorf("check that %s stays free: %w", after.Target, err)
		}
	}
	if r.retaken != nil {
		r.tell(ui.RetakenLines(after.Target.String(), r.retaken.After, r.retaken.By, r.retaken.Parent))
		return exitNo, r.write(model.VerdictTaken)
	}
	r.tell([]ui.Line{append(ui.Styled(ui.Good, "✓ "), ui.WhyAnswer(after)...)})
	if ctx.Err() != nil {
		return exitInterrupted, ctx.Err() // free it is, but for how long was not seen
	}
	return exitYes, r.write(after.Verdict)
}

// tell writes words about what goes on to standard error.
func (r *freeRun) tell(lines []ui.Line) {
	w := bufio.NewWriter(r.err)
	r.errColours(r.options).writeLines(w, ui.WrapAll(lines, r.terminal.errWidth, 2))
	_ = w.Flush() // there is nowhere to tell that it failed
}

// errColours are the colours of standard error, which need not go where the
// output goes.
func (a *app) errColours(o *options) paint {
	if o.color.value == "auto" {
		return paint(a.terminal.err && !a.dumb() && a.getenv("NO_COLOR") == "")
	}
	return o.color.value == "always"
}

// write writes the data: with --json what was done, else nothing.
func (r *freeRun) write(verdict model.Verdict) error {
	if !r.options.json {
		return nil
	}
	w := bufio.NewWriter(r.out)
	if err := writeObject(w, r.newFreeJSON(verdict), r.terminal.out); err != nil {
		return err
	}
	return w.Flush()
}
