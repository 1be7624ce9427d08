package bind

import (
	"net/netip"
	"slices"

	"lotop/sockets"
)

// macOS decides about a bind in in_pcbbind (bsd/netinet/in_pcb.c) and in6_pcbbind
// (bsd/netinet6/in6_pcb.c) of xnu. The options of the requested bind count, those of
// the existing socket hardly do:
//
//   - a plain bind fails on every socket with an address in common, also a connected
//     one;
//   - one with SO_REUSEADDR fails on a socket that has the same address and is not
//     connected, and on another user's as a plain bind does, unless root binds;
//   - a dual-stack "::" can be bound beside an IPv4 socket on 0.0.0.0, but not 0.0.0.0
//     beside such a "::".
//
// SO_REUSEPORT on both sockets allows all of them; lotop never binds with it.

func (s *Platform) macOS() bool { return s.OS == "darwin" }

// blocksMac returns how likely a socket, alone on the port, makes a bind fail.
func (e *Evidence) blocksMac(s *sockets.Socket, b Bind, reuse bool) likelihood {
	dual := b.Host == netip.IPv6Unspecified() && !b.V6Only
	otherUser := e.otherUser(s)
	six, four := never, never
	if b.Host.Is6() && s.Local.Addr().Is6() {
		six = addrConflictMac(s, s.Local.Addr(), b.Host, reuse, otherUser)
	}
	local, ok := ipv4Local(s)
	switch {
	case !ok:
	case b.Host.Is4():
		four = addrConflictMac(s, local, b.Host, reuse, otherUser)
	case dual && (s.V6 || !local.IsUnspecified()):
		if e.Options[s.ID].ReusePort == sockets.Yes {
			otherUser = never
		}
		four = addrConflictMac(s, local, netip.IPv4Unspecified(), reuse, otherUser)
	}
	return max(six, four)
}

// addrConflictMac compares addresses of one family, as in_pcblookup_local and
// in6_pcblookup_local do.
func addrConflictMac(s *sockets.Socket, local, wanted netip.Addr, reuse bool, otherUser likelihood) likelihood {
	switch {
	case local != wanted && !local.IsUnspecified() && !wanted.IsUnspecified():
		return never
	case !reuse || local == wanted && !s.Connected():
		return always
	}
	return otherUser
}

// ipv4Local returns the address of a socket in IPv4 (INP_IPV4): a dual-stack "::" is also
// 0.0.0.0.
func ipv4Local(s *sockets.Socket) (netip.Addr, bool) {
	switch a := s.Local.Addr(); {
	case a.Is4():
		return a, true
	case a.IsUnspecified() && s.V6Only != sockets.Yes:
		return netip.IPv4Unspecified(), true
	}
	return netip.Addr{}, false
}

// otherUser reports whether a socket is another user's; for root that
// makes no difference.
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

// blockersMac returns the blocking sockets by the rules of macOS.
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
	return slices.DeleteFunc(all, func(b Blocker) bool { return !b.blocksAny() })
}

// attributeMac returns for every row how likely it makes a bind fail. The result of the
// bind overrides the rules: nothing blocks a bind that succeeded; and where the rules
// explain no failure, every socket with an address in common may. The only possible
// reason is a certain one.
func (e *Evidence) attributeMac(b Bind, reuse bool, status BindStatus) []likelihood {
	if status == BindOK {
		return nil
	}
	verdicts := make([]likelihood, len(e.Rows))
	for i := range e.Rows {
		verdicts[i] = e.blocksMac(e.Rows[i].Socket, b, reuse)
	}
	if status != BindInUse {
		return verdicts
	}
	possible := func(c likelihood) bool { return c != never }
	if !slices.ContainsFunc(verdicts, possible) {
		for i := range e.Rows {
			if e.overlapsBind(&e.Rows[i], b) {
				verdicts[i] = maybe
			}
		}
	}
	first := slices.IndexFunc(verdicts, possible)
	if first >= 0 && !slices.ContainsFunc(verdicts[first+1:], possible) {
		verdicts[first] = always
	}
	return verdicts
}
