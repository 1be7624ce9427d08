package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"lotop/model"
	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
)

// listOptions holds the values of the flags of list.
type listOptions struct {
	sort            choice
	reverse, unfold bool
	output          outputOptions
}

// newListOptions returns what list does without flags of its own.
func newListOptions() *listOptions {
	return &listOptions{
		sort:   choice{"COLUMN", model.ByLocal.String(), model.ColumnNames()},
		output: outputOptions{format: choice{value: formatTable}},
	}
}

func (l *listOptions) add(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Var(&l.sort, "sort", "sort by column: "+l.sort.list())
	f.BoolVar(&l.reverse, "reverse", false, "reverse the sort order")
	f.BoolVar(&l.unfold, "unfold", false, "show both ends of a loopback connection as separate rows")
	l.sort.complete(cmd, "sort")
	l.output.add(cmd, fieldNames(fields()), formatTable, formatCSV, formatTSV, formatJSONL, formatJSON)
}

// newList makes the command that writes one snapshot.
func (a *app) newList(o *options) *cobra.Command {
	l := newListOptions()
	cmd := &cobra.Command{
		Use:   "list [QUERY]",
		Short: "print a snapshot of the sockets",
		Long: "list prints listeners, bound sockets and loopback connections. A loopback connection is one row with both ends. " +
			"Not on a terminal, every column has one value and no signs. JSON has an object for each socket, as in docs/schema. " +
			"Exit status: 0 rows found, 1 no rows, 2 error.",
		Example: `lotop list port:3000
lotop list state:listen reach:network
lotop list name:node not:state:time_wait
lotop list --json state:listen | jq -r '.[].local.port'
lotop list --format tsv --no-header --columns pid,local is:exposed`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeQuery(o),
	}
	cmd.RunE = a.command(func(ctx context.Context, args []string) (int, error) {
		if err := l.output.settle(cmd, o.json, formatJSON); err != nil {
			return exitFailed, err
		}
		return a.list(ctx, o, l, args)
	})
	l.add(cmd)
	return cmd
}

// parseQuery reads the arguments of a command, which are the terms of a query.
func parseQuery(args []string) (*query.Query, error) {
	q, err := query.Parse(queryText(args))
	if err != nil {
		return nil, fmt.Errorf("invalid query: %w", err)
	}
	return q, nil
}

func queryText(args []string) string { return strings.Join(args, " ") }

// list reads the tables once and writes them.
func (a *app) list(ctx context.Context, o *options, l *listOptions, args []string) (int, error) {
	query, err := parseQuery(args)
	if err != nil {
		return exitFailed, err
	}
	column, _ := model.ParseColumn(l.sort.value) // the flag takes no other words
	shape := track.ListOptions{
		AllHosts: o.all, Match: query.Match,
		Unfold: l.unfold || l.output.isJSON(), // JSON has an object for each socket
		Order:  model.Order{Column: column, Reverse: l.reverse},
	}
	return a.printOnce(ctx, o, func(monitor *track.Tracker) (int, error) {
		rows, _ := monitor.Rows(nil, shape)
		return len(rows), writeRows(a, o, &l.output, socketRows(), rows)
	}, func(monitor *track.Tracker) string {
		return emptyReason(monitor, shape, queryText(args))
	})
}

// printOnce reads the tables once. print writes what it finds there and returns how many
// rows that was; empty says why there were none.
func (a *app) printOnce(ctx context.Context, o *options, print func(*track.Tracker) (int, error), empty func(*track.Tracker) string) (int, error) {
	monitor, unrecorded := a.readOnce(ctx, o)
	if monitor == nil {
		return exitFailed, unrecorded
	}
	rows, err := print(monitor)
	if err != nil {
		return exitFailed, fmt.Errorf("write the list: %w", err)
	}
	for _, w := range monitor.Snapshot().Warnings {
		if unrecorded == nil || w.Kind != sockets.RecordingFailed {
			a.warn("%s", w.Text)
		}
	}
	if unrecorded != nil {
		return exitFailed, unrecorded
	}
	if rows == 0 {
		a.warn("%s", empty(monitor))
		return exitNotFound, nil
	}
	return exitOK, nil
}

// readOnce takes the one snapshot, unless a signal ends it. An error beside a
// snapshot says that it could not be recorded.
func (a *app) readOnce(ctx context.Context, o *options) (*track.Tracker, error) {
	ctx, stop := a.stopper.untilStopped(ctx)
	defer stop()
	source, err := a.openSource(o)
	if err != nil {
		return nil, err
	}
	var snap sockets.Snapshot
	err = source.Read(ctx, &snap)
	closed := source.Close()
	if err != nil {
		return nil, fmt.Errorf("read the socket tables: %w", err)
	}
	monitor := track.New()
	monitor.Update(&snap)
	return monitor, closed
}

// emptyReason says why there are no rows, and what would show some.
func emptyReason(m *track.Tracker, shape track.ListOptions, query string) string {
	count := func(wider track.ListOptions) string {
		if rows, _ := m.Rows(nil, wider); len(rows) > 0 {
			return ui.Number(len(rows))
		}
		return "none"
	}
	free, wide := shape, shape
	free.Match, wide.AllHosts = nil, true
	return ui.EmptyMessage("socket", query, shape.AllHosts, "without the query: "+count(free), "with --all: "+count(wide))
}
