package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/recording"
	"lotop/ui/signals"
)

// newWatch makes the command that tells what happens.
func (a *app) newWatch(o *options) *cobra.Command {
	var period duration
	cmd := &cobra.Command{
		Use:   "watch [QUERY]",
		Short: "print every socket that opens, changes or closes",
		Long: "watch prints one line or JSON object per event on listeners, bound sockets and loopback connections, until interrupted " +
			"or --for elapses. On Linux the kernel reports every closed socket, including short-lived connections. " +
			"If the query names ports, only those are read, ten times a second by default.",
		Example: `lotop watch
lotop watch port:62893
lotop watch is:debugger
lotop watch --json --for 10s name:node | jq -r '.event + " " + .socket.local.address'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeQuery(o),
	}
	cmd.Flags().Var(&period, "for", "stop after this long, such as 10s")
	cmd.RunE = a.command(func(ctx context.Context, args []string) (int, error) {
		query, err := parseQuery(args)
		if err != nil {
			return exitFailed, err
		}
		if period < 0 || period == 0 && cmd.Flags().Changed("for") {
			return exitFailed, fmt.Errorf("--for %v: must be greater than zero, such as 10s", time.Duration(period))
		}
		w := newWatching(a, o, query)
		w.period = time.Duration(period)
		if o.recording.replay != "" {
			return w.replay()
		}
		w.interval = time.Duration(o.interval)
		if query.Ports() != nil && !cmd.Flags().Changed("interval") {
			w.interval = narrowInterval
		}
		return w.live(ctx)
	})
	return cmd
}

// narrowInterval is how often the sockets of some ports are read: a read takes
// half a millisecond, however many others there are.
const narrowInterval = 100 * time.Millisecond

// live watches the machine until it is told to stop.
func (w *watching) live(ctx context.Context) (int, error) {
	stop := make(chan os.Signal, 1)
	signals.Notify(stop)
	defer signal.Stop(stop)
	if err := w.open(w.query.Ports()); err != nil {
		return exitFailed, err
	}
	code, err := w.run(ctx, stop)
	if failed := w.close(); failed != nil {
		if err != nil {
			w.a.explain(err)
		}
		return exitFailed, failed
	}
	return code, err
}

// run tells what happens until it is told to stop, or nothing more is recorded.
func (w *watching) run(ctx context.Context, stop chan os.Signal) (int, error) {
	if err := w.begin(ctx); err != nil {
		return exitFailed, err
	}
	var over <-chan time.Time
	if w.period > 0 {
		over = time.After(w.period)
	}
	for tick, deaf := time.NewTicker(w.interval), readerGone(w.a.out); !w.unrecorded(); {
		var err error
		select {
		case <-tick.C:
			err = w.look(ctx)
		case <-w.wake():
			err = w.hear()
		case <-over:
			return exitYes, w.end(ctx)
		case <-deaf:
			return exitClosedPipe, nil
		case s := <-stop:
			signal.Stop(stop) // a second one ends lotop at once
			return signals.By(s).ExitCode(), w.end(ctx)
		}
		if err != nil {
			return exitFailed, err
		}
	}
	return exitFailed, nil // close says why
}

// unrecorded reports that something could not be recorded.
func (w *watching) unrecorded() bool {
	recorder, ok := w.source.(*recording.Recorder)
	return ok && recorder.Failed() != nil
}

// open opens the tables, and the kernel's notices where there are any, for some
// ports or for all.
func (w *watching) open(ports []sockets.PortRange) error {
	source, err := w.a.openRecorded(w.o, ports)
	if err != nil {
		return err
	}
	w.source = source
	if w.ears, err = noticesOf(source, ports); err != nil {
		w.a.say("connections shorter than %v may be missed: %v", w.interval, err)
		return nil
	}
	w.monitor.EnableNotifications()
	return nil
}

// close gives back what was opened. The error says what could not be recorded.
func (w *watching) close() error {
	if w.ears != nil {
		_ = w.ears.Close() // it was only listened to
	}
	return w.source.Close()
}

func (w *watching) wake() <-chan struct{} {
	if w.ears == nil {
		return nil
	}
	return w.ears.Ready()
}

// begin takes what is there as known.
func (w *watching) begin(ctx context.Context) error {
	if err := w.look(ctx); err != nil || w.unrecorded() {
		return err
	}
	for _, warning := range w.monitor.Snapshot().Warnings {
		w.a.say("%s", warning.Text)
	}
	if w.a.terminal.err && !w.o.json {
		rows, _ := w.monitor.Rows(nil, model.ListOptions{AllHosts: w.o.all, Match: w.query.Match})
		w.a.say("watching since %s, %d sockets open; press ctrl+c to stop", w.monitor.Snapshot().Time.Local().Format(time.TimeOnly), len(rows))
	}
	return nil
}

// end tells what is known of by now. Of a connection of which one end was heard
// of the other is waited for no longer.
func (w *watching) end(ctx context.Context) error {
	if err := w.look(ctx); err != nil {
		return err
	}
	return w.tell(w.monitor.FlushPending())
}
