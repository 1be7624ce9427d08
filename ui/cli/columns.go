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
		{title: "LOCAL", priority: 1, min: 18, cutMiddle: true, cell: localCell},
		{title: "REMOTE / CLIENTS", priority: 5, min: 24, cutMiddle: true, cell: remoteCell},
		{title: "STATE", priority: 3, cell: stateCell},
		{title: "PID", priority: 4, right: true, cell: pidCell},
		{title: "PROCESS", priority: 2, min: 12, cell: processCell},
		{title: "AGE", priority: 7, right: true, cell: ageCell},
		{title: "USER", priority: 8, min: 6, cell: userCell},
		{title: "COMMAND", priority: 9, min: 20, cutMiddle: true, cell: commandCell},
	}
}

func textCell(r ui.Role, text string) cell {
	if text == "" || text == ui.Dash {
		return cell{ui.Styled(ui.Muted, ui.Dash), -1}
	}
	return cell{ui.Styled(r, text), -1}
}

func protoCell(r *model.Row) cell { return textCell(ui.Muted, r.Socket.Protocol.String()) }

// localCell lines addresses up at their colon, so that ports stand under each
// other.
func localCell(r *model.Row) cell {
	c := textCell(ui.Plain, ui.Local(r.Snapshot, r.Socket))
	c.pivot = ui.Width(ui.Host(r.Snapshot, r.Socket))
	if r.Exposed() {
		c.spans = c.spans.Add(ui.Danger, " ⚠")
	}
	return c
}

func remoteCell(r *model.Row) cell {
	far := ui.RemoteText(r)
	if !r.Socket.Connected() {
		if r.Clients == 0 {
			return textCell(ui.Muted, far)
		}
		return textCell(ui.Plain, far)
	}
	c := textCell(ui.Plain, far)
	if i := strings.LastIndexByte(far, ':'); i >= 0 {
		c.pivot = ui.Width(far[:i])
	}
	return c
}

func stateCell(r *model.Row) cell {
	if r.Socket.State == sockets.TimeWait {
		return textCell(ui.Warning, r.Socket.State.String())
	}
	return textCell(ui.Plain, r.Socket.State.String())
}

func pidCell(r *model.Row) cell { return textCell(ui.Plain, ui.PID(r)) }

func processCell(r *model.Row) cell {
	main, more := ui.Owner(r)
	role := ui.Plain
	if len(r.Socket.Owners) == 0 {
		role = ui.Muted
	}
	c := textCell(role, main)
	if more != "" {
		c.spans = c.spans.Add(ui.Muted, " "+more)
	}
	return c
}

// ageCell is measured from the snapshot, not from the moment of writing. One
// snapshot sees no socket come, so it can only say how old one is at most.
func ageCell(r *model.Row) cell {
	if r.FirstSeen.IsZero() {
		return textCell(ui.Muted, "")
	}
	return textCell(ui.Muted, "≤"+ui.RowAge(r, r.Snapshot.Time))
}

func userCell(r *model.Row) cell { return textCell(ui.Plain, ui.User(r, r.Socket)) }

func commandCell(r *model.Row) cell {
	if p := r.Owner(r.Socket); p != nil {
		return textCell(ui.Muted, p.Command.String())
	}
	return textCell(ui.Muted, "")
}
