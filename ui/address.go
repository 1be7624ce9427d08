// Package ui formats addresses, ages, states, owners, plans and diagnoses as text,
// for the interactive view (ui/tui) and the commands (ui/cli).
//
// It does not depend on terminals or colors, and reads nothing from the system.
package ui

import (
	"net/netip"
	"strconv"

	"lotop/sockets"
)

// Host returns the local address of s without its port. The wildcard is "*" if it
// accepts IPv4 and IPv6, else "0.0.0.0" or "[::]".
func Host(snap *sockets.Snapshot, s *sockets.Socket) string {
	if s.DualStack() {
		return "*" + zone(snap, s)
	}
	return host(s.Local.Addr(), zone(snap, s))
}

// Local returns the local address of s with its port.
func Local(snap *sockets.Snapshot, s *sockets.Socket) string {
	return Host(snap, s) + ":" + strconv.Itoa(int(s.Local.Port()))
}

// Remote returns the remote address of s with its port.
func Remote(snap *sockets.Snapshot, s *sockets.Socket) string {
	h := host(s.Remote.Addr(), "")
	if s.Remote.Addr().IsLinkLocalUnicast() {
		h = host(s.Remote.Addr(), zone(snap, s))
	}
	return h + ":" + strconv.Itoa(int(s.Remote.Port()))
}

// Addr returns an address with its port, IPv6 in brackets.
func Addr(a netip.AddrPort) string {
	return host(a.Addr(), "") + ":" + strconv.Itoa(int(a.Port()))
}

// AddrHere returns an address at which this machine reaches the socket: a loopback
// address instead of a wildcard.
func AddrHere(s *sockets.Socket) netip.AddrPort {
	a := s.Local.Addr()
	switch {
	case s.DualStack():
		a = sockets.LoopbackOf(netip.IPv4Unspecified())
	case a.IsUnspecified():
		a = sockets.LoopbackOf(a)
	}
	return netip.AddrPortFrom(a, s.Local.Port())
}

// URL returns the URL of an address. 127.0.0.1 becomes localhost, the only name that
// many servers accept; other loopback addresses stay as they are.
func URL(a netip.AddrPort) string {
	scheme, host := "http://", Addr(a)
	if a.Port() == 443 || a.Port() == 8443 {
		scheme = "https://"
	}
	if a.Addr() == netip.AddrFrom4([4]byte{127, 0, 0, 1}) {
		host = "localhost:" + strconv.Itoa(int(a.Port()))
	}
	return scheme + host
}

func host(a netip.Addr, zone string) string {
	if a.Is4() {
		return a.String() + zone
	}
	return "[" + a.String() + zone + "]"
}

// zone returns the name of the interface that a socket is bound to: it receives
// nothing from other interfaces.
func zone(snap *sockets.Snapshot, s *sockets.Socket) string {
	if s.Interface == 0 {
		return ""
	}
	return "%" + snap.Interfaces[s.Interface].String()
}
