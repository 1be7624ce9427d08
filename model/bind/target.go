package bind

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"lotop/sockets"
	"lotop/sockets/untrusted"
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
}

var (
	loopback4 = sockets.LoopbackOf(netip.IPv4Unspecified())
	loopback6 = netip.IPv6Loopback()
)

// AnyHost returns the addresses that a bare port stands for: both loopback addresses and
// both wildcards.
func AnyHost() []netip.Addr {
	return []netip.Addr{loopback4, netip.IPv4Unspecified(), loopback6, netip.IPv6Unspecified()}
}

// TargetError is what is wrong with a target.
type TargetError struct{ Text, Problem string }

// Error returns the problem and the expected form in one line.
func (e *TargetError) Error() string {
	return fmt.Sprintf("invalid target %q: %s; expected PORT, HOST:PORT or [::1]:PORT", untrusted.New(e.Text).String(), e.Problem)
}

// ParseTarget parses PORT, :PORT, HOST:PORT and [IPv6]:PORT. HOST is an address of this
// machine or localhost, which means both loopback addresses; other names are never
// resolved.
func ParseTarget(p sockets.Protocol, text string) (Target, error) {
	t := Target{Protocol: p, Text: strings.TrimSpace(text)}
	host, port, problem := splitTarget(t.Text)
	if problem == "" {
		t.Port, problem = parsePort(port)
	}
	if problem == "" {
		t.Hosts, problem = parseHosts(host)
	}
	if problem != "" {
		return Target{}, &TargetError{Text: text, Problem: problem}
	}
	return t, nil
}

func splitTarget(s string) (host, port, problem string) {
	switch {
	case s == "":
		return "", "", "empty"
	case strings.HasPrefix(s, "["):
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", "", "missing ]"
		}
		rest, ok := strings.CutPrefix(s[end+1:], ":")
		if !ok {
			return "", "", "missing port after ]"
		}
		return s[1:end], rest, ""
	case strings.Count(s, ":") > 1:
		return "", "", "IPv6 addresses need brackets"
	case strings.Contains(s, ":"):
		host, port, _ = strings.Cut(s, ":")
		return host, port, ""
	}
	return "", s, ""
}

func parsePort(s string) (uint16, string) {
	n, err := strconv.ParseUint(s, 10, 64)
	switch {
	case s == "":
		return 0, "missing port"
	case err != nil && strings.Trim(s, "0123456789") != "":
		return 0, untrusted.New(s).String() + " is not a port number"
	case err != nil || n > 65535:
		return 0, "ports range from 1 to 65535"
	case n == 0:
		return 0, "port 0 means any free port; ports range from 1 to 65535"
	}
	return uint16(n), ""
}

func parseHosts(s string) ([]netip.Addr, string) {
	switch strings.ToLower(s) {
	case "":
		return AnyHost(), ""
	case "*":
		return []netip.Addr{netip.IPv6Unspecified()}, ""
	case "localhost":
		return []netip.Addr{loopback4, loopback6}, ""
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return nil, untrusted.New(s).String() + " is not an IP address; the only name supported is localhost"
	}
	return []netip.Addr{a.Unmap()}, ""
}

// HostLabel formats an address of a target, "::" marked as dual-stack.
func HostLabel(a netip.Addr) string {
	if a == netip.IPv6Unspecified() {
		return ":: (dual)"
	}
	return a.String()
}

// String returns PORT, or HOST:PORT if the target has one address.
func (t Target) String() string {
	if len(t.Hosts) == 1 {
		return netip.AddrPortFrom(t.Hosts[0], t.Port).String()
	}
	return strconv.Itoa(int(t.Port))
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
		if overlaps(s, bindRequest{host, t.V6Only}, coversIPv4) {
			return true
		}
	}
	return false
}
