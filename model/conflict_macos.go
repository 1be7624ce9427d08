package model

import (
	"net/netip"
	"slices"

	"lotop/sockets"
)

// macOS decides about a bind in in_pcbbind (bsd/netinet/in_pcb.c) and in6_pcbbind
// (bsd/netinet6/in6_pcb.c) of xnu. It looks at the options of the newcomer, hardly
// at the holder's:
//
//   - a plain bind is refused by every socket with an address in common, a
//     connected one too;
//   - one with SO_REUSEADDR is refused by a socket that has the very same address
//     and is not connected, and by another user's as if it were plain, unless root
//     binds;
//   - "::" with IPv4 may come to an IPv4 socket on 0.0.0.0, but not 0.0.0.0 to
//     such a "::".
//
// SO_REUSEPORT, which both need, lets all of them in; lotop never binds with it.

func (s *System) macOS() bool { return s.OS == "darwin" }

// refusesOnMac tells whether a socket, alone on the port, refuses a bind.
func (e *Evidence) refusesOnMac(s *sockets.Socket, b Bind, reuse bool) certainty {
	dual := b.Host == netip.IPv6Unspecified() && !b.V6Only
	foreign := e.foreign(s)
	six, four := never, never
	if b.Host.Is6() && s.Local.Addr().Is6() {
		six = meetsOnMac(s, s.Local.Addr(), b.Host, reuse, foreign)
	}
	held, ok := ipv4Side(s)
	switch {
	case !ok:
	case b.Host.Is4():
		four = meetsOnMac(s, held, b.Host, reuse, foreign)
	case dual && (s.V6 || !held.IsUnspecified()):
		if e.Options[s.ID].ReusePort == sockets.Yes {
			foreign = never
		}
		four = meetsOnMac(s, held, netip.IPv4Unspecified(), reuse, foreign)
	}
	return max(six, four)
}

// meetsOnMac compares addresses of one family, as in_pcblookup_local and
// in6_pcblookup_local do.
func meetsOnMac(s *sockets.Socket, held, wanted netip.Addr, reuse bool, foreign certainty) certainty {
	switch {
	case held != wanted && !held.IsUnspecified() && !wanted.IsUnspecified():
		return never
	case !reuse || held == wanted && !s.Connected():
		return always
	}
	return foreign
}

// ipv4Side gives the address by which a socket is one of IPv4 (INP_IPV4): a
// dual-stack "::" is 0.0.0.0 as well.
func ipv4Side(s *sockets.Socket) (netip.Addr, bool) {
	switch a := s.Local.Addr(); {
	case a.Is4():
		return a, true
	case a.IsUnspecified() && s.V6Only != sockets.Yes:
		return netip.IPv4Unspecified(), true
	}
	return netip.Addr{}, false
}

// foreign tells whether a socket is another user's, from whom root is not kept
// away.
func (e *Evidence) foreign(s *sockets.Socket) certainty {
	switch {
	case e.System.UID == 0:
		return never
	case !s.HasUID:
		return maybe
	case s.UID != e.System.UID:
		return always
	}
	return never
}

// holdersOnMac lists who is in the way, by the rules of macOS.
func (e *Evidence) holdersOnMac() []Holder {
	all := make([]Holder, len(e.Rows))
	for i := range e.Rows {
		all[i] = Holder{Row: e.Rows[i], Cause: causeOf(&e.Rows[i])}
	}
	for _, a := range e.Binds {
		for i, c := range e.blameOnMac(a.Bind, false, a.Plain) {
			c.enter(a.Host, &all[i].Blocks, &all[i].MayBlock)
		}
		for i, c := range e.blameOnMac(a.Bind, true, a.Reuse) {
			c.enter(a.Host, &all[i].BlocksReuse, &all[i].MayBlockReuse)
		}
	}
	return slices.DeleteFunc(all, func(h Holder) bool { return !h.inTheWay() })
}

// blameOnMac tells of every row whether it stops a bind. The kernel's answer
// counts more than the rules: nobody is in the way of a bind that worked, and
// where the rules know nobody who stops one that was refused, everybody with an
// address in common may. The only one who can be the reason is it for certain.
func (e *Evidence) blameOnMac(b Bind, reuse bool, answer Answer) []certainty {
	if answer == AnswerOK {
		return nil
	}
	verdicts := make([]certainty, len(e.Rows))
	for i := range e.Rows {
		verdicts[i] = e.refusesOnMac(e.Rows[i].Socket, b, reuse)
	}
	if answer != AnswerInUse {
		return verdicts
	}
	suspected := func(c certainty) bool { return c != never }
	if !slices.ContainsFunc(verdicts, suspected) {
		for i := range e.Rows {
			if e.meets(&e.Rows[i], b) {
				verdicts[i] = maybe
			}
		}
	}
	first := slices.IndexFunc(verdicts, suspected)
	if first >= 0 && !slices.ContainsFunc(verdicts[first+1:], suspected) {
		verdicts[first] = always
	}
	return verdicts
}
