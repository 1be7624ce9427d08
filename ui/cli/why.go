package cli

import (
	"bufio"
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

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
	var udp, connect bool
	cmd := &cobra.Command{
		Use:   "why TARGET...",
		Short: "explain why a port is in use and how to free it",
		Long: "why tests with real binds whether a port can be bound and lists the sockets that block it. " +
			"A port with a listener is not connected to: the line says listens, with the length and the limit of its accept queue. " +
			"A connection is tried, and closed at once, where nothing listens, with --connect, and if TARGET is a URL. " +
			"In JSON, connects[].result is listening, with queue.length and queue.limit, or what became of a connection: " +
			"open, refused, timeout or an errno. " + targetHelp +
			"Exit status: 0 a server can start, 1 it cannot, 2 error.",
		Example: `lotop why 3000
lotop why 127.0.0.1:62893
lotop why 3000-3005 8080
lotop why http://localhost:3000/
lotop why --udp 5353
lotop why --json 3000 | jq -r '.holders[].socket.owners[]?.pid'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeTarget(o, &udp),
		RunE: a.command(func(ctx context.Context, args []string) (int, error) {
			targets, err := parseTargets(args, protocolOf(udp), nil)
			if err != nil {
				return exitFailed, err
			}
			return a.why(ctx, o, targets, connect)
		}),
	}
	a.acceptNegativePorts(cmd)
	cmd.Flags().BoolVar(&udp, "udp", false, "use UDP instead of TCP")
	cmd.Flags().BoolVar(&connect, "connect", false, "connect to listeners too, not only where nothing listens")
	return cmd
}

// portService finds out about ports and frees them, through the source that --source
// names.
func (a *app) portService(o *options) *ports.Service {
	return &ports.Service{
		Reader: process.NewReader(""),
		Open:   func() (sockets.Source, error) { return a.openLiveOnly(o) },
	}
}

func (a *app) why(ctx context.Context, o *options, targets targetList, connect bool) (int, error) {
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	f := a.portService(o)
	code := exitOK
	var all []jsonout.Diagnosis
	for i, target := range targets.all {
		d, err := f.Diagnose(ctx, target, connect || target.URL)
		if err != nil {
			return exitFailed, fmt.Errorf("diagnose %s: %w", target, err)
		}
		if !d.Verdict.OK() {
			code = exitNotFound
		}
		if o.json {
			all = append(all, jsonout.NewDiagnosis(&d))
			continue
		}
		if err := a.writeDiagnosis(o, f, &d, i > 0); err != nil {
			return exitFailed, fmt.Errorf("write the diagnosis: %w", err)
		}
	}
	if o.json {
		if err := writeResults(a, all, targets.many); err != nil {
			return exitFailed, fmt.Errorf("write the diagnosis: %w", err)
		}
	}
	return code, nil
}

// writeDiagnosis writes the section of one target, which an empty line keeps apart
// from one before it.
func (a *app) writeDiagnosis(o *options, f *ports.Service, d *bind.Diagnosis, apart bool) error {
	w := bufio.NewWriter(a.out)
	lines := whyLines(d, f.Reader, a.terminal.width)
	if apart {
		lines = append([]style.Line{nil}, lines...)
	}
	a.stdoutStyler(o).writeLines(w, lines)
	return w.Flush()
}

// whyLines is the whole answer: the first line, then what it rests on.
func whyLines(d *bind.Diagnosis, r *process.Reader, width int) []style.Line {
	var lines []style.Line
	if lead := ui.WhyLead(d); lead != nil {
		lines = style.Wrap(lead, width, 2)
	}
	lines = append(append(lines, style.Wrap(ui.WhyAnswer(d), width, 2)...), nil)
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
