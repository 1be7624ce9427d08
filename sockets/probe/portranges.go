package probe

import "lotop/sockets"

// PortRanges say how this system hands out ports and who may have which.
type PortRanges struct {
	Ephemeral         sockets.PortRange   // handed out by itself (ip_local_port_range)
	Reserved          []sockets.PortRange // kept out of that (ip_local_reserved_ports)
	FirstUnprivileged uint16              // the first port that needs no privilege (ip_unprivileged_port_start)
}

// IsReserved tells whether a port is kept out of the ephemeral range.
func (r *PortRanges) IsReserved(port uint16) bool {
	for _, kept := range r.Reserved {
		if kept.Contains(port) {
			return true
		}
	}
	return false
}

// ReadPortRanges reads the rules of this network namespace. What cannot be read has the
// kernel's default.
func ReadPortRanges() PortRanges { return readPortRanges("/proc") }

// ExcludedPorts lists the ranges from which Windows lets nobody bind a port
// (EACCES), because Hyper-V, WinNAT or an administrator has reserved them. No
// table shows a socket there. It is empty on other systems, and where it cannot
// be told.
func ExcludedPorts(p sockets.Protocol, v6 bool) []sockets.PortRange { return excludedPorts(p, v6) }
