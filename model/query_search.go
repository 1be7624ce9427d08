package model

import (
	"net/netip"

	"lotop/sockets"
	"lotop/sockets/process"
)

// wordSearch looks for a word or a regular expression in every text of a
// socket.
type wordSearch struct {
	find      finder
	inAddress bool     // whether it can occur in an address without a zone
	services  *PortSet // nil if it occurs in no service's name
	processes processMemo
	// cgroup is the last that was looked at: sockets of one service often
	// follow each other and share it.
	cgroup      *process.Cgroup
	cgroupHolds bool
	scratch     [96]byte // for addresses
}

// holds looks at the cheap places first.
func (w *wordSearch) holds(r *Row, s *sockets.Socket) bool {
	if r.Debugger != "" && w.find.in(r.Debugger) {
		return true
	}
	if !mirrors(r, s) && (w.inAnAddress(s, s.Local) || w.inAnAddress(s, s.Remote)) {
		return true
	}
	if s.Device != 0 && w.find.in(r.In.Devices[s.Device].String()) {
		return true
	}
	if s.HasUID && w.find.in(r.In.Users[s.UID].String()) {
		return true
	}
	if s.Cgroup != nil && s.Cgroup != w.cgroup {
		w.cgroup, w.cgroupHolds = s.Cgroup, w.inCgroup(s.Cgroup)
	}
	return s.Cgroup != nil && w.cgroupHolds || w.inAnOwner(r, s)
}

// mirrors tells whether s is the second end of a row and its addresses are
// those of the first, swapped: then they have been looked at.
func mirrors(r *Row, s *sockets.Socket) bool {
	return r.Folded && s == r.Peer && s.Local == r.Socket.Remote && s.Remote == r.Socket.Local
}

// inAnAddress looks at an end's address and at the service of its port.
func (w *wordSearch) inAnAddress(s *sockets.Socket, ap netip.AddrPort) bool {
	if !ap.IsValid() {
		return false
	}
	if w.services != nil && w.services.Has(s.Protocol, ap.Port()) {
		return true
	}
	return (w.inAddress || ap.Addr().Zone() != "") && w.find.inBytes(appendEnd(w.scratch[:0], s, ap))
}

func (w *wordSearch) inAnOwner(r *Row, s *sockets.Socket) bool {
	last := int32(-1)
	for i := range s.Owners {
		pid := s.Owners[i].PID
		if pid == last {
			continue // the next descriptor of the same process
		}
		last = pid
		p := r.In.Process(pid)
		if p == nil {
			continue
		}
		// The owner's user is often not the socket's: a server that bound as
		// root and gave its rights up.
		if !(s.HasUID && s.UID == p.UID) && w.find.in(r.In.Users[p.UID].String()) {
			return true
		}
		if w.inProcess(p) {
			return true
		}
	}
	return false
}

func (w *wordSearch) inProcess(p *process.Process) bool {
	holds, known := w.processes.look(p)
	if !known {
		holds = w.find.in(p.Name.String()) || w.find.in(p.Command.String()) || w.find.in(p.Account.String()) || w.inCgroup(&p.Cgroup)
		w.processes.keep(p, holds)
	}
	return holds
}

func (w *wordSearch) inCgroup(c *process.Cgroup) bool {
	return w.find.in(c.Unit.String()) || w.find.in(c.Container.String())
}

// processMemo remembers what a search in a process has given: one process
// holds many sockets, and a refresh asks again. A Process is never changed, so
// its address stands for what is in it.
type processMemo map[*process.Process]bool

// memoLimit bounds how many processes that have ended the memo keeps alive.
const memoLimit = 4096

func (m processMemo) look(p *process.Process) (holds, known bool) {
	holds, known = m[p]
	return holds, known
}

func (m *processMemo) keep(p *process.Process, holds bool) {
	if *m == nil || len(*m) >= memoLimit {
		*m = make(processMemo)
	}
	(*m)[p] = holds
}
