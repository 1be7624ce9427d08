package tui

import (
	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// detailsData is what the details of a row show. It points into no snapshot.
type detailsData struct {
	row          model.Row
	endpoints    []endpoint // of a connection the server's and the client's, else one
	clients      []model.Row
	otherSockets []model.Row // the other sockets of the first end's process
}

// endpoint is one side of a row and the processes behind it.
type endpoint struct {
	title   string // "server", "client", empty if there is but one side
	socket  *sockets.Socket
	owners  []*process.Process
	details *process.Details   // of the first holder, nil if it has gone
	parents []*process.Process // of the first holder, its own parent first
}

// maxDetailRows bounds the lists in the details: nobody reads further, and a
// listener can have thousands of clients.
const maxDetailRows = 100

// collectDetails gathers the details of a socket, nil if it has gone.
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

// newDetailsData begins the details of a row with what of tells of each side.
func newDetailsData(r *model.Row, of func(*model.Row, *sockets.Socket) endpoint) *detailsData {
	in := &detailsData{row: r.Clone()}
	in.endpoints = append(in.endpoints, of(&in.row, in.row.Socket))
	if r.Folded {
		in.endpoints = append(in.endpoints, of(&in.row, in.row.Peer))
		in.endpoints[0].title, in.endpoints[1].title = "server", "client"
	}
	return in
}

// isClient tells whether a listener's connection is one that its process deals
// with, or will.
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

// cachedEndpoint is what the row itself knows of a side.
func cachedEndpoint(r *model.Row, s *sockets.Socket) endpoint {
	return endpoint{socket: s, owners: r.Owners(s)}
}

// readEndpoint is cachedEndpoint with what only a look at the process tells.
func (w *worker) readEndpoint(r *model.Row, s *sockets.Socket) endpoint {
	e := cachedEndpoint(r, s)
	if len(e.owners) == 0 {
		return e
	}
	// A process that has gone meanwhile shows what the table knew of it.
	if d, err := w.reader.Details(e.owners[0].PID); err == nil && d.Same(e.owners[0]) {
		e.details = d
		e.parents, _ = w.reader.Ancestors(e.owners[0].PID)
	}
	return e
}
