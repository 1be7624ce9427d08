package portlist_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/model/portlist"
	"lotop/model/track"
	"lotop/sockets"
)

// listOf returns the rows after the last of some snapshots, one text for each.
func listOf(t *testing.T, o portlist.Options, texts ...string) portlist.List {
	t.Helper()
	tr := track.New()
	for i, text := range texts {
		tr.Update(modeltest.Snapshot(t, float64(i), text))
	}
	return portlist.Make(tr, o)
}

// describe writes a row: "3000 localhost p10 +1 twin: p20×2".
func describe(r *portlist.Row) string {
	var b strings.Builder
	switch r.Kind {
	case portlist.Connection:
		fmt.Fprintf(&b, "  %v - %v", r.Socket.Local, r.Socket.Remote)
		return b.String()
	case portlist.Heading:
		return fmt.Sprintf("%s (%d)", r.Title, r.Ports)
	case portlist.Program:
		b.WriteString("program")
	default:
		where := r.Place.String()
		if r.Place == portlist.OneAddress {
			where = r.Socket.Local.Addr().String()
		}
		fmt.Fprintf(&b, "%d %s", r.Socket.Local.Port(), where)
	}
	if p := r.Owner(r.Socket); p != nil {
		fmt.Fprintf(&b, " %s", p.Name)
	}
	if n := len(r.Twins); n > 0 {
		fmt.Fprintf(&b, " +%d", n)
	}
	for i, c := range r.Clients {
		name := "?"
		if c.Process != nil {
			name = c.Process.Name.String()
		}
		fmt.Fprintf(&b, "%s %s×%d", map[bool]string{true: ":", false: ","}[i == 0], name, c.Count)
	}
	return b.String()
}

func describeAll(l portlist.List) []string {
	var all []string
	for i := range l.Rows {
		all = append(all, describe(&l.Rows[i]))
	}
	return all
}

