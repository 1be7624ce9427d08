package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/access"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/jsonout"
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
		Use:   "free TARGET|NAME...",
		Short: "stop the processes that use a port and verify it is free",
		Long: words.FreeHelp() + targetHelp +
			"NAME is the name of a process, such as node: free plans for all ports on which processes of that name listen, " +
			"and spares programs of other names there. " +
			"Exit status: 0 the port is free, 1 still in use, 2 nothing was done.",
		Example: `lotop free 3000
lotop free 3000 --dry-run
lotop free 3000-3005 8080
lotop free node
lotop free 127.0.0.1:8080 --yes --grace 5s
lotop free --udp 5353 --yes --force`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeTarget(o, &fo.udp),
		RunE: a.command(func(ctx context.Context, args []string) (int, error) {
			if fo.grace <= 0 {
				return exitFailed, fmt.Errorf("--grace %v: must be greater than zero", fo.grace)
			}
			return a.free(ctx, o, &fo, args)
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

// free goes through the steps, each of them for all targets: plan, ask, stop, verify,
// watch.
func (a *app) free(ctx context.Context, o *options, fo *freeOptions, args []string) (int, error) {
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	f := a.portService(o)
	protocol := protocolOf(fo.udp)
	targets, err := parseTargets(args, protocol, func(name string) ([]bind.Target, error) {
		return targetsOf(ctx, f, name, protocol)
	})
	if err != nil {
		return exitFailed, err
	}
	all := &freeRuns{app: a, options: o, free: fo, many: targets.many}
	root := access.New("").Allows(access.CloseSockets)
	for i, target := range targets.all {
		options := plan.Options{Clients: fo.clients, Root: root}
		if names := targets.names[i]; names != nil {
			limitTo(&options, names, target)
		}
		p, err := f.PlanPort(ctx, target, options)
		if err != nil {
			return exitFailed, fmt.Errorf("diagnose %s: %w", target, err)
		}
		all.runs = append(all.runs, &freeRun{app: a, options: o, free: fo, service: f, plan: &p, verdict: p.Diagnosis.Verdict})
	}
	return all.run(ctx)
}

// freeRuns are the runs of one free command, one for each target.
type freeRuns struct {
	*app
	options *options
	free    *freeOptions
	runs    []*freeRun
	many    bool // see targetList
}

func (f *freeRuns) run(ctx context.Context) (int, error) {
	code := exitOK
	var possible []*freeRun
	for _, r := range f.runs {
		if !r.plan.Possible() {
			code = max(code, r.reportNothingToDo())
			continue
		}
		if len(f.runs) > 1 {
			r.print([]style.Line{style.Styled(style.Emphasis, r.target()).Add(style.Plain, ":")})
		}
		r.print(r.planLines())
		possible = append(possible, r)
	}
	if len(possible) == 0 || f.free.dryRun {
		return code, f.writeJSON()
	}
	if ok, err := f.free.confirm(ctx, f.app, question(possible)); !ok {
		return exitFailed, err
	}
	var signaled, survivors []*process.Process
	for _, r := range possible {
		if stopped, err := r.execute(ctx, signaled); err != nil {
			return stopped, err
		}
		signaled = append(signaled, r.plan.ToStop...)
		survivors = append(survivors, r.report.StillRunning()...)
	}
	if err := watchAll(ctx, possible); err != nil {
		return exitFailed, err
	}
	for _, r := range possible {
		code = max(code, r.finish(survivors))
	}
	if ctx.Err() != nil && code == exitOK {
		return exitInterrupted, ctx.Err() // free it is, but for how long was not seen
	}
	return code, f.writeJSON()
}

func question(runs []*freeRun) string {
	var names []string
	for _, r := range runs {
		names = append(names, r.target())
	}
	return "Free " + strings.Join(names, ", ") + "?"
}

// watchAll watches all the ports at once: each takes seconds.
func watchAll(ctx context.Context, runs []*freeRun) error {
	errs := make([]error, len(runs))
	var wait sync.WaitGroup
	for i, r := range runs {
		wait.Go(func() { errs[i] = r.watch(ctx) })
	}
	wait.Wait()
	return errors.Join(errs...)
}

// writeJSON writes the data: with --json what was done, else nothing.
func (f *freeRuns) writeJSON() error {
	if !f.options.json {
		return nil
	}
	var all []jsonout.Free
	for _, r := range f.runs {
		all = append(all, jsonout.NewFree(r.plan, syscall.Signal(f.free.signal), &r.report, r.verdict))
	}
	return writeResults(f.app, all, f.many)
}

// confirm asks, unless the yes was given already. Without a terminal no one
// can be asked.
func (fo *freeOptions) confirm(ctx context.Context, a *app, question string) (bool, error) {
	if fo.yes {
		return true, nil
	}
	if !a.terminal.in {
		return false, fmt.Errorf("cannot ask for confirmation without a terminal: use --yes")
	}
	a.writeErr(question + " [y/N] ")
	answer := make(chan string, 1)
	go func() { // a read cannot be interrupted; it ends with the program
		line, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		answer <- line
	}()
	select {
	case <-ctx.Done():
		a.writeErr("\n")
		return false, ctx.Err()
	case line := <-answer:
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		}
	}
	return false, fmt.Errorf("canceled")
}
