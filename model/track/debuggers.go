package track

import (
	"lotop/model"
	"lotop/model/debugger"
	"lotop/sockets"
	"lotop/sockets/process"
)

// debuggerCache remembers which processes are debug servers: to look at a command
// for every row would cost too much.
type debuggerCache struct {
	servers map[*process.Process]debugger.Server // the zero value for all others
	count   int                                  // of those that are debug servers
}

// add looks at the processes that are new.
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

// prune drops the processes that have gone.
func (d *debuggerCache) prune(snap *sockets.Snapshot) {
	if len(d.servers) == len(snap.Processes) {
		return // meet has added all of these, so there are no others
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

// nameFor names the debug server whose socket the row's is, or whose listener the
// row's connection came in by; empty if there is none. An inspector within a
// program has only its listener to be known by.
func (d *debuggerCache) nameFor(r *model.Row) string {
	if name := d.lookup(r.Snapshot, r.Socket); name != "" || !r.Inbound || r.Listener == nil {
		return name
	}
	return d.lookup(r.Snapshot, r.Listener)
}

// lookup names the debug server whose socket s is, empty if it is none's.
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
