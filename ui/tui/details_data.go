package tui

import (
	"cmp"
	"slices"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/sockets"
	"lotop/sockets/process"
)

// detailsData is the content of the details pane. It does not point into a snapshot.
type detailsData struct {
	row          model.Row
	port         *portlist.Row // with its twins, of a port of the Ports view; nil for other rows
	endpoints    []endpoint    // server and client of a connection, otherwise one
	clients      []model.Row
	programs     []clientProgram // the clients of a port, by program
	more         int             // connections of programs beyond maxDetailRows
	measured     []sockets.ID    // connections of the port, for its traffic; none if there are too many
	held         []heldSocket    // what else the first endpoint's owner listens on or has bound
	otherSockets []model.Row     // its connections
}

// endpoint is one end of a row, with its owners.
type endpoint struct {
	title   string // "server" or "client", empty if there is only one endpoint
	socket  *sockets.Socket
	owners  []*process.Process
	details *process.Details   // of the first owner, nil if it has exited
	parents []*process.Process // of the first owner, its immediate parent first
}

// clientProgram is a program that is connected to a port.
type clientProgram struct {
	row     model.Row        // its oldest connection
	process *process.Process // nil if unknown
	ids     []sockets.ID     // its connections
	queued  int              // those in the accept queue
}

// heldSocket is another socket of a process, with the programs that are connected.
type heldSocket struct {
	row     model.Row
	twin    bool // there is another one on the port, of equal reach
	clients []string
}

// maxDetailRows limits the lists in the details: a listener can have thousands of
// clients.
const maxDetailRows = 100

// collectDetails returns the details of a socket, or nil if it is not in the table.
// ports are the rows of the Ports view, nil in other views.
func (w *worker) collectDetails(id sockets.ID, ports []portlist.Row) *detailsData {
	r, ok := w.tracker.Find(id)
	if !ok {
		return nil
	}
	in := newDetailsData(&r, w.readEndpoint)
	if i := slices.IndexFunc(ports, func(p portlist.Row) bool { return p.Kind == portlist.Port && p.HasKey(uint64(id)) }); i >= 0 {
		in.setPort(&ports[i])
		in.collectPrograms(w)
	} else if r.Socket.State == sockets.Listen {
		in.clients = cloneSome(w.tracker.Clients(r.Socket), isClient)
	}
	if owners := in.endpoints[0].owners; len(owners) > 0 {
		in.collectOthers(w, int32(owners[0].PID))
	}
	return in
}

// newDetailsData returns the details of a row, without its clients and other
// sockets. of returns the details of an endpoint.
func newDetailsData(r *model.Row, of func(*model.Row, *sockets.Socket) endpoint) *detailsData {
	in := &detailsData{row: r.Clone()}
	in.endpoints = append(in.endpoints, of(&in.row, in.row.Socket))
	if r.Folded {
		in.endpoints = append(in.endpoints, of(&in.row, in.row.Peer))
		in.endpoints[0].title, in.endpoints[1].title = "server", "client"
	}
	return in
}

// setPort keeps a copy of the row of the Ports view that has the socket.
func (in *detailsData) setPort(r *portlist.Row) {
	p := portlist.Row{Row: r.Row.Clone(), Kind: r.Kind, Place: r.Place, Tracer: r.Tracer}
	for i := range r.Twins {
		p.Twins = append(p.Twins, r.Twins[i].Clone())
	}
	in.port = &p
}

// sockets returns the sockets of the port, or the row's.
func (in *detailsData) sockets() []*sockets.Socket {
	if in.port == nil {
		return []*sockets.Socket{in.row.Socket}
	}
	all := []*sockets.Socket{in.port.Socket}
	for i := range in.port.Twins {
		all = append(all, in.port.Twins[i].Socket)
	}
	return all
}

// has reports whether a socket is one of the row's.
func (in *detailsData) has(id sockets.ID) bool {
	return slices.ContainsFunc(in.sockets(), func(s *sockets.Socket) bool { return s.ID == id })
}

