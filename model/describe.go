package model

import (
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// row makes the row of a frame's socket.
func (m *Monitor) row(f *frame, i int, folded bool) Row {
	s, t := &f.snap.Sockets[i], f.tracks[i]
	r := Row{
		Socket: s, In: f.snap, Exact: t.exact, Mark: t.mark, Inbound: f.pairs.server[i],
		Unsure:  s.Connected() && !t.sure,
		Clients: f.crowd[i].clients, Waiting: f.crowd[i].waiting,
	}
	if t.first != 0 {
		r.First = time.Unix(0, t.first)
	}
	if l := f.pairs.listener[i]; l >= 0 && f.pairs.server[i] {
		r.Listener = &f.snap.Sockets[l]
	}
	if j := f.pairs.peer[i]; j >= 0 {
		r.Peer = &f.snap.Sockets[j]
		r.Folded = folded
		if folded && r.Mark != f.tracks[j].mark {
			r.Mark = Changed
		}
	}
	r.Reach = reachOf(f.snap, s, r.Peer)
	r.Debugger = m.debug.nameFor(&r)
	return r
}

// folds returns the index of the socket whose row stands for socket i too: the
// server's end of a pair.
func (f *frame) folds(i int32) int32 {
	if j := f.pairs.peer[i]; j >= 0 && f.pairs.server[j] {
		return j
	}
	return i
}

// debuggers remembers which processes are debug servers: to look at a command
// for every row would cost too much.
type debuggers struct {
	known map[*process.Process]debugServer // the zero value for all others
	count int                              // of those that are debug servers
}

// meet looks at the processes that are new.
func (d *debuggers) meet(snap *sockets.Snapshot) {
	for _, p := range snap.Processes {
		if _, ok := d.known[p]; ok {
			continue
		}
		server, ok := recogniseDebugger(p)
		d.known[p] = server
		if ok {
			d.count++
		}
	}
}

// forget drops the processes that have gone.
func (d *debuggers) forget(snap *sockets.Snapshot) {
	if len(d.known) == len(snap.Processes) {
		return // meet has added all of these, so there are no others
	}
	for p, server := range d.known {
		if snap.Process(int32(p.PID)) == p {
			continue
		}
		delete(d.known, p)
		if server.sockets != noSocket {
			d.count--
		}
	}
}

// nameFor names the debug server whose socket the row's is, or whose listener the
// row's connection came in by; empty if there is none. An inspector within a
// program has only its listener to be known by.
func (d *debuggers) nameFor(r *Row) string {
	if name := d.of(r.In, r.Socket); name != "" || !r.Inbound || r.Listener == nil {
		return name
	}
	return d.of(r.In, r.Listener)
}

// of names the debug server whose socket s is, empty if it is none's.
func (d *debuggers) of(snap *sockets.Snapshot, s *sockets.Socket) string {
	if d.count == 0 {
		return ""
	}
	for _, o := range s.Owners {
		p := snap.Process(o.PID)
		if p == nil {
			continue
		}
		if server := d.known[p]; server.sockets != noSocket && server.holds(s) {
			return server.name
		}
	}
	return ""
}
