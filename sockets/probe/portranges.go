package probe

import (
	"strconv"

	"lotop/sockets"
)

// PortRanges are the port ranges of this system.
type PortRanges struct {
	Ephemeral         sockets.PortRange   // automatically assigned ports (ip_local_port_range)
	Reserved          []sockets.PortRange // excluded from Ephemeral (ip_local_reserved_ports)
	FirstUnprivileged uint16              // the first port that needs no privilege (ip_unprivileged_port_start)
}

// IsReserved reports whether a port is excluded from the ephemeral range.
func (r *PortRanges) IsReserved(port uint16) bool {
	return sockets.InRanges(r.Reserved, port)
}

// ReadPortRanges returns the port ranges of this network namespace. A value that
// cannot be read is the kernel's default.
func ReadPortRanges() PortRanges { return readPortRanges("/proc") }

// ExcludedPorts returns the ranges in which Windows refuses every bind (EACCES),
// because Hyper-V, WinNAT or an administrator has reserved them. No table contains a
// socket for them. It is empty on other systems, and if it cannot be read.
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
