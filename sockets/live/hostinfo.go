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

// hostInfo is what the live sources read about the machine itself. The map is shared
// with snapshots, so a change makes a new one.
type hostInfo struct {
	interfaces    map[uint32]untrusted.Text
	addresses     []netip.Addr
	addressesRead time.Time
}

// addressTTL is how long the addresses of the machine are cached.
const addressTTL = 2 * time.Second

// fill sets the addresses of the machine, and the names of the network interfaces
// that sockets are bound to.
func (h *hostInfo) fill(into *sockets.Snapshot) {
	h.nameInterfaces(into.Sockets)
	into.Interfaces = h.interfaces
	if h.addresses == nil || into.Time.Sub(h.addressesRead) > addressTTL {
		h.addresses, h.addressesRead = localAddresses(), into.Time
	}
	into.Addresses = h.addresses
}

func (h *hostInfo) nameInterfaces(all []sockets.Socket) {
	cloned := false
	for i := range all {
		device := all[i].Interface
		if device == 0 {
			continue
		}
		if _, ok := h.interfaces[device]; ok {
			continue
		}
		if !cloned {
			h.interfaces, cloned = maps.Clone(h.interfaces), true
		}
		name := strconv.Itoa(int(device))
		if ifi, err := net.InterfaceByIndex(int(device)); err == nil {
			name = ifi.Name
		}
		h.interfaces[device] = untrusted.New(name)
	}
}

// localAddresses returns the addresses of this machine, none if they may not be read:
// loopback addresses are local in any case.
func localAddresses() []netip.Addr {
	all, _ := net.InterfaceAddrs()
	addresses := make([]netip.Addr, 0, len(all))
	for _, a := range all {
		if prefix, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(prefix.IP); ok {
				addresses = append(addresses, addr.Unmap())
			}
		}
	}
	return addresses
}
