package model

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
	"lotop/sockets/process"
)

const shop = `
	1 tcp LISTEN 127.0.0.1:3000 pid:10,11
	2 tcp ESTABLISHED 127.0.0.1:51234 127.0.0.1:3000 pid:20
	3 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51234 pid:10,11
	4 tcp ESTABLISHED 127.0.0.1:51235 127.0.0.1:3000 pid:20
	5 tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:51235 waits
	6 tcp LISTEN 127.0.0.1:3001 pid:11
	7 udp UNCONN 127.0.0.1:3002 pid:10,12
	8 tcp ESTABLISHED 127.0.0.1:51236 127.0.0.1:3001 pid:10
	9 tcp ESTABLISHED 127.0.0.1:3001 127.0.0.1:51236 pid:11
	10 tcp ESTABLISHED 127.0.0.1:51237 127.0.0.1:5432 pid:10
	11 tcp LISTEN 127.0.0.1:4000 pid:30
	12 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51238`

func TestFind(t *testing.T) {
	m := watch(t, shop)
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
	m.Update(literal(t, 1, "7 udp UNCONN 127.0.0.1:3002 pid:10,12"))
	if r, ok := m.Find(7); !ok || r.Socket.ID != 7 {
		t.Error("not found where it has moved to")
	}
	if _, ok := m.Find(1); ok {
		t.Error("found what has gone")
	}
}

func TestClientsAndByPID(t *testing.T) {
	m := watch(t, shop)
	want := text(`
		3=2 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51234 via 1
		5=4 tcp ESTABLISHED 127.0.0.1:3000 < 127.0.0.1:51235 via 1
		12 tcp TIME_WAIT 127.0.0.1:3000 < 127.0.0.1:51238 via 1`)
	if diff := cmp.Diff(want, trimmed(sketches(m.Clients(&m.cur.snap.Sockets[0])))); diff != "" {
		t.Errorf("clients (-want +got):\n%s", diff)
	}
	want = text(`
		6 tcp LISTEN 127.0.0.1:3001 clients=1/0
		9|8 tcp ESTABLISHED 127.0.0.1:3001 < 127.0.0.1:51236 via 6`)
	if diff := cmp.Diff(want, trimmed(sketches(m.ByPID(11))[2:])); diff != "" {
		t.Errorf("held by 11 (-want +got):\n%s", diff)
	}
	if rows := m.ByPID(77); rows != nil {
		t.Errorf("held by nobody: %q", sketches(rows))
	}
	r, _ := m.Find(1)
	if got := r.Owners(r.Socket); len(got) != 2 || got[0].PID != 10 || got[1].PID != 11 {
		t.Errorf("holders %v", got)
	}
	r.Socket.Owners = []sockets.Owner{{PID: 10, FD: 3}, {PID: 99, FD: 1}, {PID: 10, FD: 4}}
	if got := r.Owners(r.Socket); len(got) != 1 {
		t.Errorf("%d holders, want 10 once and 99, who has ended, not at all", len(got))
	}
}

func unprotected(*process.Process) (string, bool) { return "", false }

func protect(pid int) func(*process.Process) (string, bool) {
	return func(p *process.Process) (string, bool) { return "use systemctl", p.PID == pid }
}

var planTests = []struct {
	name             string
	id               sockets.ID
	protected        func(*process.Process) (string, bool)
	victims, refused []int
	clients          int
	closes           string
}{
	// The connections of 20, accepted or not, are lost; that of 10 to 11 is
	// no loss to others; 7 is held by 12 too and stays.
	{"both holders", 1, unprotected, []int{10, 11}, nil, 2, "6 tcp LISTEN 127.0.0.1:3001 clients=1/0"},
	// What 10 holds with 11 stays with it: nothing closes but the port of 11.
	{"one refused", 1, protect(10), []int{11}, []int{10}, 1, "6 tcp LISTEN 127.0.0.1:3001 clients=1/0"},
	{"the other refused", 1, protect(11), []int{10}, []int{11}, 0, ""},
	{"the client's end", 2, unprotected, []int{20}, nil, 0, ""},
	{"nobody holds it", 12, unprotected, nil, nil, 0, ""},
	{"one of its own", 11, unprotected, []int{30}, nil, 0, ""},
}

func TestPlanForSocket(t *testing.T) {
	for _, tt := range planTests {
		t.Run(tt.name, func(t *testing.T) {
			m := watch(t, shop)
			r, _ := m.Find(tt.id)
			s := r.Socket
			if s.ID != tt.id {
				s = r.Peer
			}
			p := PlanEnd(&r, s, tt.protected, m.ByPID)
			var victims, refused []int
			for _, v := range p.ToStop {
				victims = append(victims, v.PID)
			}
			for _, v := range p.Protected {
				refused = append(refused, v.Process.PID)
				if v.Reason != "use systemctl" {
					t.Errorf("refused for %q", v.Reason)
				}
			}
			if diff := cmp.Diff([][]int{tt.victims, tt.refused}, [][]int{victims, refused}); diff != "" {
				t.Errorf("victims and refused (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(text(tt.closes), trimmed(sketches(p.AlsoCloses))); diff != "" || p.ClientsLost != tt.clients {
				t.Errorf("%d clients, want %d; closes (-want +got):\n%s", p.ClientsLost, tt.clients, diff)
			}
			if p.Target.Port != s.Local.Port() || p.Row.Socket == r.Socket {
				t.Errorf("target %v, row kept %v", p.Target, p.Row.Socket != r.Socket)
			}
		})
	}
}

// TestPlanForStaleRow plans for a process whose pid is another's by now: the
// plan is about the one that was shown, and nothing of the other is touched.
func TestPlanForStaleRow(t *testing.T) {
	m := watch(t, "1 tcp LISTEN 127.0.0.1:3000 pid:10")
	r, _ := m.Find(1)
	old := r.Clone()
	next := literal(t, 1, "2 tcp LISTEN 127.0.0.1:4000 pid:10")
	next.Processes[10] = &process.Process{PID: 10, Start: 999}
	m.Update(next)
	p := PlanEnd(&old, old.Socket, unprotected, m.ByPID)
	if len(p.ToStop) != 1 || p.ToStop[0].Start != 10 || p.AlsoCloses != nil {
		t.Errorf("victims %v, closes %q", p.ToStop, sketches(p.AlsoCloses))
	}
}

// TestTargetOccupiedBy goes through the table of facts/linux.md: holder by row,
// newcomer by column.
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
	for i, holder := range names {
		for j, newcomer := range names {
			in := literal(t, 0, "1 tcp LISTEN "+holder+"\n2 tcp LISTEN "+newcomer)
			got := TargetOf(&in.Sockets[1]).OccupiedBy(&in.Sockets[0])
			if want := table[i][j] == 'X'; got != want {
				t.Errorf("holder %s, newcomer %s: %v, want %v", holder, newcomer, got, want)
			}
		}
	}
	in := literal(t, 0, "1 tcp LISTEN 127.0.0.1:80\n2 udp UNCONN 127.0.0.1:80\n3 tcp LISTEN 127.0.0.1:81\n4 tcp ESTABLISHED 127.0.0.1:80 127.0.0.1:9\n5 tcp BOUND 127.0.0.1:80")
	target := Target{Protocol: sockets.TCP, Port: 80, Hosts: []netip.Addr{netip.MustParseAddr("127.0.0.1")}}
	for i, want := range []bool{true, false, false, false, true} {
		if got := target.OccupiedBy(&in.Sockets[i]); got != want {
			t.Errorf("socket %d: %v, want %v", i+1, got, want)
		}
	}
}
