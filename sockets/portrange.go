package sockets

import "slices"

// PortRange is a range of ports, both bounds included; the zero value is empty.
type PortRange struct{ First, Last uint16 }

// Contains reports whether port is in the range.
func (r PortRange) Contains(port uint16) bool {
	return r.Last != 0 && port >= r.First && port <= r.Last
}

// InRanges reports whether port is in one of the ranges.
func InRanges(ranges []PortRange, port uint16) bool {
	return slices.ContainsFunc(ranges, func(r PortRange) bool { return r.Contains(port) })
}

// FilterPorts returns the sockets whose local or remote port is in one of the ranges,
// in the memory of all; if there are no ranges, all of them.
func FilterPorts(all []Socket, ranges []PortRange) []Socket {
	if len(ranges) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(s Socket) bool {
		return !InRanges(ranges, s.Local.Port()) && !(s.Connected() && InRanges(ranges, s.Remote.Port()))
	})
}
