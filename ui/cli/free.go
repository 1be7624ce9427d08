package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/signal"
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
	fo := freeOptions{signal: signalFlag(syscall.SIGTERM)}
	cmd := &cobra.Command{
		Use:   "free TARGET",
		Short: "end what holds a port, prove that it is free",
		Long: "free shows whom it would end, asks, sends SIGTERM to exactly those processes, waits, and proves by a bind that the port is free. " +
			"Owners of listeners and bound sockets are ended, clients only with --clients. Root closes single connections without ending anyone. " +
			"It exits with 0 if the port is free, 1 if it is still held, 2 if nothing could be done.",
		Example: `lotop free 3000
lotop free 3000 --dry-run
lotop free 127.0.0.1:8080 --yes --grace 5s
lotop free --udp 5353 --yes --force`,
		Args: cobra.ArbitraryArgs,
		RunE: a.command(func(ctx context.Context, args []string) (int, error) {
			target, err := parseTarget(args, fo.udp)
			if err != nil {
				return exitFailed, err
			}
			return a.free(ctx, o, &fo, target)
		}),
	}
	f := cmd.Flags()
	f.BoolVar(&fo.udp, "udp", false, "UDP in place of TCP")
	f.BoolVarP(&fo.yes, "yes", "y", false, "do it without asking")
	f.BoolVar(&fo.dryRun, "dry-run", false, "show the plan and do nothing")
	f.BoolVar(&fo.force, "force", false, "SIGKILL for what survives the grace period")
	f.BoolVar(&fo.clients, "clients", false, "end the processes of connections as well")
	f.DurationVar(&fo.grace, "grace", process.DefaultGrace, "how long to wait for the processes to end")
	f.Var(&fo.signal, "signal", "what to send first: TERM, INT, HUP, QUIT, KILL or a number")
	return cmd
}

// free goes through the steps: plan, ask, end, prove, watch.
func (a *app) free(ctx context.Context, o *options, fo *freeOptions, target model.Target) (int, error) {
	if fo.grace < 0 {
		return exitFailed, fmt.Errorf("--grace %v: it is no time to wait", fo.grace)
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	f := a.freer(o)
	plan, err := f.PlanPort(ctx, target, fo.clients, os.Geteuid() == 0)
	if err != nil {
		return exitFailed, fmt.Errorf("find out about %s: %w", target, err)
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
}

func (r *freeRun) carryOut(ctx context.Context) (int, error) {
	if !r.plan.Possible() {
		return r.nothingToDo()
	}
	r.tell(ui.PlanLines(r.plan, process.SignalName(syscall.Signal(r.free.signal))))
	if r.free.dryRun {
		return exitYes, r.write(r.plan.Diagnosis.Verdict)
	}
	if ok, err := r.confirmed("free " + r.plan.Diagnosis.Target.String() + "?"); !ok {
		return exitFailed, err
	}
	var err error
	r.report, err = r.freer.EndPort(ctx, r.plan, freeing.Order{Signal: syscall.Signal(r.free.signal), Grace: r.free.grace})
	if err == nil && len(r.report.Survivors()) > 0 && r.mayForce() {
		err = r.freer.Kill(ctx, r.plan, &r.report, r.free.grace)
	}
	if err != nil {
		return exitFailed, err
	}
	return r.finish(ctx)
}

// nothingToDo ends a run in which there is nobody to end.
func (r *freeRun) nothingToDo() (int, error) {
	d := &r.plan.Diagnosis
	if d.Verdict.OK() {
		r.tell([]ui.Line{ui.WhyAnswer(d)})
		r.tell(ui.PlanLines(r.plan, ""))
		return exitYes, r.write(d.Verdict)
	}
	r.tell(append([]ui.Line{ui.WhyAnswer(d)}, ui.PlanLines(r.plan, "")...))
	if err := r.write(d.Verdict); err != nil {
		return exitFailed, err
	}
	return exitFailed, fmt.Errorf("nothing was done: %s", reasonOf(r.plan))
}

// reasonOf says why a plan does nothing.
func reasonOf(p *model.PortPlan) string {
	switch {
	case len(p.Refused) > 0:
		return ui.Named(p.Refused[0].Process) + " is not ended, " + p.Refused[0].Reason
	case len(p.Left) > 0:
		return p.Left[0].Reason
	case p.Diagnosis.Verdict == model.VerdictNotPermitted && len(p.Diagnosis.Notes) > 0:
		return p.Diagnosis.Notes[0]
	}
	return "nobody who could be ended holds it"
}

// confirmed asks, unless the yes was given already. Without a terminal nobody
// can be asked.
func (r *freeRun) confirmed(question string) (bool, error) {
	if r.free.yes {
		return true, nil
	}
	if !r.terminal.in {
		return false, fmt.Errorf("nothing was done: there is no terminal to ask on; --yes does it without asking")
	}
	r.app.write(question + " [y/N] ")
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return true, nil
	}
	return false, fmt.Errorf("nothing was done")
}

// mayForce tells whether survivors are to be killed: that takes a yes of its own.
func (r *freeRun) mayForce() bool {
	if r.free.force || r.free.yes {
		return r.free.force
	}
	for i := range r.report.Outcomes {
		r.tell([]ui.Line{ui.OutcomeLine(&r.report.Outcomes[i])})
	}
	ok, _ := r.confirmed("send SIGKILL?")
	return ok
}

// finish tells what has come of it, and whether it lasts.
func (r *freeRun) finish(ctx context.Context) (int, error) {
	for i := range r.report.Outcomes {
		r.tell([]ui.Line{ui.OutcomeLine(&r.report.Outcomes[i])})
	}
	for _, c := range r.report.Closed {
		if c.Err != nil {
			r.tell([]ui.Line{ui.Styled(ui.Danger, "✗ ").Add(ui.Plain, c.Err.Error())})
		}
	}
	after := &r.report.After
	if after.Verdict.OK() {
		r.retaken, _ = r.freer.Watch(ctx, after.Target, time.Now())
	}
	if r.retaken != nil {
		r.tell(ui.RetakenLines(after.Target.String(), r.retaken.After, r.retaken.By, r.retaken.Parent))
		return exitNo, r.write(model.VerdictTaken)
	}
	r.tell([]ui.Line{ui.WhyAnswer(after)})
	if after.Verdict.OK() {
		return exitYes, r.write(after.Verdict)
	}
	r.tell(ui.WhyLines(after, behind(r.freer.Reader), time.Now()))
	return exitNo, r.write(after.Verdict)
}

// tell writes words about what goes on to standard error.
func (r *freeRun) tell(lines []ui.Line) {
	w := bufio.NewWriter(r.err)
	r.colours(r.options).writeLines(w, lines)
	_ = w.Flush() // there is nowhere to tell that it failed
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
