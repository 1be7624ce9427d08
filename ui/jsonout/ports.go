package jsonout

import (
	"bufio"
	"slices"

	"lotop/model/portlist"
	"lotop/model/program"
	"lotop/sockets"
	"lotop/sockets/untrusted"
	"lotop/ui"
)

// Port is a port and who listens on it or has bound it: one or more sockets with the
// same owner. Fields that do not apply or are unknown are absent.
type Port struct {
	Port          uint16         `json:"port"`
	Protocol      string         `json:"protocol"`
	State         string         `json:"state"`
	Place         string         `json:"place"`
	Addresses     []string       `json:"addresses"`
	Interface     untrusted.Text `json:"interface,omitzero"` // the sockets are bound to it
	Exposed       bool           `json:"exposed"`
	Program       untrusted.Text `json:"program,omitzero"`
	Forward       untrusted.Text `json:"forward,omitzero"` // where the port leads
	Folder        untrusted.Text `json:"folder,omitzero"`
	Unit          untrusted.Text `json:"unit,omitzero"`
	Container     untrusted.Text `json:"container,omitzero"`
	UID           *uint32        `json:"uid,omitempty"`
	User          untrusted.Text `json:"user,omitzero"`
	Owners        []Owner        `json:"owners,omitempty"`
	NoOwnerReason string         `json:"no_owner_reason,omitempty"`
	Debugger      string         `json:"debugger,omitempty"`
	Debuggee      *Debuggee      `json:"debuggee,omitempty"`
	Clients       []Client       `json:"clients,omitzero"` // of a listener
	Connections   *int           `json:"connections,omitempty"`
	TimeWait      *int           `json:"time_wait,omitempty"` // of a TCP port
	Sockets       []string       `json:"sockets"`
}

// Client is a program that is connected to a port. Only the connections are there for
// those whose process is unknown, which are one client together.
type Client struct {
	PID         int            `json:"pid,omitempty"`
	Name        untrusted.Text `json:"name,omitzero"`
	Program     untrusted.Text `json:"program,omitzero"`
	Connections int            `json:"connections"`
}

// NewPort returns a row of the Ports view that is a port.
func NewPort(r *portlist.Row, cwd Directories) Port {
	s := NewSocket(&r.Row)
	j := Port{
		Port: s.Local.Port, Protocol: s.Protocol, State: s.State,
		Place: r.Place.String(), Interface: s.Interface, Exposed: r.Exposed(),
		Unit: s.Unit, Container: s.Container, UID: s.UID, User: s.User,
		NoOwnerReason: s.NoOwnerReason, Debugger: s.Debugger, Debuggee: s.Debuggee,
	}
	j.addSocket(r.Snapshot, r.Socket)
	for i := range r.Twins {
		j.addSocket(r.Snapshot, r.Twins[i].Socket)
	}
	addDirectories(j.Owners, r.Snapshot, cwd)
	if p := r.Owner(r.Socket); p != nil {
		j.Program = program.NameUnder(p, r.Tracer)
		if f, ok := program.ForwardOf(p, r.Socket); ok {
			j.Forward = f.To
		}
	}
	j.Folder = untrusted.New(ui.Folder(r, func(pid int) string {
		return cwd(r.Snapshot.Process(int32(pid))).Raw()
	}))
	j.addClients(r)
	return j
}

// addSocket adds the address of a socket, and owners that no socket before it has.
func (j *Port) addSocket(in *sockets.Snapshot, s *sockets.Socket) {
	j.Sockets = append(j.Sockets, s.ID.String())
	if address := s.Local.Addr().String(); !slices.Contains(j.Addresses, address) {
		j.Addresses = append(j.Addresses, address)
	}
	known := len(j.Owners)
	for _, o := range newOwners(in, s) {
		if !slices.ContainsFunc(j.Owners[:known], func(k Owner) bool { return k.PID == o.PID }) {
			j.Owners = append(j.Owners, o)
		}
	}
}

func (j *Port) addClients(r *portlist.Row) {
	if r.Socket.Protocol == sockets.TCP {
		j.TimeWait = &r.TimeWait
	}
	if r.Socket.State != sockets.Listen && r.Connections == 0 {
		return
	}
	j.Connections, j.Clients = &r.Connections, []Client{}
	for i := range r.Clients {
		c := Client{Connections: r.Clients[i].Count}
		if p := r.Clients[i].Process; p != nil {
			c.PID, c.Name, c.Program = p.PID, p.Name, program.Name(p)
		}
		j.Clients = append(j.Clients, c)
	}
}

// WritePortLines writes ports one object a line.
func WritePortLines(w *bufio.Writer, rows []portlist.Row, cwd Directories) error {
	return writeLines(w, len(rows), func(i int) any { return NewPort(&rows[i], cwd) })
}

// WritePorts writes ports as an array, as WriteRows does.
func WritePorts(w *bufio.Writer, rows []portlist.Row, cwd Directories, indent bool) error {
	return writeArray(w, len(rows), func(i int) any { return NewPort(&rows[i], cwd) }, indent)
}