func TestRows(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    portlist.Options
		text string
		want []string
	}{
		{
			"clients by program",
			portlist.Options{},
			modeltest.Shop,
			[]string{"3000 127.0.0.1 p10: p20×2", "3001 127.0.0.1 p11: p10×1", "4000 127.0.0.1 p30", "3002 127.0.0.1 p10", "program p10: ?×1"},
		},
		{
			"both loopback addresses",
			portlist.Options{},
			"1 tcp LISTEN [::1]:80 pid:1\n2 tcp LISTEN 127.0.0.1:80 pid:1\n3 tcp ESTABLISHED [::1]:80 [::1]:999 pid:1\n4 tcp ESTABLISHED [::1]:999 [::1]:80 pid:2",
			[]string{"80 localhost p1 +1: p2×1"},
		},
		{"wildcards of both families", portlist.Options{}, "1 tcp LISTEN 0.0.0.0:80 pid:1\n2 tcp LISTEN [::]:80 pid:1 v6only", []string{"80 every p1 +1"}},
		{"one dual-stack wildcard", portlist.Options{}, "1 tcp LISTEN [::]:80 pid:1 dual", []string{"80 every p1"}},
		{"IPv4 only", portlist.Options{}, "1 tcp LISTEN 0.0.0.0:80 pid:1", []string{"80 every4 p1"}},
		{"IPv6 only", portlist.Options{}, "1 tcp LISTEN [::]:80 pid:1 v6only", []string{"80 every6 p1"}},
		{"IPv6, else unknown", portlist.Options{}, "1 tcp LISTEN [::]:80 pid:1", []string{"80 :: p1"}},
		{"loopback beside a wildcard", portlist.Options{}, "1 tcp LISTEN 127.0.0.1:80 pid:1\n2 tcp LISTEN [::]:80 pid:1 v6only", []string{"80 127.0.0.1 p1", "80 every6 p1"}},
		{"other owners", portlist.Options{}, "1 tcp LISTEN 127.0.0.1:80 pid:1\n2 tcp LISTEN [::1]:80 pid:2", []string{"80 127.0.0.1 p1", "80 ::1 p2"}},
		{"other states", portlist.Options{}, "1 tcp LISTEN 127.0.0.1:80 pid:1\n2 tcp BOUND [::1]:80 pid:1", []string{"80 127.0.0.1 p1", "80 ::1 p1"}},
		{"other loopback addresses", portlist.Options{}, "1 tcp LISTEN 127.0.0.1:80 pid:1\n2 tcp LISTEN 127.0.0.2:80 pid:1", []string{"80 127.0.0.1 p1", "80 127.0.0.2 p1"}},
		{"SO_REUSEPORT", portlist.Options{}, "1 tcp LISTEN 127.0.0.2:80 pid:1\n2 tcp LISTEN 127.0.0.2:80 pid:1", []string{"80 127.0.0.2 p1 +1"}},
		{"without owners", portlist.Options{}, "1 tcp LISTEN 0.0.0.0:80 uid:0\n2 tcp LISTEN [::]:80 uid:0 v6only\n3 tcp LISTEN [::]:80 uid:7 v6only", []string{"80 every +1", "80 every6"}},
		{
			"one program that matches",
			portlist.Options{Match: func(r *model.Row) bool { return r.Socket.Local.Port() == 3001 }},
			modeltest.Shop,
			[]string{"3001 127.0.0.1 p11: p10×1"},
		},
		{
			"a connection that matches",
			portlist.Options{Match: func(r *model.Row) bool { return r.Has(2) }},
			modeltest.Shop,
			[]string{"3000 127.0.0.1 p10: p20×2"},
		},
		{
			"the busiest first",
			portlist.Options{Order: model.Order{Column: model.ByRemote}},
			modeltest.Shop,
			[]string{"3000 127.0.0.1 p10: p20×2", "3001 127.0.0.1 p11: p10×1", "4000 127.0.0.1 p30", "3002 127.0.0.1 p10", "program p10: ?×1"},
		},
		{
			"the last PID first",
			portlist.Options{Order: model.Order{Column: model.ByPID, Reverse: true}},
			"1 tcp LISTEN 127.0.0.1:80 pid:1\n2 tcp LISTEN 127.0.0.1:81 pid:2\n3 tcp LISTEN 127.0.0.1:82",
			[]string{"81 127.0.0.1 p2", "80 127.0.0.1 p1", "82 127.0.0.1"},
		},
		{
			"opened",
			portlist.Options{Opened: map[uint64]bool{6: true}},
			modeltest.Shop,
			[]string{"3000 127.0.0.1 p10: p20×2", "3001 127.0.0.1 p11: p10×1", "  127.0.0.1:3001 - 127.0.0.1:51236", "4000 127.0.0.1 p30", "3002 127.0.0.1 p10", "program p10: ?×1"},
		},
		{
			"all opened but one",
			portlist.Options{Unfold: true, Folded: map[uint64]bool{1: true}},
			modeltest.Shop,
			[]string{
				"3000 127.0.0.1 p10: p20×2", "3001 127.0.0.1 p11: p10×1", "  127.0.0.1:3001 - 127.0.0.1:51236", "4000 127.0.0.1 p30", "3002 127.0.0.1 p10",
				"program p10: ?×1", "  127.0.0.1:51237 - 127.0.0.1:5432",
			},
		},
		{
			"TIME_WAIT",
			portlist.Options{TimeWait: true},
			"11 tcp LISTEN 127.0.0.1:4000 pid:30\n12 tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:51238",
			[]string{"4000 127.0.0.1 p30", "  127.0.0.1:3000 - 127.0.0.1:51238"},
		},
		{"other hosts are left out", portlist.Options{}, "1 tcp ESTABLISHED 192.168.1.5:5000 93.184.216.34:443 pid:1", nil},
		{"other hosts", portlist.Options{AllHosts: true}, "1 tcp ESTABLISHED 192.168.1.5:5000 93.184.216.34:443 pid:1\n2 tcp ESTABLISHED 192.168.1.5:5001 93.184.216.34:443 pid:1", []string{"program p1: ?×2"}},
	} {
		if diff := cmp.Diff(tt.want, describeAll(listOf(t, tt.o, tt.text))); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// New connections are shown without being asked for, if they are few.
func TestNewConnections(t *testing.T) {
	const server = "1 tcp LISTEN 127.0.0.1:3000 pid:10\n"
	few := server + pairs(3)
	if got := describeAll(listOf(t, portlist.Options{}, server, few)); len(got) != 4 {
		t.Errorf("three new connections: %q", got)
	}
	if got := describeAll(listOf(t, portlist.Options{}, server, server+pairs(4))); len(got) != 1 {
		t.Errorf("four new connections: %q", got)
	}
	if got := describeAll(listOf(t, portlist.Options{Folded: map[uint64]bool{1: true}}, server, few)); len(got) != 1 {
		t.Errorf("folded: %q", got)
	}
}

func pairs(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d tcp ESTABLISHED 127.0.0.1:%d 127.0.0.1:3000 pid:20\n", 100+2*i, 50000+i)
		fmt.Fprintf(&b, "%d tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:%d pid:10\n", 101+2*i, 50000+i)
	}
	return b.String()
}

