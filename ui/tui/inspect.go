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
	in := &inspection{row: r.Keep()}
	in.ends = append(in.ends, w.end(&in.row, in.row.Socket))
	if r.Folded {
		in.ends = append(in.ends, w.end(&in.row, in.row.Peer))
	}
	in.nameEnds()
	if r.Socket.State == sockets.Listen {
		in.clients = keepSome(w.monitor.Clients(r.Socket), isClient)
	}
	if holders := in.ends[0].holders; len(holders) > 0 {
		in.also = keepSome(w.monitor.HeldBy(int32(holders[0].PID)), func(other *model.Row) bool {
			// The clients of a listener have a list of their own.
			return other.Socket.ID != r.Socket.ID && (other.Listener == nil || other.Listener.ID != r.Socket.ID)
		})
	}
	return in
}

// inspectPast gathers what is still to be known of a row that has gone: its
// processes may go on.
func (w *worker) inspectPast(r *model.Row) *inspection {
	in := &inspection{row: r.Keep()}
	in.ends = append(in.ends, w.end(&in.row, in.row.Socket))
	if r.Folded {
		in.ends = append(in.ends, w.end(&in.row, in.row.Peer))
	}
	in.nameEnds()
	return in
}

func (in *inspection) nameEnds() {
	if len(in.ends) > 1 {
		in.ends[0].title, in.ends[1].title = "server", "client"
	}
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
		kept = append(kept, rows[i].Keep())
	}
	return kept
}

func (w *worker) end(r *model.Row, s *sockets.Socket) end {
	e := end{socket: s, holders: r.Holders(s)}
	if len(e.holders) == 0 {
		return e
	}
	// A process that has gone meanwhile shows what the table knew of it.
	if d, err := w.reader.Details(e.holders[0].PID); err == nil && d.Same(e.holders[0]) {
		e.details = d
		e.parents, _ = w.reader.Parents(e.holders[0].PID)
	}
	return e
}
