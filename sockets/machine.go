package sockets

import (
	"maps"
	"net"
	"net/netip"
	"strconv"
	"time"

	"lotop/sockets/process"
)

// machine is what the live sources know of the machine itself. The map is
// handed out, so a change makes a new one.
type machine struct {
	devices   map[uint32]process.Text
	addresses []netip.Addr
	addrsAt   time.Time
}

// addressesFor is how long the machine's own addresses are taken as read.
const addressesFor = 2 * time.Second

// describe adds the machine's addresses, and the names of the network interfaces
// that sockets are bound to.
func (m *machine) describe(into *Snapshot) {
	m.nameDevices(into.Sockets)
	into.Devices = m.devices
	if m.addresses == nil || into.Time.Sub(m.addrsAt) > addressesFor {
		m.addresses, m.addrsAt = ownAddresses(), into.Time
	}
	into.Addresses = m.addresses
}

func (m *machine) nameDevices(all []Socket) {
	cloned := false
	for i := range all {
		device := all[i].Device
		if device == 0 {
			continue
		}
		if _, ok := m.devices[device]; ok {
			continue
		}
		if !cloned {
			m.devices, cloned = maps.Clone(m.devices), true
		}
		name := strconv.Itoa(int(device))
		if ifi, err := net.InterfaceByIndex(int(device)); err == nil {
			name = ifi.Name
		}
		m.devices[device] = process.NewText(name)
	}
}

// ownAddresses lists this machine's addresses; where it may not ask, none:
// loopback is known without.
func ownAddresses() []netip.Addr {
	all, _ := net.InterfaceAddrs()
	own := make([]netip.Addr, 0, len(all))
	for _, a := range all {
		if prefix, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(prefix.IP); ok {
				own = append(own, addr.Unmap())
			}
		}
	}
	return own
}
