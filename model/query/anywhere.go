package query

import (
	"net/netip"

	"lotop/model"
	"lotop/model/service"
	"lotop/sockets"
	"lotop/sockets/process"
)

// anywhereTerm looks for a word or a regular expression in every text of a
// socket.
type anywhereTerm struct {
	finder       textFinder
	canMatchAddr bool             // whether it can occur in an address without a zone
	services     *service.PortSet // nil if it occurs in no service's name
	cache        matchCache
	// cgroup is the last that was looked at: sockets of one service often
	// follow each other and share it.
	cgroup        *process.Cgroup
	cgroupMatches bool
	scratch       [96]byte // for addresses
}

// match looks at the cheap places first.
func (w *anywhereTerm) match(r *model.Row, s *sockets.Socket) bool {
	if r.Debugger != "" && w.finder.matches(r.Debugger) {
		return true
	}
	if !sameAddrs(r, s) && (w.matchesAddr(s, s.Local) || w.matchesAddr(s, s.Remote)) {
		return true
	}
	if s.Interface != 0 && w.finder.matches(r.Snapshot.Interfaces[s.Interface].String()) {
		return true
	}
	if s.HasUID && w.finder.matches(r.Snapshot.Users[s.UID].String()) {
		return true
	}
	if s.Cgroup != nil && s.Cgroup != w.cgroup {
		w.cgroup, w.cgroupMatches = s.Cgroup, w.matchesCgroup(s.Cgroup)
	}
	return s.Cgroup != nil && w.cgroupMatches || w.matchesOwner(r, s)
}

// sameAddrs tells whether s is the second end of a row and its addresses are
// those of the first, swapped: then they have been looked at.
func sameAddrs(r *model.Row, s *sockets.Socket) bool {
	return r.Folded && s == r.Peer && s.Local == r.Socket.Remote && s.Remote == r.Socket.Local
}

// matchesAddr looks at an end's address and at the service of its port.
func (w *anywhereTerm) matchesAddr(s *sockets.Socket, ap netip.AddrPort) bool {
	if !ap.IsValid() {
		return false
	}
	if w.services != nil && w.services.Has(s.Protocol, ap.Port()) {
		return true
	}
	return (w.canMatchAddr || ap.Addr().Zone() != "") && w.finder.matchesBytes(appendAddr(w.scratch[:0], s, ap))
}

func (w *anywhereTerm) matchesOwner(r *model.Row, s *sockets.Socket) bool {
	last := int32(-1)
	for i := range s.Owners {
		pid := s.Owners[i].PID
		if pid == last {
			continue // the next descriptor of the same process
		}
		last = pid
		p := r.Snapshot.Process(pid)
		if p == nil {
			continue
		}
		// The owner's user is often not the socket's: a server that bound as
		// root and gave its rights up.
		if !(s.HasUID && s.UID == p.UID) && w.finder.matches(r.Snapshot.Users[p.UID].String()) {
			return true
		}
		if w.matchesProcess(p) {
			return true
		}
	}
	return false
}

func (w *anywhereTerm) matchesProcess(p *process.Process) bool {
	holds, known := w.cache.get(p)
	if !known {
		holds = w.finder.matches(p.Name.String()) || w.finder.matches(p.Command.String()) || w.finder.matches(p.Account.String()) || w.matchesCgroup(&p.Cgroup)
		w.cache.put(p, holds)
	}
	return holds
}

func (w *anywhereTerm) matchesCgroup(c *process.Cgroup) bool {
	return w.finder.matches(c.Unit.String()) || w.finder.matches(c.Container.String())
}

// matchCache remembers what a search in a process has given: one process
// holds many sockets, and a refresh asks again. A Process is never changed, so
// its address stands for what is in it.
type matchCache map[*process.Process]bool

// maxCached bounds how many processes that have ended the memo keeps alive.
const maxCached = 4096

func (m matchCache) get(p *process.Process) (holds, known bool) {
	holds, known = m[p]
	return holds, known
}

func (m *matchCache) put(p *process.Process, holds bool) {
	if *m == nil || len(*m) >= maxCached {
		*m = make(matchCache)
	}
	(*m)[p] = holds
}
