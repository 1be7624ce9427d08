//go:build linux

package socketstest_test

import (
	"fmt"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

func TestInState(t *testing.T) {
	for state := socketstest.StateEstablished; state <= socketstest.StateClosing; state++ {
		if state == socketstest.StateClose || state == socketstest.StateListen {
			continue
		}
		for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "[::]:0"} {
			t.Run(fmt.Sprintf("%d %s", state, addr), func(t *testing.T) {
				t.Parallel()
				e := socketstest.InState(t, state, addr, socketstest.ReuseAddr)
				r := socketstest.AwaitState(t, e.Network, e.Local, e.Remote, state)
				owned := state == socketstest.StateEstablished || state == socketstest.StateCloseWait ||
					state == socketstest.StateSynSent
				if owned != (r.Inode != 0) {
					t.Errorf("inode %d", r.Inode)
				}
				if e.PeerProcess != nil {
					checkOwned(t, e.Peer)
				}
			})
		}
	}
}

func TestTimeWait(t *testing.T) {
	p := socketstest.Start(t)
	plain := socketstest.TimeWait(t, "127.0.0.1:0")
	reuse := socketstest.TimeWait(t, "127.0.0.1:0", socketstest.ReuseAddr)
	client := socketstest.ClientTimeWait(t, "127.0.0.1:0")
	for _, tt := range []struct {
		name string
		ends socketstest.Conn
		ok   bool
	}{{"plain", plain, false}, {"reuse", reuse, true}, {"client", client, false}} {
		_, err := p.TryListen("tcp4", tt.ends.Local.String(), socketstest.ReuseAddr)
		if (err == nil) != tt.ok {
			t.Errorf("%s: listen with SO_REUSEADDR: %v", tt.name, err)
		}
	}
}

func TestNotAccepted(t *testing.T) {
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	e := socketstest.NotAccepted(t, l)
	r := socketstest.AwaitState(t, e.Network, e.Local, e.Remote, socketstest.StateEstablished)
	if r.Inode != 0 {
		t.Errorf("inode %d before it is accepted", r.Inode)
	}
	checkInTable(t, e.Peer, socketstest.StateEstablished)
	checkInTable(t, p.Accept(l), socketstest.StateEstablished)
}

func TestSelfConnect(t *testing.T) {
	p, s := socketstest.SelfConnect(t)
	if s.Local != s.Remote {
		t.Errorf("%+v", s)
	}
	checkInTable(t, s, socketstest.StateEstablished)
	p.Send(s, 10)
	if n := p.Recv(s, 10); n != 10 {
		t.Errorf("received %d of its own", n)
	}
	v6 := p.SelfConnect("[::1]:0")
	checkInTable(t, v6, socketstest.StateEstablished)
}

func TestReusePortPair(t *testing.T) {
	for _, tt := range []struct{ network, addr string }{
		{"tcp4", "127.0.0.1:0"}, {"tcp6", "[::]:0"}, {"udp4", "0.0.0.0:0"}, {"udp6", "[::1]:0"},
	} {
		ps, socks := socketstest.ReusePortPair(t, tt.network, tt.addr)
		if socks[0].Local != socks[1].Local || socks[0].Inode == socks[1].Inode {
			t.Errorf("%s: %+v", tt.network, socks)
		}
		for i, s := range socks {
			checkOwned(t, s)
			if s.PID != ps[i].PID() {
				t.Errorf("pid %d, want %d", s.PID, ps[i].PID())
			}
		}
		rows := 0
		for _, r := range socketstest.Table(t, tt.network) {
			if r.Local == socks[0].Local && !r.Remote.IsValid() {
				rows++
			}
		}
		if rows != 2 {
			t.Errorf("%s: %d rows in the table", tt.network, rows)
		}
	}
}

func TestStartLoad(t *testing.T) {
	const processes, each = 20, 51
	var pids []int
	addrs := map[netip.Addr]bool{}
	t.Run("alive", func(t *testing.T) {
		load := socketstest.StartLoad(t, processes, each)
		if load.Sockets() != processes*each {
			t.Errorf("%d sockets", load.Sockets())
		}
		before := loadInodes(t, load)
		if len(before) != processes*each {
			t.Errorf("%d sockets in the table", len(before))
		}
		// Two processes have to replace 51 each, but have only 24 pairs.
		if n := load.Churn(0.1); n != 96 {
			t.Errorf("%d replaced", n)
		}
		added := 0
		for inode, r := range loadInodes(t, load) {
			if _, ok := before[inode]; !ok {
				added++
			}
			if r.State == socketstest.StateListen {
				addrs[r.Local.Addr()] = true
			}
		}
		if added != 96 {
			t.Errorf("%d new sockets in the table", added)
		}
		for _, p := range load.Processes() {
			if n := len(socketLinks(t, p.PID())); n != each {
				t.Errorf("process %d has %d sockets", p.PID(), n)
			}
			pids = append(pids, p.PID())
		}
	})
	for _, pid := range pids {
		if unix.Kill(pid, 0) != unix.ESRCH {
			t.Errorf("process %d is still there", pid)
		}
	}
	if len(addrs) != processes {
		t.Errorf("%d addresses, want one for each process", len(addrs))
	}
	for _, r := range socketstest.Table(t, "tcp4") {
		if addrs[r.Local.Addr()] || addrs[r.Remote.Addr()] {
			t.Errorf("left behind: %+v", r)
		}
	}
}

// loadInodes returns the rows of the kernel's table that belong to the load.
func loadInodes(t *testing.T, load *socketstest.Load) map[uint64]socketstest.Row {
	t.Helper()
	owned := map[string]bool{}
	for _, p := range load.Processes() {
		for _, link := range socketLinks(t, p.PID()) {
			owned[link] = true
		}
	}
	rows := map[uint64]socketstest.Row{}
	for _, r := range socketstest.Table(t, "tcp4") {
		if owned[fmt.Sprintf("socket:[%d]", r.Inode)] {
			rows[r.Inode] = r
		}
	}
	return rows
}

func BenchmarkStartLoad(b *testing.B) {
	for b.Loop() {
		socketstest.StartLoad(b, 200, 250).Stop()
	}
}

func BenchmarkChurn(b *testing.B) {
	load := socketstest.StartLoad(b, 200, 250)
	for b.Loop() {
		if n := load.Churn(0.01); n != 480 {
			b.Fatalf("%d replaced", n)
		}
	}
}
