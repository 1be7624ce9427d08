package iphlpapi

import (
	"lotop/sockets"
	"lotop/sockets/process"
)

// AssignOwners gives every row its owner, or the reason for none. The processes are those
// of a look that came after the tables, so who is not among them has ended.
func AssignOwners(rows []Row, known map[int32]*process.Process) {
	for i := range rows {
		r := &rows[i]
		p := known[r.PID]
		switch {
		case r.State == sockets.TimeWait:
			r.NoOwner = sockets.InTimeWait
		case r.PID == 0 && (r.State == sockets.Listen || r.State == sockets.Established || r.State == sockets.Unconn):
			r.NoOwner = sockets.NotLookedUp
		case r.PID == 0:
			r.NoOwner = sockets.Orphaned
		case p == nil || startedAfter(p, r.created):
			// Its maker has ended. Who inherited the handle keeps it open, and no
			// table tells who that is.
			r.NoOwner = sockets.Orphaned
		default:
			r.Owners = []sockets.Owner{{PID: r.PID, FD: -1}}
		}
	}
}

// startedAfter tells whether a process cannot have made a socket, because it
// started later: it has got the pid of one that ended. Both times are FILETIMEs
// of one clock.
func startedAfter(p *process.Process, created uint64) bool {
	return created != 0 && p.Start > created
}