// Many programs on one port are counted as few are.
func TestManyClients(t *testing.T) {
	var b strings.Builder
	b.WriteString("1 tcp LISTEN 127.0.0.1:3000 pid:10\n")
	for i := range 40 {
		fmt.Fprintf(&b, "%d tcp ESTABLISHED 127.0.0.1:%d 127.0.0.1:3000 pid:%d\n", 100+2*i, 50000+i, 1000+i%20)
		fmt.Fprintf(&b, "%d tcp ESTABLISHED 127.0.0.1:3000 127.0.0.1:%d pid:10\n", 101+2*i, 50000+i)
	}
	r := listOf(t, portlist.Options{}, b.String()).Rows[0]
	if len(r.Clients) != 20 || r.Connections != 40 || r.Clients[0].Count != 2 || r.Clients[19].Count != 2 {
		t.Errorf("%s", describe(&r))
	}
}

func TestTimeWaits(t *testing.T) {
	text := "1 tcp LISTEN 127.0.0.1:3000 pid:10\n"
	for i := range 3 {
		text += fmt.Sprintf("%d tcp TIME_WAIT 127.0.0.1:3000 127.0.0.1:%d\n", 10+i, 51238+i)
	}
	text += "20 tcp TIME_WAIT 127.0.0.1:52000 127.0.0.1:4000\n"
	want := []portlist.TimeWait{{Port: 3000, Count: 3}, {Port: 4000, Count: 1}}
	if diff := cmp.Diff(want, listOf(t, portlist.Options{}, text).TimeWait); diff != "" {
		t.Error(diff)
	}
}

// A port counts the closed connections to it whatever the query is, and none of those
// to the same port of another machine.
func TestTimeWaitOfPort(t *testing.T) {
	const text = `1 tcp LISTEN 127.0.0.1:443 pid:10
		2 tcp TIME_WAIT 127.0.0.1:443 127.0.0.1:51238
		3 tcp TIME_WAIT 127.0.0.1:51239 127.0.0.1:443
		4 tcp TIME_WAIT 192.168.1.5:51240 93.184.216.34:443
		5 udp UNCONN 127.0.0.1:443 pid:10`
	l := listOf(t, portlist.Options{AllHosts: true, Match: func(r *model.Row) bool { return !r.Socket.Connected() }}, text)
	if len(l.Rows) != 2 || l.Rows[0].TimeWait != 2 || l.Rows[1].TimeWait != 0 || len(l.TimeWait) > 0 {
		t.Errorf("%+v", l)
	}
}

// A row keeps a key while its sockets come and go, and no two rows share one.
func TestKeys(t *testing.T) {
	l := listOf(t, portlist.Options{Unfold: true, TimeWait: true}, modeltest.Shop)
	seen := map[uint64]int{}
	for i := range l.Rows {
		r := &l.Rows[i]
		for _, key := range r.Keys() {
			if key == 0 {
				continue
			}
			if j, ok := seen[key]; ok {
				t.Errorf("key %d of %s and of %s", key, describe(&l.Rows[j]), describe(r))
			}
			seen[key] = i
			if !r.HasKey(key) {
				t.Errorf("%s has no key %d", describe(r), key)
			}
		}
	}
	both := listOf(t, portlist.Options{}, "1 tcp LISTEN [::1]:80 pid:1\n2 tcp LISTEN 127.0.0.1:80 pid:1").Rows[0]
	if both.Keys() != [2]uint64{2, 1} || !both.HasKey(1) {
		t.Errorf("%v", both.Keys())
	}
}

