package cli

import (
	"slices"
	"strings"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
	"lotop/ui/style"
)

// newColumns makes the columns of a table. On a terminal they are those of the
// screen if no others are asked for; whoever reads a pipe gets one value in each.
func newColumns[T any](k *rowKind[T], names []string, terminal bool, cwd directories) []column[T] {
	if names == nil && terminal {
		return k.screen
	}
	if names == nil {
		names = k.defaults
	}
	var all []column[T]
	for _, f := range fieldsNamed(k.fields, names) {
		col := column[T]{cell: func(r *T) cell { return cell{style.Text(orDash(f.value(r, cwd))), -1} }}
		if terminal {
			col.cell = func(r *T) cell { return textCell(style.Plain, f.value(r, cwd)) }
			if i := slices.IndexFunc(k.screen, func(c column[T]) bool { return c.name == f.name }); i >= 0 {
				col = k.screen[i]
			}
		}
		col.priority = 1 // none that was asked for is left out
		if col.title == "" {
			col.title = strings.ToUpper(f.name)
		}
		all = append(all, col)
	}
	return all
}

// screenColumns are the columns in the order of the screen.
func screenColumns() []column[model.Row] {
	return []column[model.Row]{
		{name: "proto", title: "PROTO", priority: 6, cell: protoCell},
		{name: "local", title: "LOCAL", priority: 1, min: 18, cutMiddle: true, cell: localCell},
		{name: "remote", title: "REMOTE / CLIENTS", priority: 5, min: 24, cutMiddle: true, cell: remoteCell},
		{name: "state", title: "STATE", priority: 3, cell: stateCell},
		{name: "pid", title: "PID", priority: 4, right: true, cell: pidCell},
		{name: "process", title: "PROCESS", priority: 2, min: 12, cell: processCell},
		{name: "age", title: "AGE", priority: 7, right: true, cell: ageCell},
		{name: "user", title: "USER", priority: 8, min: 6, cell: userCell},
		{name: "command", title: "COMMAND", priority: 9, min: 20, cutMiddle: true, cell: commandCell},
	}
}

func textCell(r style.Role, text string) cell {
	if text == "" || text == ui.Dash {
		return cell{style.Styled(style.Muted, ui.Dash), -1}
	}
	return cell{style.Styled(r, text), -1}
}

func protoCell(r *model.Row) cell { return textCell(style.Muted, r.Socket.Protocol.String()) }

// localCell lines addresses up at their colon, so that ports stand under each
// other.
func localCell(r *model.Row) cell {
	c := textCell(style.Plain, ui.Local(r.Snapshot, r.Socket))
	c.pivot = style.Width(ui.Host(r.Snapshot, r.Socket))
	if r.Exposed() {
		c.spans = c.spans.Add(style.Danger, " ⚠")
	}
	return c
}

func remoteCell(r *model.Row) cell {
	far := ui.RemoteText(r)
	if !r.Socket.Connected() {
		if r.Clients == 0 {
			return textCell(style.Muted, far)
		}
		return textCell(style.Plain, far)
	}
	c := textCell(style.Plain, far)
	if i := strings.LastIndexByte(far, ':'); i >= 0 {
		c.pivot = style.Width(far[:i])
	}
	return c
}

func stateCell(r *model.Row) cell {
	if r.Socket.State == sockets.TimeWait {
		return textCell(style.Muted, ui.State(r.Socket))
	}
	return textCell(style.Plain, ui.State(r.Socket))
}

func pidCell(r *model.Row) cell { return textCell(style.Plain, ui.PID(r)) }

func processCell(r *model.Row) cell {
	main, more := ui.Owner(r)
	role := style.Plain
	if len(r.Socket.Owners) == 0 {
		role = style.Muted
	}
	c := textCell(role, main)
	if more != "" {
		c.spans = c.spans.Add(style.Muted, " "+more)
	}
	return c
}

// ageCell is measured from the snapshot, not from the moment of writing. One
// snapshot sees no socket come, so it can only say how old one is at most.
func ageCell(r *model.Row) cell {
	if r.FirstSeen.IsZero() {
		return textCell(style.Muted, "")
	}
	return textCell(style.Muted, "≤"+ui.RowAge(r, r.Snapshot.Time))
}

func userCell(r *model.Row) cell { return textCell(style.Plain, ui.User(r, r.Socket)) }

func commandCell(r *model.Row) cell {
	if p := r.Owner(r.Socket); p != nil {
		return textCell(style.Muted, p.Command.String())
	}
	return textCell(style.Muted, "")
}
