package probe

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lotop/sockets"
)

func readPortRanges(proc string) PortRanges {
	r := PortRanges{Ephemeral: EphemeralRange(proc), FirstUnprivileged: 1024}
	r.Reserved = parseRangeList(readSysctl(proc, "ip_local_reserved_ports"))
	if n, err := strconv.ParseUint(readSysctl(proc, "ip_unprivileged_port_start"), 10, 16); err == nil {
		r.FirstUnprivileged = uint16(n)
	}
	return r
}

// readSysctl returns a value below net.ipv4, empty if it cannot be read.
func readSysctl(proc, name string) string {
	b, _ := os.ReadFile(filepath.Join(proc, "sys/net/ipv4", name))
	return strings.TrimSpace(string(b))
}

// parseRangeList parses "8080,9000-9100", the form of ip_local_reserved_ports.
func parseRangeList(s string) []sockets.PortRange {
	var all []sockets.PortRange
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		if r, ok := parsePortRange(first, last); ok {
			all = append(all, r)
		}
	}
	return all
}

// EphemeralRange returns the ephemeral port range of this network namespace, the
// zero value if it cannot be read.
func EphemeralRange(proc string) sockets.PortRange {
	fields := strings.Fields(readSysctl(proc, "ip_local_port_range"))
	if len(fields) != 2 {
		return sockets.PortRange{}
	}
	r, _ := parsePortRange(fields[0], fields[1])
	return r
}
