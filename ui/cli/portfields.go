package cli

import (
	"slices"
	"strconv"
	"strings"

	"lotop/model/portlist"
	"lotop/model/program"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
)

type portField = field[portlist.Row]

// defaultPortFields are the columns of a pipe and of CSV if no others are asked for:
// last those whose values may have spaces.
func defaultPortFields() []string {
	return []string{"port", "proto", "state", "on", "exposed", "clients", "pid", "processes", "user", "unit", "age", "folder", "program", "client_programs", "command"}
}

// portFields are all of them: first those that the Ports view has, in its order, and
// last those that a port has in common with its sockets.
func portFields() []portField {
	port := func(name string, value func(*portlist.Row) string) portField {
		return portField{name, func(r *portlist.Row, _ directories) string { return value(r) }}
	}
	all := []portField{
		port("port", ui.PortText),
		port("on", ui.Place),
		port("program", portProgramField),
		{"folder", folderField},
		port("clients", portClientsField),
		port("pid", func(r *portlist.Row) string { return pidField(&r.Row) }),

		port("addresses", addressesField),
		port("exposed", func(r *portlist.Row) string { return yesNo(r.Exposed()) }),
		port("processes", func(r *portlist.Row) string { return count(len(r.Socket.PIDs())) }),
		port("forward", forwardField),
		port("client_programs", func(r *portlist.Row) string {
			return ofClients(r, func(p *process.Process) string { return program.Name(p).String() })
		}),
		port("client_pids", func(r *portlist.Row) string { return ofClients(r, pidOf) }),
		port("time_wait", timeWaitField),
	}
	common := []string{"proto", "state", "process", "age", "user", "command", "id", "reach", "debugger", "debuggee", "unit", "container", "no_owner", "started", "cwd", "class", "service"}
	for _, f := range fieldsNamed(fields(), common) {
		all = append(all, portField{f.name, func(r *portlist.Row, cwd directories) string { return f.value(&r.Row, cwd) }})
	}
	return all
}

// portProgramField is the program as JSON has it.
func portProgramField(r *portlist.Row) string {
	return ofProcess(r.Owner(r.Socket), func(p *process.Process) string { return program.NameUnder(p, r.Tracer).String() })
}

func forwardField(r *portlist.Row) string {
	return ofProcess(r.Owner(r.Socket), func(p *process.Process) string {
		f, _ := program.ForwardOf(p, r.Socket)
		return f.To.String()
	})
}

func folderField(r *portlist.Row, cwd directories) string {
	return untrusted.New(ui.Folder(r, func(pid int) string {
		return cwd(r.Snapshot.Process(int32(pid))).Raw()
	})).String()
}

// addressesField is every address of the port, in the order of JSON.
func addressesField(r *portlist.Row) string {
	all := []string{r.Socket.Local.Addr().String()}
	for i := range r.Twins {
		if text := r.Twins[i].Socket.Local.Addr().String(); !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return strings.Join(all, ",")
}

// portClientsField counts the connections, of what can have some.
func portClientsField(r *portlist.Row) string {
	if r.Socket.State != sockets.Listen && r.Connections == 0 {
		return ""
	}
	return strconv.Itoa(r.Connections)
}

// ofClients says something of every client whose process is known.
func ofClients(r *portlist.Row, value func(*process.Process) string) string {
	var all []string
	for i := range r.Clients {
		if p := r.Clients[i].Process; p != nil {
			all = append(all, value(p))
		}
	}
	return strings.Join(all, ",")
}

func timeWaitField(r *portlist.Row) string {
	if r.Socket.Protocol != sockets.TCP {
		return ""
	}
	return strconv.Itoa(r.TimeWait)
}

// count is empty for none: then it is not known how many there are.
func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}
