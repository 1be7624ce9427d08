package bind

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

func (s *Platform) macOS() bool { return s.OS == "darwin" }

// blocksMac tells whether a socket, alone on the port, refuses a bind.
func (e *Evidence) blocksMac(s *sockets.Socket, b Bind, reuse bool) likelihood {
	dual := b.Host == netip.IPv6Unspecified() && !b.V6Only
	foreign := e.otherUser(s)
	six, four := never, never
	if b.Host.Is6() && s.Local.Addr().Is6() {
		six = addrConflictMac(s, s.Local.Addr(), b.Host, reuse, foreign)
	}
	held, ok := ipv4Local(s)
	switch {
	case !ok:
	case b.Host.Is4():
		four = addrConflictMac(s, held, b.Host, reuse, foreign)
	case dual && (s.V6 || !held.IsUnspecified()):
		if e.Options[s.ID].ReusePort == sockets.Yes {
			foreign = never
		}
		four = addrConflictMac(s, held, netip.IPv4Unspecified(), reuse, foreign)
	}
	return max(six, four)
}

// addrConflictMac compares addresses of one family, as in_pcblookup_local and
// in6_pcblookup_local do.
func addrConflictMac(s *sockets.Socket, held, wanted netip.Addr, reuse bool, foreign likelihood) likelihood {
	switch {
	case held != wanted && !held.IsUnspecified() && !wanted.IsUnspecified():
		return never
	case !reuse || held == wanted && !s.Connected():
		return always
	}
	return foreign
}

// ipv4Local gives the address by which a socket is one of IPv4 (INP_IPV4): a
// dual-stack "::" is 0.0.0.0 as well.
func ipv4Local(s *sockets.Socket) (netip.Addr, bool) {
	switch a := s.Local.Addr(); {
	case a.Is4():
		return a, true
	case a.IsUnspecified() && s.V6Only != sockets.Yes:
		return netip.IPv4Unspecified(), true
	}
	return netip.Addr{}, false
}

// otherUser tells whether a socket is another user's, from whom root is not kept
// away.
func (e *Evidence) otherUser(s *sockets.Socket) likelihood {
	switch {
	case e.Platform.UID == 0:
		return never
	case !s.HasUID:
		return maybe
	case s.UID != e.Platform.UID:
		return always
	}
	return never
}

// blockersMac lists who is in the way, by the rules of macOS.
func (e *Evidence) blockersMac() []Blocker {
	all := make([]Blocker, len(e.Rows))
	for i := range e.Rows {
		all[i] = Blocker{Row: e.Rows[i], Cause: CauseOf(&e.Rows[i])}
	}
	for _, a := range e.Binds {
		for i, c := range e.attributeMac(a.Bind, false, a.Plain) {
			c.addTo(a.Host, &all[i].Blocks, &all[i].MayBlock)
		}
		for i, c := range e.attributeMac(a.Bind, true, a.Reuse) {
			c.addTo(a.Host, &all[i].BlocksReuse, &all[i].MayBlockReuse)
		}
	}
	return slices.DeleteFunc(all, func(h Blocker) bool { return !h.blocksAny() })
}

// attributeMac tells of every row whether it stops a bind. The kernel's answer
// counts more than the rules: nobody is in the way of a bind that worked, and
// where the rules know nobody who stops one that was refused, everybody with an
// address in common may. The only one who can be the reason is it for certain.
func (e *Evidence) attributeMac(b Bind, reuse bool, answer BindStatus) []likelihood {
	if answer == BindOK {
		return nil
	}
	verdicts := make([]likelihood, len(e.Rows))
	for i := range e.Rows {
		verdicts[i] = e.blocksMac(e.Rows[i].Socket, b, reuse)
	}
	if answer != BindInUse {
		return verdicts
	}
	suspected := func(c likelihood) bool { return c != never }
	if !slices.ContainsFunc(verdicts, suspected) {
		for i := range e.Rows {
			if e.overlapsBind(&e.Rows[i], b) {
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
