package cli

import (
	"slices"
	"strconv"
	"time"

	"lotop/model"
	"lotop/model/debugger"
	"lotop/model/service"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
)

// field is one thing that can be said of a row or of an event, as a script wants it:
// the value alone, empty where there is none.
type field[T any] struct {
	name  string
	value func(*T, directories) string
}

type (
	rowField   = field[model.Row]
	eventField = field[track.Event]
)

// directories returns the working directory of a process, empty if not known.
type directories func(*process.Process) untrusted.Text

// defaultFields are the columns of a pipe and of CSV if no others are asked for.
func defaultFields() []string {
	return []string{"proto", "local", "remote", "state", "role", "exposed", "clients", "pid", "process", "client_pid", "client", "user", "unit", "age", "command"}
}

// fieldNames lists what --columns takes of all.
func fieldNames[T any](all []field[T]) []string {
	var names []string
	for _, f := range all {
		names = append(names, f.name)
	}
	return names
}

// fieldsNamed returns the fields of those names, which are among all.
func fieldsNamed[T any](all []field[T], names []string) []field[T] {
	var picked []field[T]
	for _, name := range names {
		i := slices.IndexFunc(all, func(f field[T]) bool { return f.name == name })
		picked = append(picked, all[i])
	}
	return picked
}

// fields are all of them: first those that the screen has, in its order.
func fields() []rowField {
	row := func(name string, value func(*model.Row) string) rowField {
		return rowField{name, func(r *model.Row, _ directories) string { return value(r) }}
	}
	socket := func(name string, value func(*sockets.Socket) string) rowField {
		return rowField{name, func(r *model.Row, _ directories) string { return value(r.Socket) }}
	}
	owner := func(name string, value func(*process.Process) string) rowField {
		return rowField{name, func(r *model.Row, _ directories) string { return ofProcess(r.Owner(r.Socket), value) }}
	}
	client := func(name string, value func(*process.Process) string) rowField {
		return rowField{name, func(r *model.Row, _ directories) string { return ofProcess(clientOf(r), value) }}
	}
	return []rowField{
		socket("proto", func(s *sockets.Socket) string { return s.Protocol.String() }),
		row("local", func(r *model.Row) string { return ui.Local(r.Snapshot, r.Socket) }),
		row("remote", remoteField),
		socket("state", func(s *sockets.Socket) string { return s.State.String() }),
		row("pid", pidField),
		owner("process", func(p *process.Process) string { return p.Name.String() }),
		row("age", ageField),
		row("user", func(r *model.Row) string { return ui.User(r, r.Socket) }),
		owner("command", func(p *process.Process) string { return p.Command.String() }),

		socket("id", func(s *sockets.Socket) string { return s.ID.String() }),
		socket("port", func(s *sockets.Socket) string { return strconv.Itoa(int(s.Local.Port())) }),
		socket("remote_port", remotePortField),
		row("role", roleField),
		row("exposed", func(r *model.Row) string { return yesNo(r.Exposed()) }),
		row("reach", func(r *model.Row) string { return r.Reach.String() }),
		row("clients", clientsField),
		client("client", func(p *process.Process) string { return p.Name.String() }),
		client("client_pid", pidOf),
		owner("program", programField),
		row("debugger", func(r *model.Row) string { return r.Debugger }),
		row("debuggee", debuggeeField),
		row("unit", unitField),
		row("container", containerField),
		row("no_owner", func(r *model.Row) string { return r.Socket.NoOwner.String() }),
		socket("time_left", timeLeftField),
		owner("started", startedField),
		{"cwd", func(r *model.Row, cwd directories) string {
			return ofProcess(r.Owner(r.Socket), func(p *process.Process) string { return cwd(p).String() })
		}},
		socket("class", func(s *sockets.Socket) string { return service.ClassOf(s.Local.Port()).String() }),
		socket("service", func(s *sockets.Socket) string { return service.Name(s.Protocol, s.Local.Port()) }),
	}
}

func ofProcess(p *process.Process, value func(*process.Process) string) string {
	if p == nil {
		return ""
	}
	return value(p)
}

// clientOf returns the process at the other end of a row that stands for both.
func clientOf(r *model.Row) *process.Process {
	if !r.Folded {
		return nil
	}
	return r.Owner(r.Peer)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func pidOf(p *process.Process) string { return strconv.Itoa(p.PID) }

// pidField is known of an owner that has exited meanwhile, too.
func pidField(r *model.Row) string {
	if len(r.Socket.Owners) == 0 {
		return ""
	}
	return strconv.Itoa(int(r.Socket.Owners[0].PID))
}

func remoteField(r *model.Row) string {
	if !r.Socket.Connected() {
		return ""
	}
	return ui.Remote(r.Snapshot, r.Socket)
}

func remotePortField(s *sockets.Socket) string {
	if !s.Connected() {
		return ""
	}
	return strconv.Itoa(int(s.Remote.Port()))
}

// roleField says which end of its connection the row's socket is.
func roleField(r *model.Row) string {
	switch {
	case !r.Socket.Connected() || r.RoleUnknown || r.Socket.Local == r.Socket.Remote:
		return ""
	case r.Inbound:
		return "server"
	}
	return "client"
}

func clientsField(r *model.Row) string {
	if r.Socket.State != sockets.Listen {
		return ""
	}
	return strconv.Itoa(int(r.Clients))
}

// ageField says how old the socket is at most: one snapshot sees none come.
func ageField(r *model.Row) string {
	if r.FirstSeen.IsZero() {
		return ""
	}
	return ui.RowAge(r, r.Snapshot.Time)
}

func programField(p *process.Process) string {
	return untrusted.New(debugger.ScriptName(p)).String()
}

func debuggeeField(r *model.Row) string {
	if r.Debugger == "" {
		return ""
	}
	return ofProcess(r.Owner(r.Socket), func(p *process.Process) string {
		name, pid := debugger.DebuggeeName(p, r.Snapshot.Process)
		if name.String() == "" && pid != 0 {
			return strconv.Itoa(pid)
		}
		return name.String()
	})
}

func unitField(r *model.Row) string {
	if g := ui.Cgroup(r, r.Socket); g != nil {
		return g.Unit.String()
	}
	return ""
}

func containerField(r *model.Row) string {
	if g := ui.Cgroup(r, r.Socket); g != nil {
		return g.Container.String()
	}
	return ""
}

func timeLeftField(s *sockets.Socket) string {
	if s.Timer != sockets.TimeWaitTimer {
		return ""
	}
	return ui.TimeLeft(s)
}

func startedField(p *process.Process) string {
	if p.Started.IsZero() {
		return ""
	}
	return p.Started.Format(time.RFC3339)
}
