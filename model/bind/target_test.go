package bind_test

import (
	"net/netip"
	"testing"

	"lotop/model/bind"
	"lotop/model/modeltest"
	"lotop/sockets"
)

// TestTargetOccupiedBy goes through the conflicts on Linux, socket by row,
// bind by column.
func TestTargetOccupiedBy(t *testing.T) {
	names := []string{"0.0.0.0:80", "127.0.0.1:80", "127.0.0.2:80", "[::]:80 dual", "[::]:80 v6only", "[::1]:80", "127.0.0.1:80 mapped"}
	table := []string{
		"XXXX..X",
		"XX.X..X",
		"X.XX...",
		"XXXXXXX",
		"...XXX.",
		"...XXX.",
		"XX.X..X",
	}
	for i, bound := range names {
		for j, target := range names {
			in := modeltest.Snapshot(t, 0, "1 tcp LISTEN "+bound+"\n2 tcp LISTEN "+target)
			got := bind.TargetOf(&in.Sockets[1]).OccupiedBy(&in.Sockets[0])
			if want := table[i][j] == 'X'; got != want {
				t.Errorf("bound %s, target %s: %v, want %v", bound, target, got, want)
			}
		}
	}
	in := modeltest.Snapshot(t, 0, "1 tcp LISTEN 127.0.0.1:80\n2 udp UNCONN 127.0.0.1:80\n3 tcp LISTEN 127.0.0.1:81\n4 tcp ESTABLISHED 127.0.0.1:80 127.0.0.1:9\n5 tcp BOUND 127.0.0.1:80")
	target := bind.Target{Protocol: sockets.TCP, Port: 80, Hosts: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	for i, want := range []bool{true, false, false, false, true} {
		if got := target.OccupiedBy(&in.Sockets[i]); got != want {
			t.Errorf("socket %d: %v, want %v", i+1, got, want)
		}
	}
}
