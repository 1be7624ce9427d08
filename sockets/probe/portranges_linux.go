package probe

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"lotop/sockets"
)

func readPortRanges(proc string) PortRanges {
	r := PortRanges{Ephemeral: EphemeralRange(proc), FirstUnprivileged: 1024}
	read := func(name string) string {
		b, _ := os.ReadFile(filepath.Join(proc, "sys/net/ipv4", name))
		return strings.TrimSpace(string(b))
	}
	r.Reserved = parseRangeList(read("ip_local_reserved_ports"))
	if n, err := strconv.ParseUint(read("ip_unprivileged_port_start"), 10, 16); err == nil {
		r.FirstUnprivileged = uint16(n)
	}
	return r
}

// parseRangeList reads "8080,9000-9100", the form of ip_local_reserved_ports.
func parseRangeList(s string) []sockets.PortRange {
	var all []sockets.PortRange
	for part := range strings.SplitSeq(strings.TrimSpace(s), ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.ParseUint(first, 10, 16)
		to, err2 := strconv.ParseUint(last, 10, 16)
		if err1 == nil && err2 == nil {
			all = append(all, sockets.PortRange{First: uint16(from), Last: uint16(to)})
		}
	}
	return all
}

// EphemeralRange reads the ports that this network namespace hands out by
// itself.
func EphemeralRange(proc string) sockets.PortRange {
	text, err := os.ReadFile(filepath.Join(proc, "sys/net/ipv4/ip_local_port_range"))
	if err != nil {
		return sockets.PortRange{}
	}
	fields := strings.Fields(string(text))
	if len(fields) != 2 {
		return sockets.PortRange{}
	}
	first, err1 := strconv.ParseUint(fields[0], 10, 16)
	last, err2 := strconv.ParseUint(fields[1], 10, 16)
	if errors.Join(err1, err2) != nil {
		return sockets.PortRange{}
	}
	return sockets.PortRange{First: uint16(first), Last: uint16(last)}
}
