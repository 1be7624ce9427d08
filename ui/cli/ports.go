package cli

import (
	"context"
	"slices"

	"github.com/spf13/cobra"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
	"lotop/ui/jsonout"
	"lotop/ui/style"
)

// folderFrom is the width of a terminal from which the folder has a column of its own.
const folderFrom = 100

// portOrders are the values of --sort, and the columns of the rows that they stand for.
func portOrders() (names []string, columns []model.Column) {
	return []string{"port", "program", "clients", "pid", "age", "user"},
		[]model.Column{model.ByLocal, model.ByProcess, model.ByRemote, model.ByPID, model.ByAge, model.ByUser}
}

// newPorts makes the command that writes the Ports view once.
func (a *app) newPorts(o *options) *cobra.Command {
	names, columns := portOrders()
	sort := choice{"COLUMN", names[0], names}
	reverse, output := false, outputOptions{}
	cmd := &cobra.Command{
		Use:   "ports [QUERY]",
		Short: "print the ports in use, their owners and clients",
		Long: "ports prints one row for each port and the process that listens on it or has bound it, with the programs that are connected. " +
			"Sockets of one process at 127.0.0.1 and ::1, or at 0.0.0.0 and ::, are one row. " +
			"A port is printed if one of its sockets or connections matches the query. " +
			"Not on a terminal, every column has one value and no signs. JSON has an object for each port, as in docs/schema. " +
			"Exit status: 0 ports found, 1 no ports, 2 error.",
		Example: `lotop ports
lotop ports is:exposed
lotop ports --sort clients
lotop ports --json 3000-3999 | jq -r '.[] | "\(.port) \(.program)"'
lotop ports --format tsv --no-header --columns pid,port name:node`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: a.completeQuery(o),
	}
	f := cmd.Flags()
	f.Var(&sort, "sort", "sort by column: "+sort.list())
	f.BoolVar(&reverse, "reverse", false, "reverse the sort order")
	sort.complete(cmd, "sort")
	output.add(cmd, fieldNames(portFields()), formatTable, formatCSV, formatTSV, formatJSONL, formatJSON)
	cmd.RunE = a.command(func(ctx context.Context, args []string) (int, error) {
		if err := output.settle(cmd, o.json, formatJSON); err != nil {
			return exitFailed, err
		}
		order := model.Order{Column: columns[slices.Index(names, sort.value)], Reverse: reverse}
		return a.ports(ctx, o, &output, order, args)
	})
	return cmd
}

// ports reads the tables once and writes who listens on which port.
func (a *app) ports(ctx context.Context, o *options, out *outputOptions, order model.Order, args []string) (int, error) {
	query, err := parseQuery(args)
	if err != nil {
		return exitFailed, err
	}
	shape := portlist.Options{AllHosts: o.all, Match: query.Match, Order: order}
	return a.printOnce(ctx, o, func(monitor *track.Tracker) (int, error) {
		rows, waiting := portsOf(monitor, shape)
		if err := writeRows(a, o, out, a.portRows(o), rows); err != nil {
			return 0, err
		}
		if a.terminal.out && out.format.value == formatTable {
			a.sayTimeWaits(o, waiting)
		}
		return len(rows), nil
	}, func(monitor *track.Tracker) string {
		return emptyPorts(monitor, shape, queryText(args))
	})
}

// portsOf returns the ports alone: connections that belong to none are what list prints.
func portsOf(monitor *track.Tracker, shape portlist.Options) ([]portlist.Row, []portlist.TimeWait) {
	l := portlist.Make(monitor, shape)
	return slices.DeleteFunc(l.Rows, func(r portlist.Row) bool { return r.Kind != portlist.Port }), l.TimeWait
}

// emptyPorts says why there are no rows, and what would show some.
func emptyPorts(m *track.Tracker, shape portlist.Options, query string) string {
	count := func(wider portlist.Options) string {
		if rows, _ := portsOf(m, wider); len(rows) > 0 {
			return ui.Number(len(rows))
		}
		return "none"
	}
	free, wide := shape, shape
	free.Match, wide.AllHosts = nil, true
	return ui.EmptyMessage("port", query, shape.AllHosts, "without the query: "+count(free), "with --all: "+count(wide))
}

// sayTimeWaits tells of the closed connections that still wait, below a table and apart
// from it.
func (a *app) sayTimeWaits(o *options, waiting []portlist.TimeWait) {
	width := a.terminal.width
	if width == 0 {
		width = maxLine
	}
	if text := ui.TimeWaits(waiting, width); text != "" {
		a.writeErr(a.stderrStyler(o).line(style.Styled(style.Muted, text), 0) + "\n")
	}
}

// portRows are the rows of lotop ports.
func (a *app) portRows(o *options) *rowKind[portlist.Row] {
	narrow := a.terminal.width > 0 && a.terminal.width < folderFrom
	return &rowKind[portlist.Row]{
		portFields(), defaultPortFields(), portColumns(a.directories(o), narrow), jsonout.WritePorts, jsonout.WritePortLines,
	}
}

// portColumns are the columns in the order of the Ports view. Where it is narrow the
// folder stands behind the program.
func portColumns(cwd directories, narrow bool) []column[portlist.Row] {
	folder := func(r *portlist.Row) string { return folderField(r, cwd) }
	return []column[portlist.Row]{
		{name: "port", title: "PORT", priority: 1, cell: portCell},
		{name: "on", title: "ON", priority: 3, min: 9, cutMiddle: true, cell: placeCell},
		{name: "program", title: "WHO", priority: 2, min: 14, cell: func(r *portlist.Row) cell {
			c := whoCell(r)
			if text := folder(r); narrow && text != "" {
				c.spans = c.spans.Add(style.Muted, " · "+text)
			}
			return c
		}},
		{name: "folder", title: "FOLDER", priority: 6, min: 8, cell: func(r *portlist.Row) cell {
			if narrow {
				return cell{style.Text(""), -1} // so the column is left out
			}
			return cell{style.Styled(style.Muted, folder(r)), -1}
		}},
		{name: "clients", title: "CLIENTS", priority: 4, min: 10, cell: portClientsCell},
		{name: "pid", title: "PID", priority: 5, right: true, cell: func(r *portlist.Row) cell { return pidCell(&r.Row) }},
	}
}

func portCell(r *portlist.Row) cell { return textCell(style.Emphasis, ui.PortText(r)) }

func placeCell(r *portlist.Row) cell {
	c := textCell(style.Muted, ui.Place(r))
	if r.Exposed() {
		c.spans = c.spans.Add(style.Danger, " ⚠")
	}
	return c
}

func whoCell(r *portlist.Row) cell {
	name, more := ui.Who(r)
	role := style.Plain
	if len(r.Socket.Owners) == 0 {
		role = style.Muted
	}
	c := textCell(role, name)
	if more != "" {
		c.spans = c.spans.Add(style.Muted, " "+more)
	}
	return c
}

func portClientsCell(r *portlist.Row) cell {
	role := style.Plain
	switch {
	case len(r.Clients) == 0:
		role = style.Muted
	case r.Queued > 0 && r.Socket.State == sockets.Listen:
		role = style.Warning
	}
	return textCell(role, ui.Clients(r))
}
