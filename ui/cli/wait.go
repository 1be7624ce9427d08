package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lotop/model/bind"
	"lotop/ui"
	"lotop/ui/jsonout"
	"lotop/ui/ports"
	"lotop/ui/style"
)

// waitOptions are the flags of wait.
type waitOptions struct {
	udp, free bool
	timeout   time.Duration
}

// newWait makes the command that waits for a server, or for a port.
func (a *app) newWait(o *options) *cobra.Command {
	var wait waitOptions
	cmd := &cobra.Command{
		Use:   "wait TARGET...",
		Short: "wait until a port is listening or, with --free, can be bound",
		Long: "wait returns as soon as a process listens on TARGET, without connecting to it, or with --free as soon as a test " +
			"bind of TARGET succeeds. With several targets it prints each as soon as it is ready, and waits for all of them. " + targetHelp +
			"Exit status: 0 ready, 1 timed out, 2 error.",
		Example: `lotop wait 5432 --timeout 30s && ./migrate
lotop wait 5432 6379 --timeout 30s && ./migrate
lotop wait --free 3000 && npm start`,
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = a.command(func(ctx context.Context, args []string) (int, error) {
		targets, err := parseTargets(args, protocolOf(wait.udp), nil)
		if err != nil {
			return exitFailed, err
		}
		if wait.timeout < 0 {
			return exitFailed, fmt.Errorf("--timeout %v: expected a duration such as 30s, or 0 for no limit", wait.timeout)
		}
		return a.wait(ctx, o, &wait, targets)
	})
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	a.acceptNegativePorts(cmd)
	f := cmd.Flags()
	f.BoolVar(&wait.udp, "udp", false, "use UDP instead of TCP")
	f.BoolVar(&wait.free, "free", false, "wait until TARGET can be bound instead")
	f.Var((*duration)(&wait.timeout), "timeout", "give up after this long, such as 30s; 0 means no limit")
	return cmd
}

func (a *app) wait(ctx context.Context, o *options, w *waitOptions, targets targetList) (int, error) {
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	source, err := a.openLive(o, ports.PortsOf(targets.all))
	if err != nil {
		return exitFailed, err
	}
	defer func() { _ = source.Close() }() // nothing was written
	run := &waitRun{app: a, options: o, wait: w, targets: targets.all, begin: time.Now(), results: make([]*jsonout.Wait, len(targets.all))}
	limited, cancel := ctx, func() {}
	if w.timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, w.timeout)
	}
	defer cancel()
	await := ports.AwaitListeners
	if w.free {
		await = ports.AwaitFree
	}
	err = await(limited, source, targets.all, run.ready)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		run.timeOut()
	case err != nil:
		return exitFailed, fmt.Errorf("wait for %s: %w", run.missing(), err)
	}
	if run.err == nil && o.json && !run.refused {
		run.err = writeResults(a, run.results, targets.many)
	}
	if run.err != nil {
		return exitFailed, fmt.Errorf("write the result: %w", run.err)
	}
	return run.code, nil
}

// waitRun is one run of wait.
type waitRun struct {
	*app
	options *options
	wait    *waitOptions
	targets []bind.Target
	begin   time.Time
	results []*jsonout.Wait // in the order of the targets, nil where it still waits
	code    int             // the highest so far
	refused bool            // the kernel does not permit a bind
	err     error           // of the output
}

// ready notes what a wait for one of the targets has come to, and prints it.
func (r *waitRun) ready(at int, got ports.WaitResult) {
	after, t := time.Since(r.begin), r.targets[at]
	j := &jsonout.Wait{Target: jsonout.NewTarget(t), Reached: true, AfterMS: after.Milliseconds(), Verdict: got.Verdict}
	r.results[at] = j
	switch {
	case got.Verdict == bind.VerdictNotPermitted:
		j.Reached, r.refused, r.code = false, len(r.targets) == 1, exitFailed
		r.printError(fmt.Errorf("%s cannot be bound by this user; run lotop why %s for details", t, t))
		return
	case !r.wait.free:
		s := jsonout.NewSocket(&got.Row)
		j.Socket = &s
	}
	if r.options.json {
		return
	}
	out := bufio.NewWriter(r.out)
	r.stdoutStyler(r.options).writeLines(out, []style.Line{readyLine(r.wait, t, &got, after)})
	r.err = errors.Join(r.err, out.Flush())
}

// timeOut notes that the time was over before some of the targets were ready.
func (r *waitRun) timeOut() {
	after := time.Since(r.begin)
	r.code = max(r.code, exitNotFound)
	for i, t := range r.targets {
		if r.results[i] != nil {
			continue
		}
		r.results[i] = &jsonout.Wait{Target: jsonout.NewTarget(t), AfterMS: after.Milliseconds()}
		if r.wait.free {
			r.results[i].Verdict = bind.VerdictTaken
		}
		if !r.options.json {
			r.warn("%s", timeoutMessage(r.wait, t, after))
		}
	}
}

// missing names the targets that are not ready.
func (r *waitRun) missing() string {
	var all []string
	for i, t := range r.targets {
		if r.results[i] == nil {
			all = append(all, t.String())
		}
	}
	return strings.Join(all, ", ")
}

func timeoutMessage(w *waitOptions, t bind.Target, after time.Duration) string {
	if w.free {
		return fmt.Sprintf("%s is still in use after %s; run lotop why %s for details", t, ui.Seconds(after), t)
	}
	return fmt.Sprintf("nothing is listening on %s after %s", t, ui.Seconds(after))
}

func readyLine(w *waitOptions, t bind.Target, got *ports.WaitResult, after time.Duration) style.Line {
	l := style.Styled(style.Emphasis, t.String())
	if w.free {
		l = l.Add(style.Plain, " is ").Add(style.Success, "free")
		if got.Verdict == bind.VerdictReuse {
			l = l.Add(style.Muted, " for servers that set SO_REUSEADDR (most do)")
		}
	} else {
		main, more := ui.EventOwner(&got.Row)
		l = l.Add(style.Plain, " is ready: "+main).Add(style.Muted, strings.TrimRight(" "+more, " ")).Add(style.Plain, " listening on "+ui.Local(got.Row.Snapshot, got.Row.Socket))
	}
	return l.Add(style.Muted, ", after "+ui.Seconds(after))
}
