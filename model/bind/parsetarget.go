package bind

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"lotop/sockets"
	"lotop/sockets/untrusted"
)

// TargetError is what is wrong with a target.
type TargetError struct{ Text, Problem string }

// Error returns the problem and the expected form in one line.
func (e *TargetError) Error() string {
	return fmt.Sprintf("invalid target %q: %s; expected PORT, HOST:PORT or [::1]:PORT",
		untrusted.New(e.Text).String(), e.Problem)
}

// maxRange is how many ports one target can name.
const maxRange = 256

// ParseTarget parses PORT, :PORT, HOST:PORT and [IPv6]:PORT, and what is copied from a
// browser, netstat, ss, lsof or docker ps: URLs, :::3000, *:3000, 127.0.0.1.3000,
// 0.0.0.0:3000->80/tcp. HOST is an address of this machine or localhost, which means both
// loopback addresses; other names are never resolved. A protocol in the text overrides p.
func ParseTarget(p sockets.Protocol, text string) (Target, error) {
	all, err := ParseTargets(p, text)
	switch {
	case err != nil:
		return Target{}, err
	case len(all) > 1:
		return Target{}, &TargetError{Text: text, Problem: "one port is needed, not a range"}
	}
	return all[0], nil
}

// ParseTargets parses what ParseTarget does, and a range of ports instead of a port:
// 3000-3005. Each port of it is a target. So is each published port of a list of docker ps.
func ParseTargets(p sockets.Protocol, text string) ([]Target, error) {
	if strings.Contains(text, ",") && strings.Contains(text, "->") && !strings.Contains(text, "://") {
		return parsePublished(p, text)
	}
	t := Target{Protocol: p, Text: strings.TrimSpace(text)}
	rest, defaultPort := t.cutScheme(t.Text)
	host, port, problem := splitTarget(t.cutTail(rest))
	switch {
	case !t.URL && strings.Contains(t.Text, ","):
		problem = "a list: separate targets with spaces, not commas"
	case defaultPort == "":
	case host == "" && strings.Trim(port, "0123456789") != "": // a name, which is not resolved
		host, port = port, defaultPort
	case host != "" && port == "":
		port, problem = defaultPort, ""
	}
	var first, last uint16
	if problem == "" {
		first, last, problem = parsePorts(port)
	}
	if problem == "" {
		t.Hosts, problem = parseHosts(host)
	}
	if problem != "" {
		return nil, &TargetError{Text: text, Problem: problem}
	}
	var all []Target
	for n := int(first); n <= int(last); n++ {
		one := t
		one.Port, one.Hosts = uint16(n), slices.Clone(t.Hosts)
		if first != last {
			one.Text = one.String()
		}
		all = append(all, one)
	}
	return all, nil
}

// parsePublished parses the ports of a container as docker ps lists them, separated by
// commas. Those without an arrow are not published: they are ports of the container, and
// not of this machine.
func parsePublished(p sockets.Protocol, text string) ([]Target, error) {
	var all []Target
	for part := range strings.SplitSeq(text, ",") {
		if !strings.Contains(part, "->") {
			continue
		}
		targets, err := ParseTargets(p, part)
		if err != nil {
			return nil, err
		}
		if all = append(all, targets...); len(all) > maxRange {
			return nil, &TargetError{Text: text, Problem: fmt.Sprintf("a list covers at most %d ports", maxRange)}
		}
	}
	return all, nil
}

// cutScheme removes the scheme and the user of a URL, and returns the default port of the
// scheme, empty if unknown.
func (t *Target) cutScheme(s string) (rest, port string) {
	scheme, rest, found := strings.Cut(s, "://")
	if !found || scheme == "" || strings.ContainsFunc(scheme, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("+-.", r)
	}) {
		return s, ""
	}
	t.URL = true
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	rest = rest[strings.LastIndexByte(rest, '@')+1:]
	switch strings.ToLower(scheme) {
	case "http", "ws":
		return rest, "80"
	case "https", "wss":
		return rest, "443"
	case "udp":
		t.Protocol = sockets.UDP
	case "tcp":
		t.Protocol = sockets.TCP
	}
	return rest, ""
}

