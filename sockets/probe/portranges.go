package probe

import (
	"strconv"

	"lotop/sockets"
)

// PortRanges say how this system hands out ports and who may have which.
type PortRanges struct {
	Ephemeral         sockets.PortRange   // handed out by itself (ip_local_port_range)
	Reserved          []sockets.PortRange // kept out of that (ip_local_reserved_ports)
	FirstUnprivileged uint16              // the first port that needs no privilege (ip_unprivileged_port_start)
}

// IsReserved tells whether a port is kept out of the ephemeral range.
func (r *PortRanges) IsReserved(port uint16) bool {
	return sockets.InRanges(r.Reserved, port)
}

// ReadPortRanges reads the rules of this network namespace. What cannot be read has the
// kernel's default.
func ReadPortRanges() PortRanges { return readPortRanges("/proc") }

// ExcludedPorts lists the ranges from which Windows lets nobody bind a port
// (EACCES), because Hyper-V, WinNAT or an administrator has reserved them. No
// table shows a socket there. It is empty on other systems, and where it cannot
// be told.
func ExcludedPorts(p sockets.Protocol, v6 bool) []sockets.PortRange { return excludedPorts(p, v6) }

// parsePortRange parses the first and the last port of a range.
func parsePortRange(first, last string) (r sockets.PortRange, ok bool) {
	from, err1 := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	if err1 != nil || err2 != nil || from > to {
		return r, false
	}
	return sockets.PortRange{First: uint16(from), Last: uint16(to)}, true
}
