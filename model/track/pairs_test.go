package track

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/model/query"
)

var pairingTests = []struct {
	name, sockets string
	want          string // of all sockets, folded
	counts        Counts
}{
	{
		name: "plain",
		sockets: `
			1 tcp LISTEN 127.0.0.1:3000 pid:10
			2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20
			3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10`,
		want: `
			1 tcp LISTEN 127.0.0.1:3000 clients=1/0
			3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1`,
		counts: Counts{Listening: 1, Connections: 1, Rows: 2},
	},
	{
		name: "a server on a higher port than its client",
		sockets: `
			2 tcp ESTABLISHED 127.0.0.1:1024 127.0.0.1:62893 pid:20
			3 tcp ESTABLISHED 127.0.0.1:62893 127.0.0.1:1024 pid:10
			1 tcp LISTEN 127.0.0.1:62893 pid:10`,
		want: `
			1 tcp LISTEN 127.0.0.1:62893 clients=1/0
			3=2 tcp ESTABLISHED 127.0.0.1:62893 < 127.0.0.1:1024 via 1`,
		counts: Counts{Listening: 1, Connections: 1, Rows: 2},
	},
	{
		name: "a dual-stack listener has a client of IPv4 and one of IPv6",
		sockets: `
			1 tcp LISTEN [::]:8080 pid:10 dual
			2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:8080 pid:20
			3 tcp ESTABLISHED 127.0.0.1:8080 127.0.0.1:51234 pid:10 mapped
			4 tcp ESTABLISHED [::1]:51234 [::1]:8080 pid:20
			5 tcp ESTABLISHED [::1]:8080 [::1]:51234 pid:10`,
		want: `
			1 tcp LISTEN [::]:8080 clients=2/0
			3=2 tcp ESTABLISHED 127.0.0.1:8080 < 127.0.0.1:51234 via 1
			5=4 tcp ESTABLISHED [::1]:8080 < [::1]:51234 via 1`,
		counts: Counts{Listening: 1, Connections: 2, Exposed: 1, Rows: 3},
	},
	{
		name: "an IPv6-only wildcard does not answer IPv4",
		sockets: `
			1 tcp LISTEN [::]:8080 pid:10 v6only
			2 tcp LISTEN 0.0.0.0:8080 pid:11
			3 tcp ESTABLISHED 127.0.0.1:8080 127.0.0.1:51234 pid:11
			4 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:8080 pid:20 mapped`,
		want: `
			2 tcp LISTEN 0.0.0.0:8080 clients=1/0
			1 tcp LISTEN [::]:8080
			3=4 tcp ESTABLISHED 127.0.0.1:8080 < 127.0.0.1:51234 via 2`,
		counts: Counts{Listening: 2, Connections: 1, Exposed: 2, Rows: 3},
	},
	{
		name: "the listener of the very address before a wildcard",
		sockets: `
			1 tcp LISTEN 0.0.0.0:8080 pid:10
			2 tcp LISTEN 127.0.0.1:8080 pid:11
			3 tcp ESTABLISHED 127.0.0.1:8080 127.0.0.1:51234 waits
			4 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:8080 pid:20`,
		want: `
			1 tcp LISTEN 0.0.0.0:8080
			2 tcp LISTEN 127.0.0.1:8080 clients=1/1
			3=4 tcp ESTABLISHED 127.0.0.1:8080 < 127.0.0.1:51234 via 2`,
		counts: Counts{Listening: 2, Connections: 1, Exposed: 1, Rows: 3},
	},
	{
		name: "of SO_REUSEPORT twins the one whose process holds the connection",
		sockets: `
			1 tcp LISTEN 127.0.0.1:8080 pid:10,11
			2 tcp LISTEN 127.0.0.1:8080 pid:10,12
			3 tcp ESTABLISHED 127.0.0.1:8080 127.0.0.1:51234 pid:12
			4 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:8080 pid:20`,
		want: `
			1 tcp LISTEN 127.0.0.1:8080
			2 tcp LISTEN 127.0.0.1:8080 clients=1/0
			3=4 tcp ESTABLISHED 127.0.0.1:8080 < 127.0.0.1:51234 via 2`,
		counts: Counts{Listening: 2, Connections: 1, Rows: 3},
	},
	{
		name:    "connected to itself",
		sockets: `1 tcp ESTABLISHED 127.0.0.1:40000 127.0.0.1:40000 pid:10`,
		want:    `1 tcp ESTABLISHED 127.0.0.1:40000 >? 127.0.0.1:40000`,
		counts:  Counts{Connections: 1, Rows: 1},
	},
	{
		name: "no listener: a guess by the port",
		sockets: `
			1 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20
			2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10`,
		want:   `2=1 tcp ESTABLISHED 127.0.0.1:3000 <? 127.0.0.1:51234`,
		counts: Counts{Connections: 1, Rows: 1},
	},
	{
		name: "no listener and the same ports",
		sockets: `
			2 tcp ESTABLISHED 127.0.0.2:3000 127.0.0.1:3000 pid:20
			1 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.2:3000 pid:10`,
		want:   `1=2 tcp ESTABLISHED 127.0.0.1:3000 <? 127.0.0.2:3000`,
		counts: Counts{Connections: 1, Rows: 1},
	},
	{
		name: "a listener on either port and one end not accepted",
		sockets: `
			1 tcp LISTEN 127.0.0.1:3000 pid:10
			2 tcp LISTEN 127.0.0.1:4000 pid:20
			3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:4000 pid:20
			4 tcp ESTABLISHED 127.0.0.1:4000 127.0.0.1:3000 waits`,
		want: `
			1 tcp LISTEN 127.0.0.1:3000
			2 tcp LISTEN 127.0.0.1:4000 clients=1/1
			4=3 tcp ESTABLISHED 127.0.0.1:4000 < 127.0.0.1:3000 via 2`,
		counts: Counts{Listening: 2, Connections: 1, Rows: 3},
	},
	{
		name: "states that only one end can have",
		sockets: `
			1 tcp SYN_SENT 127.0.0.1:3000 127.0.0.1:51234 pid:10
			2 tcp SYN_RECV 127.0.0.1:51234 127.0.0.1:3000
			3 tcp SYN_SENT 127.0.0.1:50000 127.0.0.9:80 pid:10`,
		want: `
			3 tcp SYN_SENT 127.0.0.1:50000 > 127.0.0.9:80
			2=1 tcp SYN_RECV 127.0.0.1:51234 < 127.0.0.1:3000`,
		counts: Counts{Connections: 2, Rows: 2},
	},
	{
		name: "UDP",
		sockets: `
			1 udp ESTABLISHED 127.0.0.1:50000 127.0.0.1:53 pid:20
			2 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:50000 pid:10
			3 udp UNCONN 127.0.0.1:53 pid:10
			4 tcp ESTABLISHED 127.0.0.1:53 127.0.0.1:50000 pid:10`,
		want: `
			4 tcp ESTABLISHED 127.0.0.1:53 >? 127.0.0.1:50000
			3 udp UNCONN 127.0.0.1:53 clients=1/0
			2=1 udp ESTABLISHED 127.0.0.1:53 < 127.0.0.1:50000 via 3`,
		counts: Counts{Connections: 2, Rows: 3},
	},
	{
		name: "three with the same addresses: nothing vanishes",
		sockets: `
			1 udp ESTABLISHED 127.0.0.1:50000 127.0.0.1:53 pid:20
			2 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:50000 pid:10
			3 udp ESTABLISHED 127.0.0.1:53 127.0.0.1:50000 pid:11`,
		want: `
			2 udp ESTABLISHED 127.0.0.1:53 >? 127.0.0.1:50000
			3=1 udp ESTABLISHED 127.0.0.1:53 <? 127.0.0.1:50000`,
		counts: Counts{Connections: 2, Rows: 2},
	},
	{
		name: "to other machines",
		sockets: `
			1 tcp LISTEN 0.0.0.0:22 pid:10
			2 tcp ESTABLISHED 192.168.1.5:22 192.168.1.9:40000 pid:10
			3 tcp ESTABLISHED 192.168.1.5:45000 93.184.216.34:443 pid:20
			4 tcp ESTABLISHED 192.168.1.5:2049 93.184.216.34:700`,
		want: `
			1 tcp LISTEN 0.0.0.0:22 clients=1/0
			2 tcp ESTABLISHED 192.168.1.5:22 < 192.168.1.9:40000 via 1
			4 tcp ESTABLISHED 192.168.1.5:2049 >? 93.184.216.34:700
			3 tcp ESTABLISHED 192.168.1.5:45000 > 93.184.216.34:443`,
		counts: Counts{Listening: 1, Connections: 3, Exposed: 1, Rows: 4},
	},
	{
		name: "only what goes on counts as a client",
		sockets: `
			1 tcp LISTEN 127.0.0.1:80 pid:10
			2 tcp BOUND 127.0.0.1:80 pid:11
			3 tcp TIME_WAIT 127.0.0.1:80 127.0.0.1:40001
			4 tcp FIN_WAIT2 127.0.0.1:80 127.0.0.1:40002
			5 tcp CLOSE_WAIT 127.0.0.1:80 127.0.0.1:40003 pid:10
			6 tcp SYN_RECV 127.0.0.1:80 127.0.0.1:40004 waits`,
		want: `
			1 tcp LISTEN 127.0.0.1:80 clients=2/1
			2 tcp BOUND 127.0.0.1:80
			3 tcp TIME_WAIT 127.0.0.1:80 < 127.0.0.1:40001 via 1
			4 tcp FIN_WAIT2 127.0.0.1:80 < 127.0.0.1:40002 via 1
			5 tcp CLOSE_WAIT 127.0.0.1:80 < 127.0.0.1:40003 via 1
			6 tcp SYN_RECV 127.0.0.1:80 < 127.0.0.1:40004 via 1`,
		counts: Counts{Listening: 1, Connections: 3, Rows: 6},
	},
}

