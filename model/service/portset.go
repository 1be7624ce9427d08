package service

import "lotop/sockets"

// PortSet is a set of TCP and UDP ports.
type PortSet struct{ tcp, udp portBits }

type portBits [1 << 16 / 64]uint64

func (b *portBits) add(port uint16)      { b[port/64] |= 1 << (port % 64) }
func (b *portBits) has(port uint16) bool { return b[port/64]&(1<<(port%64)) != 0 }

// Has reports whether the port is in the set.
func (s *PortSet) Has(p sockets.Protocol, port uint16) bool {
	if p == sockets.UDP {
		return s.udp.has(port)
	}
	return s.tcp.has(port)
}

// PortsNamed returns the ports whose service name matches, nil if none does.
func PortsNamed(match func(name string) bool) *PortSet {
	var found *PortSet
	for _, table := range [...][]service{ianaServices[:], devServices[:]} {
		for _, e := range table {
			if match(e.name) {
				if found == nil {
					found = &PortSet{}
				}
				found.add(e)
			}
		}
	}
	return found
}

func (s *PortSet) add(e service) {
	if e.on&onTCP != 0 {
		s.tcp.add(e.port)
	}
	if e.on&onUDP != 0 {
		s.udp.add(e.port)
	}
}
