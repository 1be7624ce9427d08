package iphlpapi

import (
	"lotop/sockets"
	"lotop/sockets/process"
)

// AssignOwners sets the owner of every row, or the reason for none. The processes
// must be read after the tables, so that a process that is not among them has exited.
func AssignOwners(rows []Row, processes map[int32]*process.Process) {
	for i := range rows {
		r := &rows[i]
		p := processes[r.PID]
		switch {
		case r.State == sockets.TimeWait:
			r.NoOwner = sockets.InTimeWait
		case r.PID == 0 && (r.State == sockets.Listen || r.State == sockets.Established || r.State == sockets.Unconn):
			r.NoOwner = sockets.NotLookedUp
		case r.PID == 0:
			r.NoOwner = sockets.Orphaned
		case p == nil || startedAfter(p, r.created):
			// Its creator has exited. A process that inherited the handle keeps it
			// open, and no table contains that process.
			r.NoOwner = sockets.Orphaned
		default:
			r.Owners = []sockets.Owner{{PID: r.PID, FD: -1}}
		}
	}
}

// startedAfter reports whether a process cannot have created a socket because it
// started later, under the PID of one that exited. Both times are FILETIMEs of one
// clock.
func startedAfter(p *process.Process, created uint64) bool {
	return created != 0 && p.Start > created
}
