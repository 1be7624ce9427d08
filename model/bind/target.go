package bind

import (
	"net/netip"
	"slices"
	"strconv"

	"lotop/sockets"
)

// Target is what to bind: a port, at some addresses.
type Target struct {
	Protocol sockets.Protocol
	Port     uint16
	// Hosts are the addresses asked for, each once; "::" is meant dual-stack,
	// as Node and Go servers bind it. A bare port means AnyHost.
	Hosts []netip.Addr
	// V6Only reports whether "::" is meant without IPv4 instead.
	V6Only bool
	// Text is the target as the user wrote it, for use in commands.
	Text string
	// URL reports that it was written as one, which names a server to talk to.
	URL bool
}

var (
	loopback4 = sockets.LoopbackOf(netip.IPv4Unspecified())
	loopback6 = netip.IPv6Loopback()
)

// localhost returns the addresses that the name stands for.
func localhost() []netip.Addr { return []netip.Addr{loopback4, loopback6} }

// AnyHost returns the addresses that a bare port stands for: both loopback addresses and
// both wildcards.
func AnyHost() []netip.Addr {
	return []netip.Addr{loopback4, netip.IPv4Unspecified(), loopback6, netip.IPv6Unspecified()}
}

// HostLabel formats an address of a target, "::" marked as dual-stack.
func HostLabel(a netip.Addr) string {
	if a == netip.IPv6Unspecified() {
		return ":: (dual)"
	}
	return a.String()
}

// String writes the target as PORT, or HOST:PORT if one address or localhost was
// asked for. ParseTarget makes the same target of it.
func (t Target) String() string {
	port := strconv.Itoa(int(t.Port))
	switch {
	case len(t.Hosts) == 1:
		return netip.AddrPortFrom(t.Hosts[0], t.Port).String()
	case slices.Equal(t.Hosts, localhost()):
		return "localhost:" + port
	}
	return port
}

// Binds returns the binds that the target stands for.
func (t Target) Binds() []Bind {
	all := make([]Bind, len(t.Hosts))
	for i, host := range t.Hosts {
		all[i] = Bind{host, t.V6Only && host == netip.IPv6Unspecified()}
	}
	return all
}

// SingleHost reports whether the target has one address only.
func (t Target) SingleHost() bool { return len(t.Hosts) == 1 }

// TargetOf returns the address that s occupies.
func TargetOf(s *sockets.Socket) Target {
	t := Target{Protocol: s.Protocol, Port: s.Local.Port(), Hosts: []netip.Addr{s.Local.Addr()}}
	t.V6Only = s.V6 && s.Local.Addr().IsUnspecified() && !s.DualStack()
	return t
}

// OccupiedBy reports whether s listens or is bound on an address of the target.
func (t Target) OccupiedBy(s *sockets.Socket) bool {
	if s.Protocol != t.Protocol || s.Local.Port() != t.Port || s.Connected() {
		return false
	}
	for _, host := range t.Hosts {
		if t.V6Only && s.Local.Addr().Is4() {
			continue
		}
		// A socket bound explicitly to a specific IPv6 address never covers IPv4, also
		// where the source does not show IPV6_V6ONLY.
		coversIPv4 := s.Local.Addr().IsUnspecified() && ipv4Coverage(s, s.V6Only) != sockets.No
		if overlaps(s, Bind{host, t.V6Only}, coversIPv4) {
			return true
		}
	}
	return false
}
