package bind

import (
	"net/netip"

	"lotop/model"
	"lotop/sockets"
)

// The conflict rules in linuxrules.go are those of Linux, in macrules.go those of
// macOS. On other systems only the results of binds count: nothing blocks an address
// that could be bound, and a refused one is blocked by a socket that claims it.

// BindDenied is what Windows returns for a port bound with SO_EXCLUSIVEADDRUSE, and for
// one in a reserved range (WSAEACCES).
const BindDenied BindStatus = "EACCES"

func (s *Platform) linux() bool { return s.OS == "" || s.OS == "linux" }

func (s *Platform) windows() bool { return s.OS == "windows" }

// excluded returns the reserved range that a port lies in.
func (s *Platform) excluded(port uint16) (sockets.PortRange, bool) {
	for _, r := range s.Excluded {
		if r.Contains(port) {
			return r, true
		}
	}
	return sockets.PortRange{}, false
}

// isRefusal reports whether a result means that the address is in use.
func (e *Evidence) isRefusal(status BindStatus) bool {
	return status == BindInUse || e.Platform.windows() && status == BindDenied
}

// overlapsBind reports whether a row may have made a bind fail.
func (e *Evidence) overlapsBind(r *model.Row, b Bind) bool {
	s := r.Socket
	if !occupiesPort(s) || e.Platform.windows() && s.State == sockets.TimeWait {
		return false // on Windows TIME_WAIT sockets do not block
	}
	return overlaps(s, b, ipv4Coverage(s, s.V6Only) != sockets.No)
}

// hasBlocker reports whether the tables show a socket that overlaps the bind.
func (e *Evidence) hasBlocker(b Bind) bool {
	for i := range e.Rows {
		if e.overlapsBind(&e.Rows[i], b) {
			return true
		}
	}
	return false
}

// blockersByStatus returns the blocking sockets by the results of the binds alone.
func (e *Evidence) blockersByStatus() []Blocker {
	var all []Blocker
	for i := range e.Rows {
		b := Blocker{Row: e.Rows[i], Cause: CauseOf(&e.Rows[i])}
		for _, a := range e.Binds {
			e.attribute(&b, a.Bind, a.Plain, &b.Blocks, &b.MayBlock)
			e.attribute(&b, a.Bind, a.Reuse, &b.BlocksReuse, &b.MayBlockReuse)
		}
		if b.blocksAny() {
			all = append(all, b)
		}
	}
	return all
}

// attribute adds an address to a blocker if that made the bind fail, or may have: it is
// certain for the only candidate, and for a socket bound to that very address.
func (e *Evidence) attribute(blocker *Blocker, b Bind, status BindStatus, certain, possible *[]netip.Addr) {
	if !e.isRefusal(status) || !e.overlapsBind(&blocker.Row, b) {
		return
	}
	n := 0
	for i := range e.Rows {
		if e.overlapsBind(&e.Rows[i], b) {
			n++
		}
	}
	exactly := (blocker.Cause == CauseListener || blocker.Cause == CauseBound) && blocker.Row.Socket.Local.Addr() == b.Host
	if n == 1 || exactly {
		*certain = append(*certain, b.Host)
	} else {
		*possible = append(*possible, b.Host)
	}
}

// verdict sums up the bind results. What Windows denies because a socket was bound
// exclusively is taken.
func (e *Evidence) verdict() Verdict {
	if !e.Platform.windows() {
		return VerdictOf(e.Binds)
	}
	results := make([]BindResult, len(e.Binds))
	for i, a := range e.Binds {
		if results[i] = a; a.Plain == BindDenied && e.hasBlocker(a.Bind) {
			results[i].Plain, results[i].Reuse = BindInUse, BindInUse
		}
	}
	return VerdictOf(results)
}

// addExcluded adds the reserved range as a blocker.
func (d *Diagnosis) addExcluded(e *Evidence) {
	if _, ok := e.Platform.excluded(e.Target.Port); !ok {
		return
	}
	b := Blocker{Cause: CauseExcluded}
	for _, a := range d.Binds {
		if a.Plain == BindDenied && !e.hasBlocker(a.Bind) {
			b.Blocks = append(b.Blocks, a.Host)
			b.BlocksReuse = append(b.BlocksReuse, a.Host)
		}
	}
	if b.blocksAny() {
		d.Blockers = append(d.Blockers, b)
	}
}
