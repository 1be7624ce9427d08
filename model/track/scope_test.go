package track

import (
	"testing"

	"lotop/model"
)

var scopeTests = []struct {
	name, socket string
	inScope      bool
	reach        model.Reach
	exposed      bool
}{
	{"loopback listener", "1 tcp LISTEN 127.0.0.1:80", true, model.ReachLoopback, false},
	{"another loopback address", "1 tcp LISTEN 127.8.9.10:80", true, model.ReachLoopback, false},
	{"IPv6 loopback", "1 tcp LISTEN [::1]:80", true, model.ReachLoopback, false},
	{"mapped loopback", "1 tcp LISTEN 127.0.0.1:80 mapped", true, model.ReachLoopback, false},
	{"IPv4 wildcard", "1 tcp LISTEN 0.0.0.0:80", true, model.ReachNetwork, true},
	{"IPv6 wildcard", "1 tcp LISTEN [::]:80 v6only", true, model.ReachNetwork, true},
	{"wildcard on the device lo", "1 tcp LISTEN 0.0.0.0:80 dev:1", true, model.ReachLoopback, false},
	{"wildcard on another device", "1 tcp LISTEN 0.0.0.0:80 dev:2", true, model.ReachNetwork, true},
	{"device without a name", "1 tcp LISTEN 0.0.0.0:80 dev:7", true, model.ReachNetwork, true},
	{"own LAN address", "1 tcp LISTEN 192.168.1.5:80", true, model.ReachNetwork, true},
	{"own IPv6 address", "1 tcp LISTEN [fd00::5]:80", true, model.ReachNetwork, true},
	{"bound does not listen", "1 tcp BOUND 0.0.0.0:80", true, model.ReachNetwork, false},
	{"unconnected UDP", "1 udp UNCONN 0.0.0.0:53", true, model.ReachNetwork, true},
	{"UDP on loopback", "1 udp UNCONN 127.0.0.53:53", true, model.ReachLoopback, false},
	{"multicast", "1 udp UNCONN 224.0.0.251:5353", false, model.ReachNetwork, true},
	{"an address that is not ours", "1 tcp LISTEN 10.9.9.9:80", false, model.ReachNetwork, true},
	{"to another host", "1 tcp ESTABLISHED 192.168.1.5:50000 192.168.1.9:22", false, model.ReachNetwork, false},
	{"from another host", "1 tcp ESTABLISHED 192.168.1.5:22 192.168.1.9:50000", false, model.ReachNetwork, false},
	{"connected UDP to another host", "1 udp ESTABLISHED 192.168.1.5:50000 192.168.1.1:53", false, model.ReachNetwork, false},
	{"both ends here", "1 tcp ESTABLISHED 127.0.0.1:50000 127.0.0.1:22", true, model.ReachLoopback, false},
	{"the own LAN address: runs over lo", "1 tcp ESTABLISHED 192.168.1.5:50000 192.168.1.5:22", true, model.ReachLoopback, false},
	{"a pair on it", "1 tcp ESTABLISHED 192.168.1.5:80 192.168.1.5:50000" + "\n9 tcp ESTABLISHED 192.168.1.5:50000 192.168.1.5:80", true, model.ReachLoopback, false},
	{"a pair on an address that has gone", "1 tcp ESTABLISHED 10.0.0.1:80 10.0.0.1:50000\n9 tcp ESTABLISHED 10.0.0.1:50000 10.0.0.1:80", true, model.ReachLoopback, false},
}

func TestScopeAndReach(t *testing.T) {
	for _, tt := range scopeTests {
		m := watch(t, tt.socket)
		r, ok := m.Find(1)
		if !ok {
			t.Fatalf("%s: not found", tt.name)
		}
		if r.InScope() != tt.inScope || r.Reach != tt.reach || r.Exposed() != tt.exposed {
			t.Errorf("%s: in scope %v, reach %v, exposed %v; want %v, %v, %v",
				tt.name, r.InScope(), r.Reach, r.Exposed(), tt.inScope, tt.reach, tt.exposed)
		}
		rows, counts := m.Rows(nil, ListOptions{})
		if (len(rows) == 1) != tt.inScope || counts.Rows != len(rows) {
			t.Errorf("%s: %d rows, counted %d", tt.name, len(rows), counts.Rows)
		}
		if rows, _ := m.Rows(nil, ListOptions{AllHosts: true}); len(rows) != 1 {
			t.Errorf("%s: %d rows of all", tt.name, len(rows))
		}
	}
}

func TestReachString(t *testing.T) {
	for reach, want := range map[model.Reach]string{model.ReachUnknown: "", model.ReachLoopback: "loopback", model.ReachNetwork: "network"} {
		if got := reach.String(); got != want {
			t.Errorf("%d is %q, want %q", reach, got, want)
		}
	}
}
