package live

import (
	"maps"
	"net"
	"net/netip"
	"strconv"
	"time"

	"lotop/sockets"
	"lotop/sockets/untrusted"
)

// hostInfo is what the live sources know of the machine itself. The map is
// handed out, so a change makes a new one.
type hostInfo struct {
	interfaces    map[uint32]untrusted.Text
	addresses     []netip.Addr
	addressesRead time.Time
}

// addressTTL is how long the machine's own addresses are taken as read.
const addressTTL = 2 * time.Second

// fill adds the machine's addresses, and the names of the network interfaces
// that sockets are bound to.
func (m *hostInfo) fill(into *sockets.Snapshot) {
	m.nameInterfaces(into.Sockets)
	into.Interfaces = m.interfaces
	if m.addresses == nil || into.Time.Sub(m.addressesRead) > addressTTL {
		m.addresses, m.addressesRead = localAddresses(), into.Time
	}
	into.Addresses = m.addresses
}

func (m *hostInfo) nameInterfaces(all []sockets.Socket) {
	cloned := false
	for i := range all {
		device := all[i].Interface
		if device == 0 {
			continue
		}
		if _, ok := m.interfaces[device]; ok {
			continue
		}
		if !cloned {
			m.interfaces, cloned = maps.Clone(m.interfaces), true
		}
		name := strconv.Itoa(int(device))
		if ifi, err := net.InterfaceByIndex(int(device)); err == nil {
			name = ifi.Name
		}
		m.interfaces[device] = untrusted.New(name)
	}
}

// localAddresses lists this machine's addresses; where it may not ask, none:
// loopback is known without.
func localAddresses() []netip.Addr {
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
