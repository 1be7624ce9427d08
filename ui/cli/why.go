package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
	"lotop/ui/jsonout"
	"lotop/ui/ports"
	"lotop/ui/style"
)

// newWhy makes the command that diagnoses a refused bind.
func (a *app) newWhy(o *options) *cobra.Command {
	var udp bool
	cmd := &cobra.Command{
		Use:   "why TARGET",
		Short: "explain why a port is in use and how to free it",
		Long: "why tests with real binds whether a port can be bound and lists the sockets that block it. TARGET is PORT, " +
			":PORT, HOST:PORT or [::1]:PORT; localhost means both loopback addresses. " +
			"Exit status: 0 a server can start, 1 it cannot, 2 error.",
		Example: `lotop why 3000
lotop why 127.0.0.1:62893
lotop why --udp 5353
lotop why --json 3000 | jq -r '.holders[].socket.owners[]?.pid'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeTarget(o, &udp),
		RunE: a.command(func(ctx context.Context, args []string) (int, error) {
			target, err := parseTarget(args, udp)
			if err != nil {
				return exitFailed, err
			}
			return a.why(ctx, o, target)
		}),
	}
	a.acceptNegativePorts(cmd)
	cmd.Flags().BoolVar(&udp, "udp", false, "use UDP instead of TCP")
	return cmd
}

// acceptNegativePorts lets a negative number be a wrong port and not an unknown flag.
func (a *app) acceptNegativePorts(cmd *cobra.Command) {
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		var unknown *pflag.NotExistError
		if errors.As(err, &unknown) {
			if n := unknown.GetSpecifiedShortnames(); n != "" && n[0] >= '0' && n[0] <= '9' {
				a.setExit(exitFailed, &bind.TargetError{Text: "-" + n, Problem: "ports range from 1 to 65535"})
				return nil
			}
		}
		return cmd.Parent().FlagErrorFunc()(cmd, err)
	})
}

// parseTarget reads the one argument of why and free.
func parseTarget(args []string, udp bool) (bind.Target, error) {
	protocol := sockets.TCP
	if udp {
		protocol = sockets.UDP
	}
	switch len(args) {
	case 0:
		return bind.Target{}, fmt.Errorf("missing target: expected PORT, HOST:PORT or [::1]:PORT")
	case 1:
		return bind.ParseTarget(protocol, args[0])
	}
	return bind.Target{}, fmt.Errorf("expected one target, got %d: %s", len(args), strings.Join(args, " "))
}

// portService finds out about ports and frees them, through the source that --source
// names.
func (a *app) portService(o *options) *ports.Service {
	return &ports.Service{
		Reader: process.NewReader(""),
		Open:   func() (sockets.Source, error) { return a.openLiveOnly(o) },
	}
}

func (a *app) why(ctx context.Context, o *options, target bind.Target) (int, error) {
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	f := a.portService(o)
	d, err := f.Diagnose(ctx, target)
	if err != nil {
		return exitFailed, fmt.Errorf("diagnose %s: %w", target, err)
	}
	if err := a.writeDiagnosis(o, f, &d); err != nil {
		return exitFailed, fmt.Errorf("write the diagnosis: %w", err)
	}
	if d.Verdict.OK() {
		return exitOK, nil
	}
	return exitNotFound, nil
}

func (a *app) writeDiagnosis(o *options, f *ports.Service, d *bind.Diagnosis) error {
	w := bufio.NewWriter(a.out)
	if o.json {
		if err := jsonout.WriteObject(w, jsonout.NewDiagnosis(d), a.terminal.out); err != nil {
			return err
		}
		return w.Flush()
	}
	a.stdoutStyler(o).writeLines(w, whyLines(d, f.Reader, a.terminal.width))
	return w.Flush()
}

// whyLines is the whole answer: the first line, then what it rests on.
func whyLines(d *bind.Diagnosis, r *process.Reader, width int) []style.Line {
	lines := append(style.Wrap(ui.WhyAnswer(d), width, 2), nil)
	return append(lines, ui.WhyLines(d, ui.WhyOptions{Context: processContext(r), Now: time.Now(), Width: width})...)
}

// processContext looks up what stands behind a process, as far as this user may see it.
func processContext(r *process.Reader) ui.ProcessContext {
	return func(pid int) (untrusted.Text, []*process.Process) {
		var folder untrusted.Text
		if d, err := r.Details(pid); err == nil {
			folder = d.Cwd
		}
		parents, _ := r.Ancestors(pid)
		return folder, parents
	}
}
