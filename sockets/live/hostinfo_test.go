package live

import (
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/untrusted"
)

// Each address has the interface that the system names.
func TestAddressInterfaces(t *testing.T) {
	var h hostInfo
	var snap sockets.Snapshot
	snap.Time = time.Now()
	h.fill(&snap)
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Skip(err)
	}
	has := map[netip.Addr][]string{}
	for _, ifi := range interfaces {
		all, err := ifi.Addrs()
		if err != nil {
			t.Skip(err)
		}
		for _, a := range all {
			prefix, err := netip.ParsePrefix(a.String())
			if err != nil {
				t.Fatal(a, err)
			}
			has[prefix.Addr()] = append(has[prefix.Addr()], ifi.Name)
		}
	}
	if len(has) == 0 || len(snap.Addresses) == 0 {
		t.Fatalf("no addresses: %v, %v", has, snap.Addresses)
	}
	for _, a := range snap.Addresses {
		if name := snap.AddressInterfaces[a].Raw(); !slices.Contains(has[a], name) {
			t.Errorf("%v is of %q, not of %v", a, name, has[a])
		}
	}
	if len(snap.AddressInterfaces) != len(has) {
		t.Errorf("%v, want %v", snap.AddressInterfaces, has)
	}
}

// While the addresses stay, their interfaces are asked for rarely, and the map stays
// the same as long as it says the same.
func TestAddressInterfacesAreCached(t *testing.T) {
	var h hostInfo
	snap := sockets.Snapshot{Time: time.Now()}
	h.fill(&snap)
	stale := map[netip.Addr]untrusted.Text{netip.IPv6Loopback(): untrusted.New("gone0")}
	h.addressInterfaces = stale
	read := func(after time.Duration) string {
		snap.Time = snap.Time.Add(after)
		h.fill(&snap)
		return snap.AddressInterfaces[netip.IPv6Loopback()].Raw()
	}
	if name := read(addressTTL + 1); name != "gone0" {
		t.Errorf("asked again after %v: %q", addressTTL, name)
	}
	if name := read(namesTTL + 1); name == "gone0" {
		t.Errorf("not asked again after %v", namesTTL)
	}
	if len(stale) != 1 {
		t.Error("a map that snapshots share was changed")
	}
	h.addressInterfaces, h.addresses = stale, nil
	if name := read(addressTTL + 1); name == "gone0" {
		t.Error("not asked again for other addresses")
	}
}