// Every socket in scope is in one row, counted once.
func TestEverySocketOnce(t *testing.T) {
	l := listOf(t, portlist.Options{Unfold: true, TimeWait: true}, modeltest.Shop)
	seen := map[sockets.ID]int{}
	for i := range l.Rows {
		r := &l.Rows[i]
		if r.Kind == portlist.Program {
			continue
		}
		seen[r.Socket.ID]++
		if r.Folded {
			seen[r.Peer.ID]++
		}
		for j := range r.Twins {
			seen[r.Twins[j].Socket.ID]++
		}
	}
	for id := sockets.ID(1); id <= 12; id++ {
		if seen[id] != 1 {
			t.Errorf("socket %d is in %d rows", id, seen[id])
		}
	}
}

func TestGroup(t *testing.T) {
	l := listOf(t, portlist.Options{Unfold: true}, modeltest.Shop)
	byOwner := func(r *portlist.Row) string {
		if p := r.Owner(r.Socket); p != nil && p.PID != 30 {
			return p.Name.String()
		}
		return ""
	}
	for _, tt := range []struct {
		folded map[uint64]bool
		want   []string
	}{
		{nil, []string{
			"p10 (3)", "3000 127.0.0.1 p10: p20×2", "  127.0.0.1:3000 - 127.0.0.1:51234", "  127.0.0.1:3000 - 127.0.0.1:51235",
			"3002 127.0.0.1 p10", "program p10: ?×1", "  127.0.0.1:51237 - 127.0.0.1:5432",
			"p11 (1)", "3001 127.0.0.1 p11: p10×1", "  127.0.0.1:3001 - 127.0.0.1:51236", "4000 127.0.0.1 p30",
		}},
		{map[uint64]bool{portlist.HeadingKey("p10"): true}, []string{
			"p10 (3)", "p11 (1)", "3001 127.0.0.1 p11: p10×1", "  127.0.0.1:3001 - 127.0.0.1:51236", "4000 127.0.0.1 p30",
		}},
	} {
		rows := portlist.Group(slices.Clone(l.Rows), byOwner, tt.folded)
		if diff := cmp.Diff(tt.want, describeAll(portlist.List{Rows: rows})); diff != "" {
			t.Error(diff)
		}
		if head := &rows[0]; !head.HasKey(portlist.HeadingKey("p10")) || head.Keys()[0] != portlist.HeadingKey("p10") || head.HasKey(1) {
			t.Error("a heading has other keys than its own")
		}
	}
}

// Whichever family the table has first, a row has what both twins have.
func TestTwinsAddUp(t *testing.T) {
	for _, text := range []string{
		"1 tcp LISTEN [::1]:80 pid:1\n2 tcp LISTEN 127.0.0.1:80 pid:1\n3 tcp ESTABLISHED [::1]:80 [::1]:999 pid:1\n4 tcp ESTABLISHED [::1]:999 [::1]:80 pid:2",
		"2 tcp LISTEN 127.0.0.1:80 pid:1\n1 tcp LISTEN [::1]:80 pid:1\n3 tcp ESTABLISHED [::1]:80 [::1]:999 pid:1\n4 tcp ESTABLISHED [::1]:999 [::1]:80 pid:2",
	} {
		r := listOf(t, portlist.Options{}, text).Rows[0]
		if r.Row.Clients != 1 || !r.Socket.Local.Addr().Is4() || len(r.Twins) != 1 || r.Twins[0].Socket.ID != 1 {
			t.Errorf("%d clients at %v", r.Row.Clients, r.Socket.Local)
		}
	}
}
