package bind

import (
	"net/netip"

	"lotop/model"
	"lotop/sockets"
)

// The rules of sharing in conflict.go are Linux's, those in conflict_macos.go
// macOS's. On other systems the answers alone tell who is in the way: an address
// that could be bound is blocked by nobody, and one that was refused by somebody
// who claims it.

// BindDenied is what Windows says of a port that somebody holds with
// SO_EXCLUSIVEADDRUSE, and of one in a range that is reserved (WSAEACCES).
const BindDenied BindStatus = "EACCES"

func (s *Platform) linux() bool { return s.OS == "" || s.OS == "linux" }

func (s *Platform) windows() bool { return s.OS == "windows" }

// excluded finds the reserved range that a port lies in.
func (s *Platform) excluded(port uint16) (sockets.PortRange, bool) {
	for _, r := range s.Excluded {
		if r.Contains(port) {
			return r, true
		}
	}
	return sockets.PortRange{}, false
}

// isRefusal tells whether an answer says that somebody holds the address.
func (e *Evidence) isRefusal(answer BindStatus) bool {
	return answer == BindInUse || e.Platform.windows() && answer == BindDenied
}

// overlapsBind tells whether a row may have been what refused a bind.
func (e *Evidence) overlapsBind(r *model.Row, b Bind) bool {
	s := r.Socket
	if !occupiesPort(s) || e.Platform.windows() && s.State == sockets.TimeWait {
		return false // Windows binds beside a TIME_WAIT
	}
	return overlaps(s, b.request(), ipv4Coverage(s, s.V6Only) != sockets.No)
}

// hasBlocker tells whether the tables show somebody at an address that was asked for.
func (e *Evidence) hasBlocker(b Bind) bool {
	for i := range e.Rows {
		if e.overlapsBind(&e.Rows[i], b) {
			return true
		}
	}
	return false
}

// blockersByStatus lists who is in the way, by the answers alone.
func (e *Evidence) blockersByStatus() []Blocker {
	var all []Blocker
	for i := range e.Rows {
		h := Blocker{Row: e.Rows[i], Cause: CauseOf(&e.Rows[i])}
		for _, a := range e.Binds {
			e.attribute(&h, a.Bind, a.Plain, &h.Blocks, &h.MayBlock)
			e.attribute(&h, a.Bind, a.Reuse, &h.BlocksReuse, &h.MayBlockReuse)
		}
		if h.blocksAny() {
			all = append(all, h)
		}
	}
	return all
}

// attribute puts an address down to a holder if that is what refused it, or may be:
// it is certain for the only one there, and for one that is bound to that very
// address.
func (e *Evidence) attribute(h *Blocker, b Bind, answer BindStatus, certain, possible *[]netip.Addr) {
	if !e.isRefusal(answer) || !e.overlapsBind(&h.Row, b) {
		return
	}
	n := 0
	for i := range e.Rows {
		if e.overlapsBind(&e.Rows[i], b) {
			n++
		}
	}
	exactly := (h.Cause == CauseListener || h.Cause == CauseBound) && h.Row.Socket.Local.Addr() == b.Host
	if n == 1 || exactly {
		*certain = append(*certain, b.Host)
	} else {
		*possible = append(*possible, b.Host)
	}
}

// verdict sums up the kernel's answers. What Windows denies because somebody
// holds it exclusively is taken.
func (e *Evidence) verdict() Verdict {
	if !e.Platform.windows() {
		return VerdictOf(e.Binds)
	}
	asked := make([]BindResult, len(e.Binds))
	for i, a := range e.Binds {
		if asked[i] = a; a.Plain == BindDenied && e.hasBlocker(a.Bind) {
			asked[i].Plain, asked[i].Reuse = BindInUse, BindInUse
		}
	}
	return VerdictOf(asked)
}

// addExcluded names the reserved range as what is in the way.
func (d *Diagnosis) addExcluded(e *Evidence) {
	if _, ok := e.Platform.excluded(e.Target.Port); !ok {
		return
	}
	h := Blocker{Cause: CauseExcluded}
	for _, a := range d.Binds {
		if a.Plain == BindDenied && !e.hasBlocker(a.Bind) {
			h.Blocks = append(h.Blocks, a.Host)
			h.BlocksReuse = append(h.BlocksReuse, a.Host)
		}
	}
	if h.blocksAny() {
		d.Blockers = append(d.Blockers, h)
	}
}
