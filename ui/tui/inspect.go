package tui

import (
	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// inspection is what the details of a row show. It points into no snapshot.
type inspection struct {
	row     model.Row
	ends    []end // of a connection the server's and the client's, else one
	clients []model.Row
	also    []model.Row // the other sockets of the first end's process
}

// end is one side of a row and the processes behind it.
type end struct {
	title   string // "server", "client", empty if there is but one side
	socket  *sockets.Socket
	holders []*process.Process
	details *process.Details   // of the first holder, nil if it has gone
	parents []*process.Process // of the first holder, its own parent first
}

// inspectAtMost bounds the lists in the details: nobody reads further, and a
// listener can have thousands of clients.
const inspectAtMost = 100

// inspect gathers the details of a socket, nil if it has gone.
func (w *worker) inspect(id sockets.ID) *inspection {
	r, ok := w.monitor.Find(id)
	if !ok {
		return nil
	}
	in := newInspection(&r, w.end)
	if r.Socket.State == sockets.Listen {
		in.clients = keepSome(w.monitor.Clients(r.Socket), isClient)
	}
	if holders := in.ends[0].holders; len(holders) > 0 {
		in.also = keepSome(w.monitor.ByPID(int32(holders[0].PID)), func(other *model.Row) bool {
			// The clients of a listener have a list of their own.
			return other.Socket.ID != r.Socket.ID && (other.Listener == nil || other.Listener.ID != r.Socket.ID)
		})
	}
	return in
}

// newInspection begins the details of a row with what of tells of each side.
func newInspection(r *model.Row, of func(*model.Row, *sockets.Socket) end) *inspection {
	in := &inspection{row: r.Clone()}
	in.ends = append(in.ends, of(&in.row, in.row.Socket))
	if r.Folded {
		in.ends = append(in.ends, of(&in.row, in.row.Peer))
		in.ends[0].title, in.ends[1].title = "server", "client"
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

func keepSome(rows []model.Row, wanted func(*model.Row) bool) []model.Row {
	var kept []model.Row
	for i := range rows {
		if !wanted(&rows[i]) {
			continue
		}
		if len(kept) == inspectAtMost {
			break
		}
		kept = append(kept, rows[i].Clone())
	}
	return kept
}

// knownEnd is what the row itself knows of a side.
func knownEnd(r *model.Row, s *sockets.Socket) end {
	return end{socket: s, holders: r.Owners(s)}
}

// end is knownEnd with what only a look at the process tells.
func (w *worker) end(r *model.Row, s *sockets.Socket) end {
	e := knownEnd(r, s)
	if len(e.holders) == 0 {
		return e
	}
	// A process that has gone meanwhile shows what the table knew of it.
	if d, err := w.reader.Details(e.holders[0].PID); err == nil && d.Same(e.holders[0]) {
		e.details = d
		e.parents, _ = w.reader.Ancestors(e.holders[0].PID)
	}
	return e
}
