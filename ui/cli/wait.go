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
	"lotop/sockets"
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
		Use:   "wait TARGET",
		Short: "wait until a port is listening or, with --free, can be bound",
		Long: "wait returns as soon as a process listens on TARGET, without connecting to it, or with --free as soon as a test " +
			"bind of TARGET succeeds. Exit status: 0 ready, 1 timed out, 2 error.",
		Example: `lotop wait 5432 --timeout 30s && ./migrate
lotop wait --free 3000 && npm start`,
		Args: cobra.ArbitraryArgs,
	}
	cmd.RunE = a.command(func(ctx context.Context, args []string) (int, error) {
		target, err := parseTarget(args, wait.udp)
		if err != nil {
			return exitFailed, err
		}
		if wait.timeout < 0 {
			return exitFailed, fmt.Errorf("--timeout %v: expected a duration such as 30s, or 0 for no limit", wait.timeout)
		}
		return a.wait(ctx, o, &wait, target)
	})
	cmd.ValidArgsFunction = cobra.NoFileCompletions
	a.acceptNegativePorts(cmd)
	f := cmd.Flags()
	f.BoolVar(&wait.udp, "udp", false, "use UDP instead of TCP")
	f.BoolVar(&wait.free, "free", false, "wait until TARGET can be bound instead")
	f.Var((*duration)(&wait.timeout), "timeout", "give up after this long, such as 30s; 0 means no limit")
	return cmd
}

func (a *app) wait(ctx context.Context, o *options, w *waitOptions, target bind.Target) (int, error) {
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	source, err := a.openLive(o, []sockets.PortRange{{First: target.Port, Last: target.Port}})
	if err != nil {
		return exitFailed, err
	}
	defer func() { _ = source.Close() }() // nothing was written
	begin := time.Now()
	limited, cancel := ctx, func() {}
	if w.timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, w.timeout)
	}
	defer cancel()
	await := ports.AwaitListener
	if w.free {
		await = ports.AwaitFree
	}
	got, err := await(limited, source, target)
	after := time.Since(begin)
	switch {
	case errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil:
		return exitNotFound, a.writeWaitResult(o, w, target, nil, after)
	case err != nil:
		return exitFailed, fmt.Errorf("wait for %s: %w", target, err)
	case got.Verdict == bind.VerdictNotPermitted:
		return exitFailed, fmt.Errorf("%s cannot be bound by this user; run lotop why %s for details", target, target.Text)
	}
	return exitOK, a.writeWaitResult(o, w, target, &got, after)
}

// writeWaitResult writes what came of it; got is nil if the time was over first.
func (a *app) writeWaitResult(o *options, w *waitOptions, t bind.Target, got *ports.WaitResult, after time.Duration) error {
	out := bufio.NewWriter(a.out)
	if o.json {
		j := jsonout.Wait{Target: jsonout.NewTarget(t), Reached: got != nil, AfterMS: after.Milliseconds()}
		switch {
		case w.free && got != nil:
			j.Verdict = got.Verdict
		case w.free:
			j.Verdict = bind.VerdictTaken
		case got != nil:
			s := jsonout.NewSocket(&got.Row)
			j.Socket = &s
		}
		if err := jsonout.WriteObject(out, j, a.terminal.out); err != nil {
			return err
		}
		return out.Flush()
	}
	if got == nil {
		a.warn("%s", timeoutMessage(w, t, after))
		return nil
	}
	a.stdoutStyler(o).writeLines(out, []style.Line{readyLine(w, t, got, after)})
	return out.Flush()
}

func timeoutMessage(w *waitOptions, t bind.Target, after time.Duration) string {
	if w.free {
		return fmt.Sprintf("%s is still in use after %s; run lotop why %s for details", t, ui.Seconds(after), t.Text)
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
