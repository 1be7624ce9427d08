package bind

import (
	"net/netip"

	"lotop/model"
	"lotop/sockets"
)

// BindStatus is the result of a bind: "ok", or the name of an errno.
type BindStatus string

// The results that a conflict is about.
const (
	BindOK    BindStatus = "ok"
	BindInUse BindStatus = "EADDRINUSE"
)

// Bind is a bind to test: an address, "::" dual-stack unless V6Only. It has neither
// SO_BINDTODEVICE nor SO_REUSEPORT.
type Bind struct {
	Host   netip.Addr
	V6Only bool
}

// BindResult is a tested bind, without and with SO_REUSEADDR.
type BindResult struct {
	Bind
	Plain, Reuse BindStatus
}

// likelihood is whether a socket blocks a bind.
type likelihood uint8

const (
	never likelihood = iota
	maybe
	always
)

// addTo appends an address to the list that it belongs to.
func (c likelihood) addTo(host netip.Addr, certain, possible *[]netip.Addr) {
	switch c {
	case always:
		*certain = append(*certain, host)
	case maybe:
		*possible = append(*possible, host)
	}
}

// candidate is a socket on the port with what is unknown of it: whether it has
// SO_REUSEADDR, and whether it also covers IPv4 (see ipv4Coverage). Of the four
// combinations its options or the results of binds rule some out.
type candidate struct {
	row      *model.Row
	socket   *sockets.Socket // the row's
	possible [4]bool
}

const (
	withReuse = 1 << iota
	withIPv4
)

func newCandidate(r *model.Row, o sockets.SocketOptions) *candidate {
	c := &candidate{row: r, socket: r.Socket}
	coverage := ipv4Coverage(r.Socket, o.V6Only)
	for i := range c.possible {
		c.possible[i] = allows(o.ReuseAddr, i&withReuse != 0) && allows(coverage, i&withIPv4 != 0)
	}
	return c
}

func allows(k sockets.Tristate, v bool) bool {
	return k == sockets.Unknown || (k == sockets.Yes) == v
}

// conflicts reports whether the socket, with that combination and alone on the port,
// makes a bind fail. A plain bind shares with no socket; one with SO_REUSEADDR shares
// with a socket that has it too and, for TCP, does not listen (inet_csk_bind_conflict,
// udp_lib_lport_inuse).
func (c *candidate) conflicts(b Bind, reuse bool, combination int) bool {
	if !overlaps(c.socket, b, combination&withIPv4 != 0) {
		return false
	}
	shares := reuse && combination&withReuse != 0 && c.socket.State != sockets.Listen
	return !shares
}

// resolved reports whether all options of the socket are known.
func (c *candidate) resolved() bool {
	n := 0
	for _, possible := range c.possible {
		if possible {
			n++
		}
	}
	return n == 1
}

// blocks returns how likely the socket makes a bind fail, over the combinations still
// possible.
func (c *candidate) blocks(b Bind, reuse bool) likelihood {
	yes, no := false, false
	for i, possible := range c.possible {
		if possible {
			if c.conflicts(b, reuse, i) {
				yes = true
			} else {
				no = true
			}
		}
	}
	switch {
	case yes && no:
		return maybe
	case yes:
		return always
	}
	return never
}

// eliminate removes the combinations that contradict the result of a bind, and reports
// whether there were any. If none would be left, the table has changed meanwhile and the
// result proves nothing.
func (c *candidate) eliminate(b Bind, reuse, failed bool) bool {
	rest, changed := c.possible, false
	for i, possible := range rest {
		if possible && c.conflicts(b, reuse, i) != failed {
			rest[i], changed = false, true
		}
	}
	if rest == ([4]bool{}) {
		return false
	}
	c.possible = rest
	return changed
}

// propagate infers options that no table shows from the results of binds. A bind that
// succeeded proves that no socket blocks it; one that failed, where only one socket can
// be the reason, proves that it was this one. Each result can settle what makes another
// one conclusive, so it repeats until nothing changes.
func propagate(candidates []*candidate, results []BindResult) {
	for changed := true; changed; {
		changed = false
		for _, a := range results {
			changed = propagateOne(candidates, a.Bind, false, a.Plain) || changed
			changed = propagateOne(candidates, a.Bind, true, a.Reuse) || changed
		}
	}
}

func propagateOne(candidates []*candidate, b Bind, reuse bool, status BindStatus) bool {
	changed := false
	switch status {
	case BindOK:
		for _, c := range candidates {
			changed = c.eliminate(b, reuse, false) || changed
		}
	case BindInUse:
		var only *candidate
		for _, c := range candidates {
			switch c.blocks(b, reuse) {
			case always:
				return false // explains it already
			case maybe:
				if only != nil {
					return false // one of several
				}
				only = c
			}
		}
		if only != nil {
			changed = only.eliminate(b, reuse, true)
		}
	}
	return changed
}
