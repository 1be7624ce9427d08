package track

import (
	"lotop/model"
	"lotop/model/debugger"
	"lotop/sockets"
	"lotop/sockets/process"
)

// debuggerCache caches which processes are debug servers: to parse a command line for
// every row would cost too much.
type debuggerCache struct {
	servers map[*process.Process]debugger.Server // the zero value for all others
	count   int                                  // of those that are debug servers
}

// add caches the processes that are new.
func (d *debuggerCache) add(snap *sockets.Snapshot) {
	for _, p := range snap.Processes {
		if _, ok := d.servers[p]; ok {
			continue
		}
		server, ok := debugger.Recognize(p)
		d.servers[p] = server
		if ok {
			d.count++
		}
	}
}

// prune removes the processes that exited.
func (d *debuggerCache) prune(snap *sockets.Snapshot) {
	if len(d.servers) == len(snap.Processes) {
		return // add has added all of these, so there are no others
	}
	for p, server := range d.servers {
		if snap.Process(int32(p.PID)) == p {
			continue
		}
		delete(d.servers, p)
		if server.Name != "" {
			d.count--
		}
	}
}

// nameFor returns the name of the debug server that serves on the row's socket, or on the
// listener of the row's connection; empty if there is none. An inspector within a program
// is recognized by its listener only.
func (d *debuggerCache) nameFor(r *model.Row) string {
	if name := d.lookup(r.Snapshot, r.Socket); name != "" || !r.Inbound || r.Listener == nil {
		return name
	}
	return d.lookup(r.Snapshot, r.Listener)
}

// lookup returns the name of the debug server that serves on s, empty if there is none.
func (d *debuggerCache) lookup(snap *sockets.Snapshot, s *sockets.Socket) string {
	if d.count == 0 {
		return ""
	}
	for _, o := range s.Owners {
		p := snap.Process(o.PID)
		if p == nil {
			continue
		}
		if server := d.servers[p]; server.Owns(s) {
			return server.Name
		}
	}
	return ""
}
