package bind

import (
	"net/netip"

	"lotop/sockets"
)

// overlaps reports whether a socket and a bind have an address in common, by
// ipv6_rcv_saddr_equal and ipv4_rcv_saddr_equal (net/ipv4/inet_connection_sock.c).
// coversIPv4 means that the socket is an IPv6 one that also claims IPv4, see ipv4Coverage.
func overlaps(s *sockets.Socket, b Bind, coversIPv4 bool) bool {
	sa, na := s.Local.Addr(), b.Host
	switch {
	case na.Is6() && na.IsUnspecified():
		return !b.V6Only || sa.Is6() // dual-stack: everything on the port
	case sa.Is4() && na.Is4():
		return sa == na || sa.IsUnspecified() || na.IsUnspecified()
	case sa.Is6() && na.Is6():
		return sa == na || sa.IsUnspecified()
	case sa.Is6() && sa.IsUnspecified():
		return coversIPv4 // a dual-stack wildcard
	case sa.Is6():
		return coversIPv4 && (na.IsUnspecified() || s.Protocol == sockets.UDP && na == loopback4InV6)
	}
	return false // an IPv4 socket and a specific IPv6 address
}

// loopback4InV6 is the IPv4 address that the kernel stores for a connected IPv6 UDP
// socket (LOOPBACK4_IPV6, include/net/ipv6.h).
var loopback4InV6 = netip.AddrFrom4([4]byte{127, 0, 0, 6})

// ipv4Coverage returns whether a socket with an IPv6 address also takes part in IPv4
// conflicts. An explicit bind to a specific address sets IPV6_V6ONLY; a socket accepted
// by a dual-stack listener, or connected without a bind, may not have it, and most states
// do not show it: v6only is what is known.
func ipv4Coverage(s *sockets.Socket, v6only sockets.Tristate) sockets.Tristate {
	if !s.V6 || s.V4Mapped || s.Local.Addr().Is4() {
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