// collectPrograms groups the clients of all sockets of the port.
func (in *detailsData) collectPrograms(w *worker) {
	for _, s := range in.sockets() {
		if s.State != sockets.Listen {
			continue
		}
		all := w.tracker.Clients(s)
		for i := range all {
			if isClient(&all[i]) {
				in.addClient(&all[i])
			}
		}
	}
	if len(in.measured)+in.more > portlist.MaxMeasured {
		in.measured = nil // a part would pass for the whole
	}
	for i := range in.programs {
		in.programs[i].row = in.programs[i].row.Clone()
	}
	slices.SortStableFunc(in.programs, func(a, b clientProgram) int { return len(b.ids) - len(a.ids) })
}

func (in *detailsData) addClient(r *model.Row) {
	var p *process.Process
	if r.Peer != nil {
		p = r.Owner(r.Peer)
	}
	at := slices.IndexFunc(in.programs, func(c clientProgram) bool {
		switch {
		case p == nil || c.process == nil:
			return p == c.process && c.row.Socket.Remote.Addr() == r.Socket.Remote.Addr()
		}
		return c.process.PID == p.PID
	})
	if at < 0 {
		if at = len(in.programs); at == maxDetailRows {
			in.more++
			return
		}
		in.programs = append(in.programs, clientProgram{row: *r, process: p})
	}
	c := &in.programs[at]
	c.ids = append(c.ids, r.Socket.ID)
	if r.FirstSeen.Before(c.row.FirstSeen) {
		c.row = *r
	}
	if r.Socket.NoOwner == sockets.NotAccepted {
		c.queued++
	} else {
		in.measured = append(in.measured, r.Socket.ID)
	}
}

// collectOthers adds the other sockets of a process: what it listens on or has bound,
// with the programs that are connected there, and its connections.
func (in *detailsData) collectOthers(w *worker, pid int32) {
	all := w.tracker.ByPID(pid)
	in.otherSockets = cloneSome(all, func(other *model.Row) bool {
		// Those that its listeners accepted are the clients of these.
		return other.Socket.Connected() && !in.row.Has(other.Socket.ID) && (other.Listener == nil || !other.Listener.OwnedBy(pid))
	})
	for _, r := range cloneSome(all, func(other *model.Row) bool { return !other.Socket.Connected() && !in.has(other.Socket.ID) }) {
		at := slices.IndexFunc(in.held, func(h heldSocket) bool { return areTwins(h.row.Socket, r.Socket) })
		if at < 0 {
			at = len(in.held)
			in.held = append(in.held, heldSocket{row: r})
		} else {
			in.held[at].twin = true
		}
		if r.Clients > 0 { // finding them takes a pass over all sockets
			h := &in.held[at]
			h.clients = programsOf(h.clients, w.tracker.Clients(r.Socket))
		}
	}
	slices.SortStableFunc(in.held, func(a, b heldSocket) int {
		if debugs := a.row.Debugger != ""; debugs != (b.row.Debugger != "") {
			return map[bool]int{true: -1, false: 1}[debugs]
		}
		return cmp.Compare(a.row.Socket.Local.Port(), b.row.Socket.Local.Port())
	})
}

// areTwins reports whether sockets of one process differ in the IP version only.
func areTwins(a, b *sockets.Socket) bool {
	x, y := a.Local.Addr(), b.Local.Addr()
	return a.Protocol == b.Protocol && a.Local.Port() == b.Local.Port() && x.BitLen() != y.BitLen() &&
		(x.IsUnspecified() && y.IsUnspecified() || x.IsLoopback() && y.IsLoopback())
}

// cachedEndpoint returns an endpoint from the row alone.
func cachedEndpoint(r *model.Row, s *sockets.Socket) endpoint {
	return endpoint{socket: s, owners: r.Owners(s)}
}

// readEndpoint returns an endpoint with what has to be read from its process.
func (w *worker) readEndpoint(r *model.Row, s *sockets.Socket) endpoint {
	e := cachedEndpoint(r, s)
	if len(e.owners) == 0 {
		return e
	}
	// Of a process that has exited, the data of the row is shown.
	if d, err := w.reader.Details(e.owners[0].PID); err == nil && d.Same(e.owners[0]) {
		e.details = d
		e.parents, _ = w.reader.Ancestors(e.owners[0].PID)
	}
	return e
}
