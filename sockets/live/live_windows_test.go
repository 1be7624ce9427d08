package live

import (
	"net/netip"
	"os"
	"testing"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// What Wine 8 cannot show, and is left to a run on Windows itself: the owners of
// IPv6 sockets and of connections (its tables have pid 0 there), the times at
// which sockets were made (0), the answer to a bind in an excluded range (it has
// none), and IPv6 of link-local addresses.

func readLive(t *testing.T) *sockets.Snapshot {
	t.Helper()
	source, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	var snap sockets.Snapshot
	if err := source.Read(t.Context(), &snap); err != nil {
		t.Fatal(err)
	}
	for _, w := range snap.Warnings {
		t.Error(w.Text)
	}
	return &snap
}

func find(s *sockets.Snapshot, p sockets.Protocol, local netip.AddrPort, connected bool) *sockets.Socket {
	for i := range s.Sockets {
		if o := &s.Sockets[i]; o.Protocol == p && o.Local == local && o.Connected() == connected {
			return o
		}
	}
	return nil
}

// A socket is seen with its owner, under the same ID every time, and no more
// once it is closed.
func TestLiveSockets(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{
		Sockets: []string{"tcp 127.0.0.1:0", "tcp 0.0.0.0:0", "udp 127.0.0.1:0", "tcp [::1]:0", "udp [::]:0"},
		Args:    []string{"serve", "--port", "two words"},
	})
	snap, again := readLive(t), readLive(t)
	protocols := []sockets.Protocol{sockets.TCP, sockets.TCP, sockets.UDP, sockets.TCP, sockets.UDP}
	for i, local := range child.Local {
		s := find(snap, protocols[i], local, false)
		if s == nil {
			t.Errorf("%v %v is not in the table", protocols[i], local)
			continue
		}
		want := sockets.Listen
		if protocols[i] == sockets.UDP {
			want = sockets.Unconn
		}
		if s.State != want || s.V6 != local.Addr().Is6() {
			t.Errorf("%+v", s)
		}
		if o := find(again, protocols[i], local, false); o == nil || o.ID != s.ID {
			t.Errorf("%v has another ID in the next snapshot", local)
		}
		if s.V6 && len(s.Owners) == 0 {
			continue // Wine
		}
		if len(s.Owners) != 1 || int(s.Owners[0].PID) != child.PID {
			t.Errorf("%v is owned by %v, not by %d", local, s.Owners, child.PID)
			continue
		}
		p := snap.Process(s.Owners[0].PID)
		if p == nil || len(p.Args) != 4 || p.Args[3] != "two words" || p.Parent != os.Getpid() {
			t.Errorf("%v is owned by %+v", local, p)
		}
	}
	child.Close()
	for i, local := range child.Local {
		socketstest.AwaitAnswer(t, nil, func() *sockets.Socket { return find(readLive(t), protocols[i], local, false) })
	}
}

func TestLiveConnection(t *testing.T) {
	server := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"tcp 127.0.0.1:0"}})
	client := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"dial " + server.Local[0].String()}})
	snap := readLive(t)
	s := find(snap, sockets.TCP, client.Local[0], true)
	if s == nil || s.State != sockets.Established || s.Remote != server.Local[0] {
		t.Errorf("the client's end: %+v", s)
	}
	if len(snap.Addresses) == 0 || !snap.Ephemeral.Contains(65535) || snap.Source != "iphlpapi" {
		t.Errorf("%v %v %q", snap.Addresses, snap.Ephemeral, snap.Source)
	}
}

func TestOpenRefusesOtherSources(t *testing.T) {
	if _, err := Open(Options{Kind: SockDiag}); err == nil {
		t.Error("no error")
	}
}
