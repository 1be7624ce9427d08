package tui

import (
	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// detailsData is the content of the details pane. It does not point into a snapshot.
type detailsData struct {
	row          model.Row
	endpoints    []endpoint // server and client of a connection, otherwise one
	clients      []model.Row
	otherSockets []model.Row // other sockets of the first endpoint's owner
}

// endpoint is one end of a row, with its owners.
type endpoint struct {
	title   string // "server" or "client", empty if there is only one endpoint
	socket  *sockets.Socket
	owners  []*process.Process
	details *process.Details   // of the first owner, nil if it has exited
	parents []*process.Process // of the first owner, its immediate parent first
}

// maxDetailRows limits the lists in the details: a listener can have thousands of
// clients.
const maxDetailRows = 100

// collectDetails returns the details of a socket, or nil if it is not in the table.
func (w *worker) collectDetails(id sockets.ID) *detailsData {
	r, ok := w.tracker.Find(id)
	if !ok {
		return nil
	}
	in := newDetailsData(&r, w.readEndpoint)
	if r.Socket.State == sockets.Listen {
		in.clients = cloneSome(w.tracker.Clients(r.Socket), isClient)
	}
	if holders := in.endpoints[0].owners; len(holders) > 0 {
		in.otherSockets = cloneSome(w.tracker.ByPID(int32(holders[0].PID)), func(other *model.Row) bool {
			// The clients of a listener have a list of their own.
			return other.Socket.ID != r.Socket.ID && (other.Listener == nil || other.Listener.ID != r.Socket.ID)
		})
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

// isClient reports whether a listener's connection is in use or will be, and not closing.
func isClient(r *model.Row) bool {
	switch r.Socket.State {
	case sockets.Established, sockets.CloseWait, sockets.SynRecv:
		return true
	}
	return false
}

func cloneSome(rows []model.Row, wanted func(*model.Row) bool) []model.Row {
	var kept []model.Row
	for i := range rows {
		if !wanted(&rows[i]) {
			continue
		}
		if len(kept) == maxDetailRows {
			break
		}
		kept = append(kept, rows[i].Clone())
	}
	return kept
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
