package live

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"lotop/sockets"
	"lotop/sockets/untrusted"
)

// hostInfo is what the live sources read about the machine itself. The maps are shared
// with snapshots, so a change makes a new one.
type hostInfo struct {
	interfaces    map[uint32]untrusted.Text
	addresses     []netip.Addr
	addressesRead time.Time
	// addressInterfaces are the names of the interfaces that have the addresses.
	addressInterfaces map[netip.Addr]untrusted.Text
	namesRead         time.Time
}

const (
	addressTTL = 2 * time.Second  // how long the addresses of the machine are cached
	namesTTL   = 30 * time.Second // the same of their interfaces, while the addresses do not change
)

// fill sets the addresses of the machine with their interfaces, and the names of the network interfaces
// that sockets are bound to.
func (h *hostInfo) fill(into *sockets.Snapshot) {
	h.nameInterfaces(into.Sockets)
	into.Interfaces = h.interfaces
	if h.addresses == nil || into.Time.Sub(h.addressesRead) > addressTTL {
		h.readAddresses(into.Time)
	}
	into.Addresses, into.AddressInterfaces = h.addresses, h.addressInterfaces
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

// readAddresses reads the addresses of this machine, none if they may not be read:
// loopback addresses are local in any case. Which interface has them takes a question
// for each interface, so it is asked again only when there is a reason, or rarely.
func (h *hostInfo) readAddresses(now time.Time) {
	all, _ := net.InterfaceAddrs()
	addresses := appendAddrs(make([]netip.Addr, 0, len(all)), all)
	same := h.addressInterfaces != nil && slices.Equal(addresses, h.addresses)
	h.addresses, h.addressesRead = addresses, now
	if same && now.Sub(h.namesRead) <= namesTTL {
		return
	}
	h.namesRead = now
	if names := interfacesOfAddresses(); !maps.Equal(names, h.addressInterfaces) || h.addressInterfaces == nil {
		h.addressInterfaces = names
	}
}

// interfacesOfAddresses returns the name of the interface that has each address. Where
// several have it, as link-local ones may be, it is the first.
func interfacesOfAddresses() map[netip.Addr]untrusted.Text {
	names := map[netip.Addr]untrusted.Text{}
	interfaces, _ := net.Interfaces()
	for i := range interfaces {
		all, _ := interfaces[i].Addrs()
		for _, addr := range appendAddrs(nil, all) {
			if _, ok := names[addr]; !ok {
				names[addr] = untrusted.New(interfaces[i].Name)
			}
		}
	}
	return names
}

func appendAddrs(to []netip.Addr, all []net.Addr) []netip.Addr {
	for _, a := range all {
		if prefix, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(prefix.IP); ok {
				to = append(to, addr.Unmap())
			}
		}
	}
	return to
}