func TestPairing(t *testing.T) {
	for _, tt := range pairingTests {
		t.Run(tt.name, func(t *testing.T) {
			m := watch(t, tt.sockets)
			rows, counts := m.Rows(nil, ListOptions{AllHosts: true, Order: model.Order{Column: model.ByLocal}})
			if diff := cmp.Diff(modeltest.Lines(tt.want), trimmed(sketches(rows))); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.counts, counts); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPairingIsMutual looks at every shape of the tests above from both ends.
func TestPairingIsMutual(t *testing.T) {
	for _, tt := range pairingTests {
		f := watch(t, tt.sockets).cur
		for i, j := range f.pairs.peer {
			if j < 0 {
				continue
			}
			if f.pairs.peer[j] != int32(i) || f.pairs.server[i] == f.pairs.server[j] {
				t.Errorf("%s: sockets %d and %d do not agree", tt.name, f.snap.Sockets[i].ID, f.snap.Sockets[j].ID)
			}
		}
	}
}

func TestUnfold(t *testing.T) {
	m := watch(t, `
		1 tcp LISTEN 127.0.0.1:3000 pid:10
		2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20
		3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10`, "")
	shape := ListOptions{Unfold: true, Order: model.Order{Column: model.ByLocal}}
	want := modeltest.Lines(`
		- 1 tcp LISTEN 127.0.0.1:3000 clients=1/0
		- 3|2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1
		- 2|3 tcp ESTABLISHED 127.0.0.1:51234 > 127.0.0.1:3000`)
	if diff := cmp.Diff(want, trimmed(m.rows(shape))); diff != "" {
		t.Errorf("closed (-want +got):\n%s", diff)
	}
	shape.View = Connections
	if got := len(m.rows(shape)); got != 2 {
		t.Errorf("%d connections, want 2", got)
	}
	shape.View = Listeners
	if got := len(m.rows(shape)); got != 1 {
		t.Errorf("%d listeners, want 1", got)
	}
	q, err := query.Parse("lport:51234")
	if err != nil {
		t.Fatal(err)
	}
	if got := m.rows(ListOptions{Unfold: true, Match: q.Match}); len(got) != 1 {
		t.Errorf("%q, want the client's end alone", got)
	}
}
