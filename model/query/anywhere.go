package query

import (
	"net/netip"

	"lotop/model"
	"lotop/model/service"
	"lotop/sockets"
	"lotop/sockets/process"
)

// anywhereTerm searches every text of a socket for a word or a regular expression.
//
// It avoids work because it runs on every row at every key press. BenchmarkQuery50k takes
// 4.6 ms for python; 6.5 ms if it looks up each service name, 8 ms if it formats each
// address, 61 ms without cache. For /python|ruby/ it is 12 ms; 84 ms if it formats each
// address.
type anywhereTerm struct {
	finder       textFinder
	canMatchAddr bool             // whether an address without a zone can match
	services     *service.PortSet // nil if no service name matches
	cache        matchCache
	// cgroup is the last one searched: sockets of one service are often adjacent
	// and share it.
	cgroup        *process.Cgroup
	cgroupMatches bool
	scratch       [96]byte // for addresses
}

// match searches the cheap texts first.
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

// sameAddrs reports whether s is the peer of a row and its addresses are those of the
// row's socket, swapped: then they have been searched.
func sameAddrs(r *model.Row, s *sockets.Socket) bool {
	return r.Folded && s == r.Peer && s.Local == r.Socket.Remote && s.Remote == r.Socket.Local
}

// matchesAddr searches an address and the service name of its port.
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
	return anyOwner(r, s, func(p *process.Process) bool {
		// The owner's user is often not the socket's: a server that bound as
		// root and dropped its privileges.
		if !(s.HasUID && s.UID == p.UID) && w.finder.matches(r.Snapshot.Users[p.UID].String()) {
			return true
		}
		return w.cache.matches(p, w.matchesProcess)
	})
}

func (w *anywhereTerm) matchesProcess(p *process.Process) bool {
	return w.finder.matches(p.Name.String()) || w.finder.matches(p.Command.String()) ||
		w.finder.matches(p.Account.String()) || w.matchesCgroup(&p.Cgroup)
}

func (w *anywhereTerm) matchesCgroup(c *process.Cgroup) bool {
	return w.finder.matches(c.Unit.String()) || w.finder.matches(c.Container.String())
}

// matchCache caches the results of searches in processes: one process owns many
// sockets, and every refresh searches again. A Process is immutable, so its address
// is the key.
type matchCache map[*process.Process]bool

// maxCached bounds how many exited processes the cache keeps in memory.
const maxCached = 4096

func (m *matchCache) matches(p *process.Process, search func(*process.Process) bool) bool {
	matched, ok := (*m)[p]
	if !ok {
		if *m == nil || len(*m) >= maxCached {
			*m = make(matchCache)
		}
		matched = search(p)
		(*m)[p] = matched
	}
	return matched
}
