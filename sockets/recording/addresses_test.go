package recording

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
	"lotop/sockets/untrusted"
)

// TestInterfacesOfAddresses replays the names with every change of them, redacted or
// not: an administrator chose them, as those that sockets are bound to.
func TestInterfacesOfAddresses(t *testing.T) {
	lan, vpn := netip.MustParseAddr("192.168.1.20"), netip.MustParseAddr("fd00::5")
	all := []sockets.Snapshot{
		{Addresses: []netip.Addr{lan}, AddressInterfaces: map[netip.Addr]untrusted.Text{lan: untrusted.New("wlan0")}},
		{Addresses: []netip.Addr{lan, vpn}, AddressInterfaces: map[netip.Addr]untrusted.Text{lan: untrusted.New("wlan0"), vpn: untrusted.New("tun\xff0")}},
		{Addresses: []netip.Addr{lan, vpn}, AddressInterfaces: map[netip.Addr]untrusted.Text{lan: untrusted.New("eth0"), vpn: untrusted.New("tun\xff0")}},
		{Addresses: []netip.Addr{lan}},
	}
	for i := range all {
		all[i].Time = noon.Add(time.Duration(i) * time.Second)
	}
	for _, redact := range []bool{false, true} {
		steps := readAll(t, mustOpen(t, record(t, Options{Redact: redact}, all, nil).Bytes()))
		if len(steps) != len(all) {
			t.Fatal(len(steps))
		}
		for i := range steps {
			if diff := cmp.Diff(&all[i], steps[i].Snapshot, compareOptions); diff != "" {
				t.Errorf("snapshot %d: %s", i, diff)
			}
		}
	}
}

// TestInterfacesOfOldRecordings replays a recording that has no names, and one that
// says the same in every snapshot.
func TestInterfacesOfOldRecordings(t *testing.T) {
	old := mustOpen(t, pack(t, head1, `{"snapshot":1772366400000000000,"key":true,"addresses":["192.168.1.5"]}`+"\n"))
	if s := readAll(t, old)[0].Snapshot; len(s.Addresses) != 1 || s.AddressInterfaces != nil {
		t.Errorf("%v %v", s.Addresses, s.AddressInterfaces)
	}
	a := netip.MustParseAddr("192.168.1.5")
	same := make([]sockets.Snapshot, 5)
	for i := range same {
		same[i] = sockets.Snapshot{
			Time: noon.Add(time.Duration(i) * time.Second), Addresses: []netip.Addr{a},
			AddressInterfaces: map[netip.Addr]untrusted.Text{a: untrusted.New("eth0")},
		}
	}
	if n := bytes.Count(unpack(t, record(t, Options{}, same, nil).Bytes()), []byte(`"eth0"`)); n != 1 {
		t.Errorf("recorded %d times", n)
	}
}
