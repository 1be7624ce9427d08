package query

import (
	"net/netip"
	"strconv"
	"strings"

	"lotop/model"
	"lotop/sockets"
)

// addrMatcher matches an address of a socket. One of prefix, wildcard and localhost is
// set.
type addrMatcher struct {
	prefix    netip.Prefix // without a zone
	zone      string       // any if empty
	wildcard  bool
	localhost bool
	hasPort   bool
	port      uint16
}

// parseAddresses parses addr:.
func parseAddresses(p *parser, key string, values []rawValue) (term, error) {
	addrs := make([]addrMatcher, 0, len(values))
	texts := make([]string, 0, len(values))
	for _, v := range values {
		e, ok := parseAddrMatcher(v.text)
		if !ok {
			return term{}, p.fail(v.at, v.end, v.text+" is not an address",
				"expected 127.0.0.1, ::1, 127.0.0.0/8, localhost or *")
		}
		addrs = append(addrs, e)
		texts = append(texts, quoteValue(e.String()))
	}
	return addrTerm(key+":"+strings.Join(texts, ","), addrs), nil
}

// addrTerm returns the term that matches if the local or remote address of the socket
// matches one of addrs.
func addrTerm(text string, addrs []addrMatcher) term {
	t := term{text: text}
	for i := range addrs {
		if !addrs[i].hasPort {
			t.ports = nil
			break
		}
		t.ports = append(t.ports, sockets.PortRange{First: addrs[i].port, Last: addrs[i].port})
	}
	t.match = func(_ *model.Row, s *sockets.Socket) bool {
		for i := range addrs {
			if addrs[i].matches(s.Local) || s.Remote.IsValid() && addrs[i].matches(s.Remote) {
				return true
			}
		}
		return false
	}
	return t
}

// matches reports whether ap matches. An IPv4-mapped address counts as the IPv4
// address.
func (e *addrMatcher) matches(ap netip.AddrPort) bool {
	if e.hasPort && ap.Port() != e.port {
		return false
	}
	a := ap.Addr().Unmap()
	switch {
	case e.wildcard:
		return a.IsUnspecified()
	case e.localhost:
		return isLocalhost(a)
	case e.zone != "" && a.Zone() != e.zone:
		return false
	}
	return e.prefix.Contains(a.WithZone(""))
}

// isLocalhost reports whether localhost resolves to a; 127.0.0.2 is also a loopback
// address, but has no name.
func isLocalhost(a netip.Addr) bool {
	return a == sockets.LoopbackOf(a)
}

// parseAddrMatcher parses ADDRESS, PREFIX, localhost or *, each but the prefix also with
// :PORT, where * is any port.
func parseAddrMatcher(s string) (addrMatcher, bool) {
	if e, ok := parseHost(s); ok {
		return e, true
	}
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return addrMatcher{}, false
	}
	host, port := s[:i], s[i+1:]
	bracketed := strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]")
	if !bracketed && strings.Contains(host, ":") || strings.Contains(host, "/") {
		return addrMatcher{}, false
	}
	e, ok := parseHost(host)
	if !ok || port == "*" {
		return e, ok
	}
	n, err := strconv.ParseUint(port, 10, 16)
	e.hasPort, e.port = true, uint16(n)
	return e, err == nil
}

func parseHost(s string) (addrMatcher, bool) {
	switch {
	case s == "*":
		return addrMatcher{wildcard: true}, true
	case strings.EqualFold(s, "localhost"):
		return addrMatcher{localhost: true}, true
	}
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
	}
	if prefix, err := netip.ParsePrefix(s); err == nil {
		return addrMatcher{prefix: unmapPrefix(prefix).Masked()}, true
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return addrMatcher{}, false
	}
	zone := a.Zone()
	a = a.Unmap().WithZone("")
	if a.Is4() {
		zone = ""
	}
	return addrMatcher{prefix: netip.PrefixFrom(a, a.BitLen()), zone: zone}, true
}

// unmapPrefix converts ::ffff:127.0.0.0/104 to 127.0.0.0/8.
func unmapPrefix(p netip.Prefix) netip.Prefix {
	const mapped = 96
	if p.Addr().Is4In6() && p.Bits() >= mapped {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-mapped)
	}
	return p
}

// String returns the text that parses to the matcher.
func (e *addrMatcher) String() string {
	host := e.hostText()
	if !e.hasPort {
		return host
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(e.port))
}

func (e *addrMatcher) hostText() string {
	switch {
	case e.wildcard:
		return "*"
	case e.localhost:
		return "localhost"
	case e.prefix.IsSingleIP():
		return e.prefix.Addr().WithZone(e.zone).String()
	}
	return e.prefix.String()
}

// appendAddr appends ap, an address of s, as the table shows it: a dual-stack wildcard as
// *, a mapped address as IPv4.
func appendAddr(b []byte, s *sockets.Socket, ap netip.AddrPort) []byte {
	if !ap.IsValid() {
		return b
	}
	if s.DualStack() && ap == s.Local {
		b = append(b, '*', ':')
		return strconv.AppendUint(b, uint64(ap.Port()), 10)
	}
	return netip.AddrPortFrom(ap.Addr().Unmap(), ap.Port()).AppendTo(b)
}
