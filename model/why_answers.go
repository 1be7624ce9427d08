package model

import (
	"net/netip"

	"lotop/sockets"
)

// The rules of sharing in conflict.go are Linux's, those in conflict_macos.go
// macOS's. On other systems the answers alone tell who is in the way: an address
// that could be bound is blocked by nobody, and one that was refused by somebody
// who claims it.

// AnswerDenied is what Windows says of a port that somebody holds with
// SO_EXCLUSIVEADDRUSE, and of one in a range that is reserved (WSAEACCES).
const AnswerDenied Answer = "EACCES"

func (s *System) linux() bool { return s.OS == "" || s.OS == "linux" }

func (s *System) windows() bool { return s.OS == "windows" }

// excluded finds the reserved range that a port lies in.
func (s *System) excluded(port uint16) (sockets.PortRange, bool) {
	for _, r := range s.Excluded {
		if r.Contains(port) {
			return r, true
		}
	}
	return sockets.PortRange{}, false
}

// refused tells whether an answer says that somebody holds the address.
func (e *Evidence) refused(answer Answer) bool {
	return answer == AnswerInUse || e.System.windows() && answer == AnswerDenied
}

// meets tells whether a row may have been what refused a bind.
func (e *Evidence) meets(r *Row, b Bind) bool {
	s := r.Socket
	if !claims(s) || e.System.windows() && s.State == sockets.TimeWait {
		return false // Windows binds beside a TIME_WAIT
	}
	return overlaps(s, b.newcomer(), looseness(s, s.V6Only) != sockets.No)
}

// held tells whether the tables show somebody at an address that was asked for.
func (e *Evidence) held(b Bind) bool {
	for i := range e.Rows {
		if e.meets(&e.Rows[i], b) {
			return true
		}
	}
	return false
}

// holdersByAnswers lists who is in the way, by the answers alone.
func (e *Evidence) holdersByAnswers() []Holder {
	var all []Holder
	for i := range e.Rows {
		h := Holder{Row: e.Rows[i], Cause: causeOf(&e.Rows[i])}
		for _, a := range e.Binds {
			e.blame(&h, a.Bind, a.Plain, &h.Blocks, &h.MayBlock)
			e.blame(&h, a.Bind, a.Reuse, &h.BlocksReuse, &h.MayBlockReuse)
		}
		if h.inTheWay() {
			all = append(all, h)
		}
	}
	return all
}

// blame puts an address down to a holder if that is what refused it, or may be:
// it is certain for the only one there, and for one that is bound to that very
// address.
func (e *Evidence) blame(h *Holder, b Bind, answer Answer, certain, possible *[]netip.Addr) {
	if !e.refused(answer) || !e.meets(&h.Row, b) {
		return
	}
	n := 0
	for i := range e.Rows {
		if e.meets(&e.Rows[i], b) {
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
	if !e.System.windows() {
		return VerdictOf(e.Binds)
	}
	asked := make([]Asked, len(e.Binds))
	for i, a := range e.Binds {
		if asked[i] = a; a.Plain == AnswerDenied && e.held(a.Bind) {
			asked[i].Plain, asked[i].Reuse = AnswerInUse, AnswerInUse
		}
	}
	return VerdictOf(asked)
}

// addExcluded names the reserved range as what is in the way.
func (d *Diagnosis) addExcluded(e *Evidence) {
	if _, ok := e.System.excluded(e.Target.Port); !ok {
		return
	}
	h := Holder{Cause: CauseExcluded}
	for _, a := range d.Binds {
		if a.Plain == AnswerDenied && !e.held(a.Bind) {
			h.Blocks = append(h.Blocks, a.Host)
			h.BlocksReuse = append(h.BlocksReuse, a.Host)
		}
	}
	if h.inTheWay() {
		d.Holders = append(d.Holders, h)
	}
}
