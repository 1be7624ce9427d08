package sockets

import "slices"

// onPorts keeps the sockets that have a port of the ranges at either end; all
// of them if there are no ranges.
func onPorts(all []Socket, ports []PortRange) []Socket {
	if len(ports) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(s Socket) bool {
		return !onPort(ports, s.Local.Port()) && !(s.Connected() && onPort(ports, s.Remote.Port()))
	})
}

func onPort(ports []PortRange, port uint16) bool {
	return slices.ContainsFunc(ports, func(r PortRange) bool { return r.Contains(port) })
}
