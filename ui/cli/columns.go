package cli

import (
	"strings"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
)

// newColumns makes the columns of the table, in the order of the screen.
func newColumns() []column {
	return []column{
		{title: "PROTO", priority: 6, cell: protoCell},
		{title: "LOCAL", priority: 1, least: 18, middle: true, cell: localCell},
		{title: "REMOTE / CLIENTS", priority: 5, least: 24, middle: true, cell: farCell},
		{title: "STATE", priority: 3, cell: stateCell},
		{title: "PID", priority: 4, right: true, cell: pidCell},
		{title: "PROCESS", priority: 2, least: 12, cell: processCell},
		{title: "AGE", priority: 7, right: true, cell: ageCell},
		{title: "USER", priority: 8, least: 6, cell: userCell},
		{title: "COMMAND", priority: 9, least: 20, middle: true, cell: commandCell},
	}
}

func one(r ui.Role, text string) cell {
	if text == "" || text == ui.Dash {
		return cell{ui.Styled(ui.Quiet, ui.Dash), -1}
	}
	return cell{ui.Styled(r, text), -1}
}

func protoCell(r *model.Row) cell { return one(ui.Quiet, r.Socket.Protocol.String()) }

// localCell lines addresses up at their colon, so that ports stand under each
// other.
func localCell(r *model.Row) cell {
	c := one(ui.Plain, ui.Local(r.Snapshot, r.Socket))
	c.before = ui.Width(ui.Host(r.Snapshot, r.Socket))
	if r.Exposed() {
		c.spans = c.spans.Add(ui.Danger, " ⚠")
	}
	return c
}

func farCell(r *model.Row) cell {
	far := ui.Far(r)
	if !r.Socket.Connected() {
		if r.Clients == 0 {
			return one(ui.Quiet, far)
		}
		return one(ui.Plain, far)
	}
	c := one(ui.Plain, far)
	if i := strings.LastIndexByte(far, ':'); i >= 0 {
		c.before = ui.Width(far[:i])
	}
	return c
}

func stateCell(r *model.Row) cell {
	if r.Socket.State == sockets.TimeWait {
		return one(ui.Notice, r.Socket.State.String())
	}
	return one(ui.Plain, r.Socket.State.String())
}

func pidCell(r *model.Row) cell { return one(ui.Plain, ui.PID(r)) }

func processCell(r *model.Row) cell {
	main, more := ui.Who(r)
	role := ui.Plain
	if len(r.Socket.Owners) == 0 {
		role = ui.Quiet
	}
	c := one(role, main)
	if more != "" {
		c.spans = c.spans.Add(ui.Quiet, " "+more)
	}
	return c
}

// ageCell is measured from the snapshot, not from the moment of writing. One
// snapshot sees no socket come, so it can only say how old one is at most.
func ageCell(r *model.Row) cell {
	if r.FirstSeen.IsZero() {
		return one(ui.Quiet, "")
	}
	return one(ui.Quiet, "≤"+ui.RowAge(r, r.Snapshot.Time))
}

func userCell(r *model.Row) cell { return one(ui.Plain, ui.User(r, r.Socket)) }

func commandCell(r *model.Row) cell {
	if p := r.Owner(r.Socket); p != nil {
		return one(ui.Quiet, p.Command.String())
	}
	return one(ui.Quiet, "")
}
