package sockets

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func rules(proc string) PortRules {
	r := PortRules{Ephemeral: ephemeralRange(proc), Unprivileged: 1024}
	read := func(name string) string {
		b, _ := os.ReadFile(filepath.Join(proc, "sys/net/ipv4", name))
		return strings.TrimSpace(string(b))
	}
	r.Reserved = parsePorts(read("ip_local_reserved_ports"))
	if n, err := strconv.ParseUint(read("ip_unprivileged_port_start"), 10, 16); err == nil {
		r.Unprivileged = uint16(n)
	}
	return r
}

// parsePorts reads "8080,9000-9100", the form of ip_local_reserved_ports.
func parsePorts(s string) []PortRange {
	var all []PortRange
	for part := range strings.SplitSeq(strings.TrimSpace(s), ",") {
		first, last, isRange := strings.Cut(part, "-")
		if !isRange {
			last = first
		}
		from, err1 := strconv.ParseUint(first, 10, 16)
		to, err2 := strconv.ParseUint(last, 10, 16)
		if err1 == nil && err2 == nil {
			all = append(all, PortRange{First: uint16(from), Last: uint16(to)})
		}
	}
	return all
}
