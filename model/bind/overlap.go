package bind

import (
	"net/netip"

	"lotop/sockets"
)

// bindRequest is a bind that somebody wants to make: an address, "::" dual-stack
// unless v6only. It carries neither device nor SO_REUSEPORT.
type bindRequest struct {
	addr   netip.Addr
	v6only bool
}

// overlaps tells whether holder and newcomer claim an address in common, by
// ipv6_rcv_saddr_equal and ipv4_rcv_saddr_equal (net/ipv4/inet_connection_sock.c).
// loose says that the holder is an IPv6 socket with IPV6_V6ONLY off that never
// called bind, see canBeLoose.
func overlaps(h *sockets.Socket, n bindRequest, loose bool) bool {
	ha, na := h.Local.Addr(), n.addr
	switch {
	case na.Is6() && na.IsUnspecified():
		return !n.v6only || ha.Is6() // dual-stack: everything on the port
	case ha.Is4() && na.Is4():
		return ha == na || ha.IsUnspecified() || na.IsUnspecified()
	case ha.Is6() && na.Is6():
		return ha == na || ha.IsUnspecified()
	case ha.Is6() && ha.IsUnspecified():
		return loose // a wildcard that takes IPv4 too
	case ha.Is6():
		return loose && (na.IsUnspecified() || h.Protocol == sockets.UDP && na == loopback4InV6)
	}
	return false // an IPv4 holder and one specific IPv6 address
}

// loopback4InV6 is the IPv4 address that the kernel keeps for a connected IPv6 UDP
// socket (LOOPBACK4_IPV6, include/net/ipv6.h).
var loopback4InV6 = netip.AddrFrom4([4]byte{127, 0, 0, 6})

// ipv4Coverage tells whether h is loose: it takes IPv4 into account although its
// address is an IPv6 one. A socket that was bound by hand to a specific address
// has IPV6_V6ONLY set by that; one that was accepted by a dual-stack listener,
// or connected without a bind, may not, and most states do not show it: v6only
// is what is known.
func ipv4Coverage(h *sockets.Socket, v6only sockets.Tristate) sockets.Tristate {
	if !h.V6 || h.V4Mapped || h.Local.Addr().Is4() {
		return sockets.No
	}
	switch v6only {
	case sockets.Yes:
		return sockets.No
	case sockets.No:
		return sockets.Yes
	}
	return sockets.Unknown
}