// cutTail removes what follows the port: the port that docker forwards it to, the remote
// end of a connection, a protocol, a path.
func (t *Target) cutTail(s string) string {
	s, to, _ := strings.Cut(s, "->")
	end := strings.IndexAny(s, "/?#")
	if end < 0 {
		end = len(s)
	}
	tail := s[end:]
	if tail == "" {
		tail = to[strings.LastIndexByte(to, '/')+1:]
	}
	switch strings.ToLower(strings.TrimPrefix(tail, "/")) {
	case "udp":
		t.Protocol = sockets.UDP
	case "tcp":
		t.Protocol = sockets.TCP
	}
	return s[:end]
}

func splitTarget(s string) (host, port, problem string) {
	colon := strings.LastIndexByte(s, ':')
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
			return s[1:end], "", "missing port after ]"
		}
		return s[1:end], rest, ""
	}
	if host, port, ok := splitDotted(s); ok {
		return host, port, ""
	}
	switch {
	case strings.Count(s, ":") > 1 && !isUnbracketed(s, colon):
		if strings.Trim(s, "0123456789abcdefABCDEF:.") != "" && !strings.Contains(s, "%") {
			return "", "", "more than one colon"
		}
		return "", "", "IPv6 addresses need brackets"
	case colon >= 0:
		return s[:colon], s[colon+1:], ""
	case isHost(s):
		return s, "", "missing port"
	}
	return "", s, ""
}

// isUnbracketed reports whether s is an IPv6 address and a port as netstat on Linux
// prints them, without brackets. They can be separated only if s as a whole is no
// address, or if the address is :: or ::1.
func isUnbracketed(s string, colon int) bool {
	host, err := netip.ParseAddr(s[:colon])
	if err != nil {
		return false
	}
	_, err = netip.ParseAddr(s)
	return err != nil || host == netip.IPv6Unspecified() || host == loopback6
}

// splitDotted splits an address and a port as netstat on macOS and BSD prints them,
// separated by a dot.
func splitDotted(s string) (host, port string, ok bool) {
	dot := strings.LastIndexByte(s, '.')
	if dot < 0 || !isHost(s[:dot]) || s[dot+1:] == "" || strings.Trim(s[dot+1:], "0123456789") != "" {
		return "", "", false
	}
	if _, err := netip.ParseAddr(s); err == nil {
		return "", "", false // ::ffff:127.0.0.1 has no port
	}
	return s[:dot], s[dot+1:], true
}

// isHost reports whether s is an address without a port.
func isHost(s string) bool {
	_, err := netip.ParseAddr(s)
	return err == nil || s == "*" || strings.EqualFold(s, "localhost")
}

// parsePorts parses a port, or two of them separated by a hyphen.
func parsePorts(s string) (first, last uint16, problem string) {
	from, to, isRange := strings.Cut(s, "-")
	if !isRange || from == "" || to == "" || strings.Trim(from+to, "0123456789") != "" {
		first, problem = parsePort(s)
		return first, first, problem
	}
	if first, problem = parsePort(from); problem != "" {
		return 0, 0, problem
	}
	if last, problem = parsePort(to); problem != "" {
		return 0, 0, problem
	}
	switch {
	case last < first:
		return 0, 0, "the range is empty: its last port is lower than its first"
	case int(last)-int(first) >= maxRange:
		return 0, 0, fmt.Sprintf("a range covers at most %d ports", maxRange)
	}
	return first, last, ""
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
	switch name := strings.ToLower(s); {
	case name == "":
		return AnyHost(), ""
	case name == "*":
		return []netip.Addr{netip.IPv6Unspecified()}, ""
	case name == "localhost", strings.HasSuffix(name, ".localhost"): // RFC 6761
		return localhost(), ""
	}
	a, err := netip.ParseAddr(s)
	if err != nil || strings.ContainsAny(a.Zone(), " /?#@]") || strings.Contains(a.Zone(), "->") {
		return nil, untrusted.New(s).String() + " is not an IP address; the only name supported is localhost"
	}
	return []netip.Addr{a.Unmap()}, ""
}

// IsProgramName reports whether text, which is no target, may be the name of a program.
func IsProgramName(text string) bool {
	letter := func(r rune) bool { return r != '-' && (r < '0' || r > '9') }
	return strings.ContainsFunc(text, letter) && !strings.ContainsAny(text, ":/[]*,") && !isHost(text)
}
