package sockets

import "slices"

// OnPorts keeps the sockets that have a port of the ranges at either end; all
// of them if there are no ranges.
func OnPorts(all []Socket, ports []PortRange) []Socket {
	if len(ports) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(s Socket) bool {
		return !OnPort(ports, s.Local.Port()) && !(s.Connected() && OnPort(ports, s.Remote.Port()))
	})
}

func OnPort(ports []PortRange, port uint16) bool {
	return slices.ContainsFunc(ports, func(r PortRange) bool { return r.Contains(port) })
}
