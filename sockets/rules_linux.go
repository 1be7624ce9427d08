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
