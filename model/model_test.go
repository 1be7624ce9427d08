package model_test

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/sockets"
)

// pairRow returns the row of a loopback connection, with its listener.
func pairRow(t *testing.T) model.Row {
	t.Helper()
	in := modeltest.Snapshot(t, 0, `
		1 tcp LISTEN 127.0.0.1:3000 pid:10
		2 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10,11
		3 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20`)
	return model.Row{
		Socket: &in.Sockets[1], Peer: &in.Sockets[2], Listener: &in.Sockets[0], Snapshot: in,
		FirstSeen: modeltest.Began, FirstSeenExact: true, Mark: model.New, Inbound: true, Folded: true,
		Reach: model.ReachLoopback, Debugger: "delve", Clients: 2, Queued: 1,
	}
}

// diff compares rows, whose sockets have to be the same ones.
func diff(want, got any) string {
	return cmp.Diff(want, got, cmp.Comparer(func(a, b *sockets.Socket) bool { return a == b }),
		cmp.Comparer(func(a, b *sockets.Snapshot) bool { return a == b }))
}

func TestUnfold(t *testing.T) {
	pair := pairRow(t)
	rows, n := pair.Unfold()
	server, client := pair, pair
	server.Folded = false
	client.Folded, client.Socket, client.Peer = false, pair.Peer, pair.Socket
	client.Listener, client.Inbound, client.Debugger, client.Clients, client.Queued = nil, false, "", 0, 0
	if n != 2 {
		t.Fatalf("%d rows", n)
	}
	if d := diff([2]model.Row{server, client}, rows); d != "" {
		t.Errorf("rows (-want +got):\n%s", d)
	}
	if rows, n = server.Unfold(); n != 1 || diff(server, rows[0]) != "" {
		t.Errorf("a row of one socket becomes %d: %s", n, diff(server, rows[0]))
	}
}

func TestHas(t *testing.T) {
	pair := pairRow(t)
	rows, _ := pair.Unfold()
	for id, want := range map[sockets.ID][3]bool{1: {}, 2: {true, true, false}, 3: {true, false, true}} {
		if got := [3]bool{pair.Has(id), rows[0].Has(id), rows[1].Has(id)}; got != want {
			t.Errorf("socket %d: folded, server's and client's row %v, want %v", id, got, want)
		}
	}
}

func TestOwners(t *testing.T) {
	pair := pairRow(t)
	delete(pair.Snapshot.Processes, 10)
	if p := pair.Owner(pair.Socket); p == nil || p.PID != 11 {
		t.Errorf("first owner %+v, want the first process that is known", p)
	}
	pair.Socket.Owners = append(pair.Socket.Owners, sockets.Owner{PID: 11, FD: 7})
	if all := pair.Owners(pair.Socket); len(all) != 1 || all[0].PID != 11 {
		t.Errorf("owners %+v, want process 11 once", all)
	}
	if p := pair.Owner(&sockets.Socket{}); p != nil {
		t.Errorf("owner %+v of a socket without one", p)
	}
}

// TestClone overwrites what a clone must not point into.
func TestClone(t *testing.T) {
	pair, want := pairRow(t), pairRow(t)
	pair.Snapshot.Warnings = []sockets.Warning{{Text: "incomplete"}}
	clone := pair.Clone()
	if clone.Snapshot.Sockets != nil || clone.Snapshot.Warnings != nil {
		t.Error("the clone keeps the tables of its snapshot")
	}
	for i := range pair.Snapshot.Sockets {
		pair.Snapshot.Sockets[i] = sockets.Socket{ID: 99}
	}
	pair.Snapshot.Processes = nil
	if d := cmp.Diff(want, clone, cmpopts.EquateComparable(netip.AddrPort{}), cmpopts.IgnoreFields(model.Row{}, "Snapshot")); d != "" {
		t.Errorf("the clone changed with its snapshot (-want +got):\n%s", d)
	}
	if p := clone.Owner(clone.Socket); p == nil || p.PID != 10 {
		t.Errorf("owner %+v, want process 10", p)
	}
	if alone := (&model.Row{Socket: &sockets.Socket{ID: 1}, Snapshot: &sockets.Snapshot{}}); alone.Clone().Peer != nil {
		t.Error("a row without a peer got one")
	}
}

func TestParseColumn(t *testing.T) {
	names := model.ColumnNames()
	if len(names) == 0 {
		t.Fatal("no names")
	}
	for i, name := range names {
		c, ok := model.ParseColumn(name)
		if !ok || c != model.Column(i) || c.String() != name {
			t.Errorf("%s: column %d, %v, called %s", name, c, ok, c)
		}
	}
	if c, ok := model.ParseColumn("PID"); !ok || c != model.ByPID {
		t.Errorf("PID: column %d, %v", c, ok)
	}
	for _, name := range []string{"", "pids", " pid"} {
		if c, ok := model.ParseColumn(name); ok {
			t.Errorf("%q: column %v", name, c)
		}
	}
	if name := model.Column(len(names)).String(); name != "" {
		t.Errorf("no column is called %q", name)
	}
	names[0] = "changed"
	if model.ByProto.String() != "proto" {
		t.Error("ColumnNames does not return a copy")
	}
}

func TestReach(t *testing.T) {
	for _, tt := range []struct {
		socket           string
		peer             bool
		reach            string
		inScope, exposed bool
	}{
		{"tcp LISTEN 127.0.0.1:80", false, "loopback", true, false},
		{"tcp LISTEN 0.0.0.0:80", false, "network", true, true},
		{"tcp LISTEN [::]:80 dev:1", false, "loopback", true, false},
		{"tcp LISTEN 192.168.1.5:80", false, "network", true, true},
		{"tcp LISTEN 10.0.0.9:80", false, "network", false, true},
		{"tcp BOUND 0.0.0.0:80", false, "network", true, false},
		{"udp UNCONN 0.0.0.0:53", false, "network", true, true},
		{"tcp ESTABLISHED 192.168.1.5:80 192.168.1.5:50000", false, "loopback", true, false},
		{"tcp ESTABLISHED 192.168.1.5:80 93.184.216.34:50000", false, "network", false, false},
		{"tcp ESTABLISHED 192.168.1.5:80 93.184.216.34:50000", true, "loopback", true, false},
	} {
		in := modeltest.Snapshot(t, 0, "1 "+tt.socket)
		r := model.Row{Socket: &in.Sockets[0], Snapshot: in}
		if tt.peer {
			r.Peer = &sockets.Socket{}
		}
		r.Reach = model.ReachOf(in, r.Socket, r.Peer)
		if r.Reach.String() != tt.reach || r.InScope() != tt.inScope || r.Exposed() != tt.exposed {
			t.Errorf("%s: reach %s, in scope %v, exposed %v", tt.socket, r.Reach, r.InScope(), r.Exposed())
		}
	}
	if name := model.ReachUnknown.String(); name != "" {
		t.Errorf("an unknown reach is called %q", name)
	}
}
