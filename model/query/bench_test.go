package query_test

import (
	"fmt"
	"net/netip"
	"testing"

	"lotop/model"
	"lotop/model/query"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// manyRows is a busy machine: n sockets in 200 processes, every second row a
// folded pair.
func manyRows(n int) []model.Row {
	in := &sockets.Snapshot{
		Processes: map[int32]*process.Process{},
		Users:     map[uint32]untrusted.Text{1000: untrusted.New("ada"), 1001: untrusted.New("grace")},
	}
	const first, count = 5000, 200
	for i := range int32(count) {
		in.Processes[first+i] = &process.Process{
			PID: int(first + i), Parent: 1, UID: 1000, Name: untrusted.New(fmt.Sprintf("worker-%d", i)),
			Command: untrusted.New(fmt.Sprintf("/usr/lib/jvm/java-21-openjdk-amd64/bin/java -Xmx512m -cp /srv/shop/lib/app.jar:/srv/shop/lib/all.jar shop.Worker --number %d", i)),
			Cgroup:  process.Cgroup{Unit: untrusted.New(fmt.Sprintf("shop-worker@%d.service", i))},
		}
	}
	local := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	rows := make([]model.Row, n)
	for i := range rows {
		a, b := netip.AddrPortFrom(local, uint16(8000+i%100)), netip.AddrPortFrom(local, uint16(10000+i))
		rows[i] = model.Row{Snapshot: in, Folded: i%2 == 0, Reach: model.ReachLoopback}
		rows[i].Socket = &sockets.Socket{
			Protocol: sockets.TCP, State: sockets.Established, Local: a, Remote: b, UID: 1000, HasUID: true,
			Owners: []sockets.Owner{{PID: first + int32(i%count)}},
		}
		rows[i].Peer = &sockets.Socket{
			Protocol: sockets.TCP, State: sockets.Established, Local: b, Remote: a, UID: 1001, HasUID: true,
			Owners: []sockets.Owner{{PID: first + int32(i*7%count)}},
		}
	}
	return rows
}

// BenchmarkQuery50k filters 50,000 rows, as each key typed into the filter box
// does.
func BenchmarkQuery50k(b *testing.B) {
	rows := manyRows(50_000)
	for _, text := range []string{"python", "worker-199", "127.0", "größe", "/python|ruby/", "8042", "cmd:python", "state:listen python"} {
		b.Run(text, func(b *testing.B) {
			q, err := query.Parse(text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				for i := range rows {
					q.Match(&rows[i])
				}
			}
		})
	}
}

func BenchmarkParseQuery(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := query.Parse(`state:listen,established port:3000-3999 -name:chrome python`); err != nil {
			b.Fatal(err)
		}
	}
}
