// Package service returns the service names of ports and their IANA classes.
package service

import (
	"sort"

	"lotop/sockets"
)

// Name returns the service name of a port, empty if it has none. It does not prove what
// runs there: any program can listen on any port. The names are the IANA's as
// getservbyport returns them, except where developers use a port for another program.
func Name(proto sockets.Protocol, port uint16) string {
	on := protocolBit(proto)
	if name := lookupName(devServices[:], on, port); name != "" {
		return name
	}
	return lookupName(ianaServices[:], on, port)
}

func lookupName(table []service, on protocolSet, port uint16) string {
	i := sort.Search(len(table), func(i int) bool { return table[i].port >= port })
	for ; i < len(table) && table[i].port == port; i++ {
		if table[i].on&on != 0 {
			return table[i].name
		}
	}
	return ""
}

// service is a named port.
type service struct {
	port uint16
	on   protocolSet
	name string
}

// protocolSet is a set of protocols.
type protocolSet uint8

const (
	onTCP protocolSet = 1 << iota
	onUDP
	onBoth = onTCP | onUDP
)

func protocolBit(proto sockets.Protocol) protocolSet {
	switch proto {
	case sockets.TCP:
		return onTCP
	case sockets.UDP:
		return onUDP
	}
	return 0
}
