// Package ui holds the words in which both faces of lotop speak: how an
// address, an age, a state or an owner is written. The faces themselves are
// ui/tui, the screen, and ui/cli, the commands.
//
// It knows nothing of terminals and colors, and reads nothing from the system.
package ui

import (
	"net/netip"
	"strconv"

	"lotop/sockets"
)

// Host writes the local address of s without its port. The three wildcards are
// three different things: "*" takes IPv4 and IPv6, "0.0.0.0" and "[::]" only
// the one.
func Host(snap *sockets.Snapshot, s *sockets.Socket) string {
	if s.DualStack() {
		return "*" + zone(snap, s)
	}
	return host(s.Local.Addr(), zone(snap, s))
}

// Local writes the local address of s with its port.
func Local(snap *sockets.Snapshot, s *sockets.Socket) string {
	return Host(snap, s) + ":" + strconv.Itoa(int(s.Local.Port()))
}

// Remote writes the remote address of s with its port.
func Remote(snap *sockets.Snapshot, s *sockets.Socket) string {
	h := host(s.Remote.Addr(), "")
	if s.Remote.Addr().IsLinkLocalUnicast() {
		h = host(s.Remote.Addr(), zone(snap, s))
	}
	return h + ":" + strconv.Itoa(int(s.Remote.Port()))
}

// Addr writes an address with its port, IPv6 in brackets.
func Addr(a netip.AddrPort) string {
	return host(a.Addr(), "") + ":" + strconv.Itoa(int(a.Port()))
}

func host(a netip.Addr, zone string) string {
	if a.Is4() {
		return a.String() + zone
	}
	return "[" + a.String() + zone + "]"
}

// zone names the interface a socket is bound to: what arrives elsewhere does
// not reach it.
func zone(snap *sockets.Snapshot, s *sockets.Socket) string {
	if s.Interface == 0 {
		return ""
	}
	return "%" + snap.Interfaces[s.Interface].String()
}
