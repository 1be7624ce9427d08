package bind

import (
	"net/netip"

	"lotop/model"
	"lotop/sockets"
)

// BindStatus is what the kernel says to a bind: "ok", or the name of an errno.
type BindStatus string

// The answers that a conflict is about.
const (
	BindOK    BindStatus = "ok"
	BindInUse BindStatus = "EADDRINUSE"
)

// Bind is one bind to try: an address, "::" dual-stack unless V6Only.
type Bind struct {
	Host   netip.Addr
	V6Only bool
}

// BindResult is a bind that was tried, without and with SO_REUSEADDR.
type BindResult struct {
	Bind
	Plain, Reuse BindStatus
}

func (b Bind) request() bindRequest { return bindRequest{b.Host, b.V6Only} }

// verdict of a holder at one address.
type likelihood uint8

const (
	never likelihood = iota
	maybe
	always
)

// addTo puts an address on the list that it belongs to.
func (c likelihood) addTo(host netip.Addr, certain, possible *[]netip.Addr) {
	switch c {
	case always:
		*certain = append(*certain, host)
	case maybe:
		*possible = append(*possible, host)
	}
}

// candidate is a socket on the port, with what is not known of it: whether it has
// SO_REUSEADDR, and whether it is loose (see looseness). Of the four
// combinations some are ruled out, by its options or by the kernel's answers.
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
	loose := ipv4Coverage(r.Socket, o.V6Only)
	for i := range c.possible {
		c.possible[i] = allows(o.ReuseAddr, i&withReuse != 0) && allows(loose, i&withIPv4 != 0)
	}
	return c
}

func allows(k sockets.Tristate, v bool) bool {
	return k == sockets.Unknown || (k == sockets.Yes) == v
}

// conflicts tells whether the holder, with that combination and alone on the port,
// stops a bind. A plain newcomer shares with nobody; one with SO_REUSEADDR
// shares with a holder that has it too and, for TCP, does not listen
// (inet_csk_bind_conflict, udp_lib_lport_inuse).
func (c *candidate) conflicts(n bindRequest, reuse bool, combination int) bool {
	if !overlaps(c.socket, n, combination&withIPv4 != 0) {
		return false
	}
	shares := reuse && combination&withReuse != 0 && c.socket.State != sockets.Listen
	return !shares
}

// resolved tells whether everything about the holder is known.
func (c *candidate) resolved() bool {
	n := 0
	for _, possible := range c.possible {
		if possible {
			n++
		}
	}
	return n == 1
}

// blocks sums up over the combinations that are still possible.
func (c *candidate) blocks(n bindRequest, reuse bool) likelihood {
	yes, no := false, false
	for i, possible := range c.possible {
		if possible {
			if c.conflicts(n, reuse, i) {
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

// eliminate strikes the combinations by which the bind would have been answered
// otherwise, and tells whether there were any. If nothing would be left, the
// table changed meanwhile and the answer proves nothing.
func (c *candidate) eliminate(n bindRequest, reuse, stopped bool) bool {
	rest, struck := c.possible, false
	for i, possible := range rest {
		if possible && c.conflicts(n, reuse, i) != stopped {
			rest[i], struck = false, true
		}
	}
	if rest == ([4]bool{}) {
		return false
	}
	c.possible = rest
	return struck
}

// propagate lets the kernel's own answers decide what no table shows. A bind that
// worked proves that nobody stops it; one that was refused, where only a single
// socket can have been the reason, proves that it was this one. Each answer can
// settle what makes another one speak, so it goes round until nothing changes.
func propagate(suspects []*candidate, asked []BindResult) {
	for again := true; again; {
		again = false
		for _, a := range asked {
			n := a.request()
			again = propagateOne(suspects, n, false, a.Plain) || again
			again = propagateOne(suspects, n, true, a.Reuse) || again
		}
	}
}

func propagateOne(suspects []*candidate, n bindRequest, reuse bool, answer BindStatus) bool {
	changed := false
	switch answer {
	case BindOK:
		for _, c := range suspects {
			changed = c.eliminate(n, reuse, false) || changed
		}
	case BindInUse:
		var only *candidate
		for _, c := range suspects {
			switch c.blocks(n, reuse) {
			case always:
				return false // reason enough
			case maybe:
				if only != nil {
					return false // one of several
				}
				only = c
			}
		}
		if only != nil {
			changed = only.eliminate(n, reuse, true)
		}
	}
	return changed
}
