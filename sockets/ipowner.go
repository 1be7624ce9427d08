package sockets

import "lotop/sockets/process"

// assignOwners gives every row its owner, or the reason for none. The processes are those
// of a look that came after the tables, so who is not among them has ended.
func assignOwners(rows []ipRow, known map[int32]*process.Process) {
	for i := range rows {
		r := &rows[i]
		p := known[r.pid]
		switch {
		case r.State == TimeWait:
			r.NoOwner = InTimeWait
		case r.pid == 0 && (r.State == Listen || r.State == Established || r.State == Unconn):
			r.NoOwner = NotLookedUp
		case r.pid == 0:
			r.NoOwner = Orphaned
		case p == nil || startedAfter(p, r.created):
			// Its maker has ended. Who inherited the handle keeps it open, and no
			// table tells who that is.
			r.NoOwner = Orphaned
		default:
			r.Owners = []Owner{{PID: r.pid, FD: -1}}
		}
	}
}

// startedAfter tells whether a process cannot have made a socket, because it
// started later: it has got the pid of one that ended. Both times are FILETIMEs
// of one clock.
func startedAfter(p *process.Process, created uint64) bool {
	return created != 0 && p.Start > created
}
