package track

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model/modeltest"
	"lotop/sockets"
)

func TestFind(t *testing.T) {
	m := watch(t, modeltest.Shop)
	for id, want := range map[sockets.ID]string{
		1: "  1 tcp LISTEN 127.0.0.1:3000 clients=2/1",
		2: "  3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1",
		3: "  3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1",
		7: "  7 udp UNCONN 127.0.0.1:3002",
	} {
		r, ok := m.Find(id)
		if !ok || sketch(&r) != want || !r.Has(id) {
			t.Errorf("socket %d: %v, %q, want %q", id, ok, sketch(&r), want)
		}
	}
	if r, ok := m.Find(99); ok {
		t.Errorf("found %q", sketch(&r))
	}
	m.Update(modeltest.Snapshot(t, 1, "7 udp UNCONN 127.0.0.1:3002 pid:10,12"))
	if r, ok := m.Find(7); !ok || r.Socket.ID != 7 {
		t.Error("not found where it has moved to")
	}
	if _, ok := m.Find(1); ok {
		t.Error("found what has gone")
	}
}

func TestClientsAndByPID(t *testing.T) {
	m := watch(t, modeltest.Shop)
	want := modeltest.Lines(`
		3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1
		5=4 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51235 via 1
		12 tcp TIME_WAIT 127.0.0.1:3000 < 127.0.0.1:51238 via 1`)
	if diff := cmp.Diff(want, trimmed(sketches(m.Clients(&m.cur.snap.Sockets[0])))); diff != "" {
		t.Errorf("clients (-want +got):\n%s", diff)
	}
	want = modeltest.Lines(`
		6 tcp LISTEN 127.0.0.1:3001 clients=1/0
		9|8 tcp ESTABLISHED 127.0.0.1:3001 < 127.0.0.1:51236 via 6`)
	if diff := cmp.Diff(want, trimmed(sketches(m.ByPID(11))[2:])); diff != "" {
		t.Errorf("owned by 11 (-want +got):\n%s", diff)
	}
	if rows := m.ByPID(77); rows != nil {
		t.Errorf("owned by no process: %q", sketches(rows))
	}
	r, _ := m.Find(1)
	if got := r.Owners(r.Socket); len(got) != 2 || got[0].PID != 10 || got[1].PID != 11 {
		t.Errorf("owners %v", got)
	}
	r.Socket.Owners = []sockets.Owner{{PID: 10, FD: 3}, {PID: 99, FD: 1}, {PID: 10, FD: 4}}
	if got := r.Owners(r.Socket); len(got) != 1 {
		t.Errorf("%d owners, want 10 once and not 99, which has exited", len(got))
	}
}
