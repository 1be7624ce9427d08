package model

import (
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
)

// row makes the row of a frame's socket.
func (m *Tracker) row(f *frame, i int, folded bool) Row {
	s, t := &f.snap.Sockets[i], f.tracks[i]
	r := Row{
		Socket: s, Snapshot: f.snap, FirstSeenExact: t.firstSeenExact, Mark: t.mark, Inbound: f.pairs.server[i],
		RoleUnknown: s.Connected() && !t.roleKnown,
		Clients:     f.clientCounts[i].clients, Queued: f.clientCounts[i].queued,
	}
	if t.firstSeen != 0 {
		r.FirstSeen = time.Unix(0, t.firstSeen)
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
	r.Debugger = m.debuggers.nameFor(&r)
	return r
}

// rowIndex returns the index of the socket whose row stands for socket i too: the
// server's end of a pair.
func (f *frame) rowIndex(i int32) int32 {
	if j := f.pairs.peer[i]; j >= 0 && f.pairs.server[j] {
		return j
	}
	return i
}

// debuggerCache remembers which processes are debug servers: to look at a command
// for every row would cost too much.
type debuggerCache struct {
	servers map[*process.Process]debugServer // the zero value for all others
	count   int                              // of those that are debug servers
}

// add looks at the processes that are new.
func (d *debuggerCache) add(snap *sockets.Snapshot) {
	for _, p := range snap.Processes {
		if _, ok := d.servers[p]; ok {
			continue
		}
		server, ok := recognizeDebugger(p)
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
		if server.scope != scopeNone {
			d.count--
		}
	}
}

// nameFor names the debug server whose socket the row's is, or whose listener the
// row's connection came in by; empty if there is none. An inspector within a
// program has only its listener to be known by.
func (d *debuggerCache) nameFor(r *Row) string {
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
		if server := d.servers[p]; server.scope != scopeNone && server.owns(s) {
			return server.name
		}
	}
	return ""
}
