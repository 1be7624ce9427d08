package ui

import (
	"strconv"
	"strings"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/model/program"
	"lotop/sockets"
	"lotop/sockets/process"
)

// NoClients stands where no client is connected.
const NoClients = "–"

// PortText returns the port of a row of the Ports view, empty for what is not one.
func PortText(r *portlist.Row) string {
	if r.Kind != portlist.Port {
		return ""
	}
	return strconv.Itoa(int(r.Socket.Local.Port()))
}

// Place returns where a port listens: an address, or a word for several.
func Place(r *portlist.Row) string {
	if r.Kind != portlist.Port {
		return ""
	}
	on := ""
	switch r.Place {
	case portlist.Localhost:
		on = "localhost"
	case portlist.Every:
		on = "every"
	case portlist.Every4:
		on = "every4"
	case portlist.Every6:
		on = "every6"
	default:
		on = r.Socket.Local.Addr().String()
	}
	return on + zone(r.Snapshot, r.Socket)
}

// Who returns the program behind a row as its owner would name it and where a port that it
// forwards leads, and what else tells it apart: that several processes share the port, or
// that it has to do with debugging.
func Who(r *portlist.Row) (name, more string) {
	if r.Kind == portlist.Connection {
		return connectionText(&r.Row)
	}
	owners := r.Owners(r.Socket)
	if len(owners) == 0 {
		return Owner(&r.Row)
	}
	p := owners[0]
	name = program.NameUnder(p, r.Tracer).String()
	if forward, ok := program.ForwardOf(p, r.Socket); ok && forward.To.String() != "" {
		name += " → " + forward.To.String()
	}
	if n := len(owners); n > 1 {
		more = "×" + strconv.Itoa(n)
	}
	if r.Debugger != "" {
		if leads := program.Leads(p, r.Snapshot.Process).String(); leads != "" {
			name += " → " + leads
		}
		return name, strings.TrimSpace(more + " ◇ " + debuggerWord(r.Debugger))
	}
	if note := program.Note(p, r.Tracer).String(); note != "" {
		if r.Tracer != nil || strings.Contains(note, "debugger") {
			note = "◇ " + note
		}
		more = strings.TrimSpace(more + " " + note)
	}
	return name, more
}

// debuggerWord is a short word for a debug server beside the name of its program.
func debuggerWord(name string) string {
	switch {
	case strings.HasSuffix(name, " inspector"):
		return "inspect"
	case name == "chrome devtools":
		return "devtools"
	}
	return name
}

// Restarter names what starts the owner of a port again; empty if nothing is known to.
// parents are those of the owner, nearest first.
func Restarter(r *portlist.Row, parents []*process.Process) string {
	p := r.Owner(r.Socket)
	if p == nil || r.Kind != portlist.Port || len(parents) == 0 {
		return ""
	}
	if q := program.Restarter(p, parents); q != nil {
		return program.Name(q).String()
	}
	return ""
}

// connectionText describes a connection below the row of its port or program.
func connectionText(r *model.Row) (name, more string) {
	s := r.Socket
	if s.State == sockets.TimeWait {
		return RemoteText(r), State(s)
	}
	far := Remote(r.Snapshot, s)
	if r.Peer != nil {
		if p := r.Owner(r.Peer); p != nil {
			return arrow(r) + NameAndPID(p), far
		}
	}
	return arrow(r) + far, ""
}

func arrow(r *model.Row) string {
	switch {
	case r.RoleUnknown:
		return "↔ "
	case r.Inbound:
		return "← "
	}
	return "→ "
}

// Clients returns who is connected to a port, or to what a program is connected.
func Clients(r *portlist.Row) string {
	switch {
	case r.Kind == portlist.Connection:
		if r.Socket.State == sockets.Established || r.Socket.State == sockets.TimeWait {
			return ""
		}
		return r.Socket.State.String()
	case len(r.Clients) == 0 && r.Socket.Protocol == sockets.UDP:
		return "udp"
	case len(r.Clients) == 0 && r.Socket.State == sockets.Bound:
		return "bound, not listening"
	case len(r.Clients) == 0:
		return NoClients
	}
	var words []string
	for i := range r.Clients {
		words = append(words, clientText(&r.Clients[i]))
	}
	text := strings.Join(words, ", ")
	if r.Queued > 0 {
		text = strconv.Itoa(int(r.Queued)) + " in accept queue: " + text
	}
	return text
}

func clientText(c *portlist.Client) string {
	text := ""
	switch s := c.Row.Socket; {
	case c.Process != nil:
		text = NameAndPID(c.Process)
	case c.Row.InScope() && c.Row.Peer == nil:
		text = Remote(c.Row.Snapshot, s)
	case c.Row.Peer != nil:
		text, _ = SocketOwner(&c.Row, c.Row.Peer)
	case c.Count > 1:
		text = "other machines"
	default:
		text = Remote(c.Row.Snapshot, s)
	}
	if c.Count > 1 {
		text += " ×" + strconv.Itoa(c.Count)
	}
	if c.New {
		text += "  just now"
	}
	return text
}

// TimeWaits returns the line that counts the closed connections that still wait, at most
// width cells wide; empty if there are none.
func TimeWaits(all []portlist.TimeWait, width int) string {
	total := 0
	for _, w := range all {
		total += w.Count
	}
	if total == 0 {
		return ""
	}
	text := Count(total, "closed connection") + " still " + map[bool]string{true: "waits", false: "wait"}[total == 1] + " (TIME_WAIT)"
	sep := ": "
	for _, w := range all {
		part := sep + Number(w.Count) + " to :" + strconv.Itoa(int(w.Port))
		if len(text)+len(part) > width {
			break
		}
		text += part
		sep = ", "
	}
	return text
}

// Folder returns what tells programs of the same name apart: the container or the unit of
// the owner, or else the last part of its working directory, which cwd returns.
func Folder(r *portlist.Row, cwd func(pid int) string) string {
	p := r.Owner(r.Socket)
	if p == nil {
		return ""
	}
	if g := &p.Cgroup; g.Container.String() != "" {
		return g.Container.String()
	}
	folder := strings.TrimRight(cwd(p.PID), `/\`)
	if i := strings.LastIndexAny(folder, `/\`); i >= 0 {
		folder = folder[i+1:]
	}
	if unit := p.Cgroup.Unit.String(); strings.HasSuffix(unit, ".service") && !strings.HasPrefix(unit, "user@") {
		return strings.TrimSuffix(unit, ".service")
	}
	return folder
}
