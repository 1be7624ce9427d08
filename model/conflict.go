package model

import (
	"net/netip"

	"lotop/sockets"
)

// Answer is what the kernel says to a bind: "ok", or the name of an errno.
type Answer string

// The answers that a conflict is about.
const (
	AnswerOK    Answer = "ok"
	AnswerInUse Answer = "EADDRINUSE"
)

// Bind is one bind to try: an address, "::" dual-stack unless V6Only.
type Bind struct {
	Host   netip.Addr
	V6Only bool
}

// Asked is a bind that was tried, without and with SO_REUSEADDR.
type Asked struct {
	Bind
	Plain, Reuse Answer
}

func (b Bind) newcomer() newcomer { return newcomer{b.Host, b.V6Only} }

// verdict of a holder at one address.
type certainty uint8

const (
	never certainty = iota
	maybe
	always
)

// enter puts an address on the list that it belongs to.
func (c certainty) enter(host netip.Addr, certain, possible *[]netip.Addr) {
	switch c {
	case always:
		*certain = append(*certain, host)
	case maybe:
		*possible = append(*possible, host)
	}
}

// suspect is a socket on the port, with what is not known of it: whether it has
// SO_REUSEADDR, and whether it is loose (see looseness). Of the four
// combinations some are ruled out, by its options or by the kernel's answers.
type suspect struct {
	row      *Row
	socket   *sockets.Socket // the row's
	possible [4]bool
}

const (
	withReuse = 1 << iota
	asLoose
)

func newSuspect(r *Row, o sockets.SocketOptions) *suspect {
	c := &suspect{row: r, socket: r.Socket}
	loose := looseness(r.Socket, o.V6Only)
	for i := range c.possible {
		c.possible[i] = fits(o.ReuseAddr, i&withReuse != 0) && fits(loose, i&asLoose != 0)
	}
	return c
}

func fits(k sockets.Known, v bool) bool {
	return k == sockets.Unknown || (k == sockets.Yes) == v
}

// stops tells whether the holder, with that combination and alone on the port,
// stops a bind. A plain newcomer shares with nobody; one with SO_REUSEADDR
// shares with a holder that has it too and, for TCP, does not listen
// (inet_csk_bind_conflict, udp_lib_lport_inuse).
func (c *suspect) stops(n newcomer, reuse bool, combination int) bool {
	if !overlaps(c.socket, n, combination&asLoose != 0) {
		return false
	}
	shares := reuse && combination&withReuse != 0 && c.socket.State != sockets.Listen
	return !shares
}

// settled tells whether everything about the holder is known.
func (c *suspect) settled() bool {
	n := 0
	for _, possible := range c.possible {
		if possible {
			n++
		}
	}
	return n == 1
}

// verdict sums up over the combinations that are still possible.
func (c *suspect) verdict(n newcomer, reuse bool) certainty {
	yes, no := false, false
	for i, possible := range c.possible {
		if possible {
			if c.stops(n, reuse, i) {
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

// ruleOut strikes the combinations by which the bind would have been answered
// otherwise, and tells whether there were any. If nothing would be left, the
// table changed meanwhile and the answer proves nothing.
func (c *suspect) ruleOut(n newcomer, reuse, stopped bool) bool {
	rest, struck := c.possible, false
	for i, possible := range rest {
		if possible && c.stops(n, reuse, i) != stopped {
			rest[i], struck = false, true
		}
	}
	if rest == ([4]bool{}) {
		return false
	}
	c.possible = rest
	return struck
}

// settle lets the kernel's own answers decide what no table shows. A bind that
// worked proves that nobody stops it; one that was refused, where only a single
// socket can have been the reason, proves that it was this one. Each answer can
// settle what makes another one speak, so it goes round until nothing changes.
func settle(suspects []*suspect, asked []Asked) {
	for again := true; again; {
		again = false
		for _, a := range asked {
			n := a.newcomer()
			again = settleOne(suspects, n, false, a.Plain) || again
			again = settleOne(suspects, n, true, a.Reuse) || again
		}
	}
}

func settleOne(suspects []*suspect, n newcomer, reuse bool, answer Answer) bool {
	changed := false
	switch answer {
	case AnswerOK:
		for _, c := range suspects {
			changed = c.ruleOut(n, reuse, false) || changed
		}
	case AnswerInUse:
		var only *suspect
		for _, c := range suspects {
			switch c.verdict(n, reuse) {
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
			changed = only.ruleOut(n, reuse, true)
		}
	}
	return changed
}
