package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/recording"
	"lotop/ui/signals"
)

// newWatch makes the command that prints events.
func (a *app) newWatch(o *options) *cobra.Command {
	var period duration
	var every interval
	out := &outputOptions{}
	cmd := &cobra.Command{
		Use:   "watch [QUERY]",
		Short: "print every socket that opens, changes or closes",
		Long: "watch prints one line or JSON object per event on listeners, bound sockets and loopback connections, until interrupted " +
			"or --for elapses. On Linux the kernel reports every closed socket, including short-lived connections. " +
			"If the query names ports, only those are read, ten times a second by default.",
		Example: `lotop watch
lotop watch port:62893
lotop watch is:debugger
lotop watch --format csv is:debugger > debuggers.csv
lotop watch --json --for 10s name:node | jq -r '.event + " " + .socket.local.address'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeQuery(o),
	}
	cmd.Flags().Var(&period, "for", "stop after this long, such as 10s")
	every.add(cmd)
	out.add(cmd, fieldNames(eventFields()), formatTable, formatCSV, formatTSV, formatJSONL)
	cmd.RunE = a.command(func(ctx context.Context, args []string) (int, error) {
		if err := out.settle(cmd, o.json, formatJSONL); err != nil {
			return exitFailed, err
		}
		query, err := parseQuery(args)
		if err != nil {
			return exitFailed, err
		}
		if period < 0 || period == 0 && cmd.Flags().Changed("for") {
			return exitFailed, fmt.Errorf("--for %v: must be greater than zero, such as 10s", time.Duration(period))
		}
		w := newWatcher(a, o, out, query)
		w.period = time.Duration(period)
		if err := w.writeHeader(); err != nil {
			return exitFailed, err
		}
		if o.recording.replay != "" {
			return w.replay()
		}
		w.interval = every.Duration
		if query.Ports() != nil && !every.given {
			w.interval = portsInterval
		}
		return w.live(ctx)
	})
	return cmd
}

// portsInterval is how often the sockets of some ports are read: a read takes
// half a millisecond, however many others there are.
const portsInterval = 100 * time.Millisecond

// live watches the machine until it is stopped.
func (w *watcher) live(ctx context.Context) (int, error) {
	stop := make(chan os.Signal, 1)
	signals.Notify(stop)
	defer signal.Stop(stop)
	if err := w.open(w.query.Ports()); err != nil {
		return exitFailed, err
	}
	code, err := w.run(ctx, stop)
	if failed := w.close(); failed != nil {
		if err != nil {
			w.app.printError(err)
		}
		return exitFailed, failed
	}
	return code, err
}

// run prints events until it is stopped, or nothing more is recorded.
func (w *watcher) run(ctx context.Context, stop chan os.Signal) (int, error) {
	if err := w.start(ctx); err != nil {
		return exitFailed, err
	}
	var over <-chan time.Time
	if w.period > 0 {
		over = time.After(w.period)
	}
	for tick, deaf := time.NewTicker(w.interval), pipeClosed(w.app.out); !w.unrecorded(); {
		var err error
		select {
		case <-tick.C:
			err = w.refresh(ctx)
		case <-w.wake():
			err = w.drainNotifications()
		case <-over:
			return exitOK, w.finish(ctx)
		case <-deaf:
			return exitClosedPipe, nil
		case s := <-stop:
			signal.Stop(stop) // a second one ends lotop at once
			return signals.By(s).ExitCode(), w.finish(ctx)
		}
		if err != nil {
			return exitFailed, err
		}
	}
	return exitFailed, nil // close says why
}

// unrecorded reports that something could not be recorded.
func (w *watcher) unrecorded() bool {
	recorder, ok := w.source.(*recording.Recorder)
	return ok && recorder.Failed() != nil
}

// open opens the tables, and the kernel's notices where there are any, for some
// ports or for all.
func (w *watcher) open(ports []sockets.PortRange) error {
	source, err := w.app.openAndRecord(w.options, ports)
	if err != nil {
		return err
	}
	w.source = source
	if w.notifications, err = notificationsFor(source, ports); err != nil {
		w.app.warn("connections shorter than %v may be missed: %v", w.interval, err)
		return nil
	}
	w.monitor.EnableNotifications()
	return nil
}

// close gives back what was opened. The error says what could not be recorded.
func (w *watcher) close() error {
	if w.notifications != nil {
		_ = w.notifications.Close() // it was only listened to
	}
	return w.source.Close()
}

func (w *watcher) wake() <-chan struct{} {
	if w.notifications == nil {
		return nil
	}
	return w.notifications.Ready()
}

// start takes what is there as known.
func (w *watcher) start(ctx context.Context) error {
	if err := w.refresh(ctx); err != nil || w.unrecorded() {
		return err
	}
	for _, warning := range w.monitor.Snapshot().Warnings {
		w.app.warn("%s", warning.Text)
	}
	if w.app.terminal.err && w.output.format.value == formatTable {
		rows, _ := w.monitor.Rows(nil, track.ListOptions{AllHosts: w.options.all, Match: w.query.Match})
		w.app.warn("watching since %s, %d sockets open; press ctrl+c to stop", w.monitor.Snapshot().Time.Local().Format(time.TimeOnly), len(rows))
	}
	return nil
}

// finish prints what is known by now. Of a connection of which one end was reported
// of the other is waited for no longer.
func (w *watcher) finish(ctx context.Context) error {
	if err := w.refresh(ctx); err != nil {
		return err
	}
	return w.write(w.monitor.FlushPending())
}
