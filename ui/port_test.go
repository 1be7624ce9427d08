package ui

import (
	"net/netip"
	"testing"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// portRow makes a row of the Ports view of one listener at local and its owners.
func portRow(local string, owners ...*process.Process) *portlist.Row {
	snap := &sockets.Snapshot{Processes: map[int32]*process.Process{}, Addresses: []netip.Addr{netip.MustParseAddr("10.0.0.5")}}
	s := &sockets.Socket{ID: 1, Protocol: sockets.TCP, State: sockets.Listen, Local: netip.MustParseAddrPort(local)}
	s.V6 = s.Local.Addr().Is6()
	for _, p := range owners {
		s.Owners = append(s.Owners, sockets.Owner{PID: int32(p.PID)})
		snap.Processes[int32(p.PID)] = p
	}
	return &portlist.Row{Row: model.Row{Socket: s, Snapshot: snap, Reach: model.ReachOf(snap, s, nil)}}
}

func started(pid int, args ...string) *process.Process {
	return &process.Process{PID: pid, Name: untrusted.New(args[0]), Args: args}
}

func TestWho(t *testing.T) {
	server := started(7, "node", "server.js")
	inspected := portRow("127.0.0.1:9229", started(7, "node", "--inspect", "server.js"))
	inspected.Debugger = "node inspector"
	delve := started(17, "dlv", "debug", "dbg.go")
	delve.Tracee = 18
	debugger := portRow("127.0.0.1:2345", delve)
	debugger.Debugger = "delve"
	debugger.Snapshot.Processes[18] = started(18, "/home/ada/orders/__debug_bin1")
	debuggee := portRow("127.0.0.1:7072", debugger.Snapshot.Processes[18])
	debuggee.Tracer = delve
	connection := portRow("127.0.0.1:3000", server)
	connection.Kind, connection.Inbound = portlist.Connection, true
	connection.Socket.State, connection.Socket.Remote = sockets.Established, netip.MustParseAddrPort("127.0.0.1:51234")
	for _, tt := range []struct {
		name       string
		row        *portlist.Row
		want, more string
	}{
		{"a script", portRow("127.0.0.1:3000", server), "node server.js", ""},
		{"shared", portRow("127.0.0.1:3000", server, started(8, "node", "server.js")), "node server.js", "×2"},
		{"a forward", portRow("127.0.0.1:15432", started(9, "ssh", "-N", "-L", "15432:localhost:5432", "root@db")), "ssh → root@db:5432", ""},
		{"contains its debug server", inspected, "node server.js", "◇ inspect"},
		{"a debug server", debugger, "dlv → dbg.go (18)", "◇ delve"},
		{"debugged", debuggee, "dbg.go", "◇ under dlv"},
		{"a connection", connection, "← 127.0.0.1:51234", ""},
		{"no owner", portRow("127.0.0.1:80"), unknownOwner, ""},
	} {
		if name, more := Who(tt.row); name != tt.want || more != tt.more {
			t.Errorf("%s: %q, %q, want %q, %q", tt.name, name, more, tt.want, tt.more)
		}
	}
}

func TestRestarter(t *testing.T) {
	nodemon := started(5, "node", "/usr/bin/nodemon", "server.js")
	row := portRow("127.0.0.1:3000", started(7, "node", "server.js"))
	if got := Restarter(row, []*process.Process{nodemon}); got != "nodemon" && got != "node nodemon" {
		t.Errorf("restarted by %q", got)
	}
	if got := Restarter(row, []*process.Process{started(5, "bash")}); got != "" {
		t.Errorf("restarted by %q", got)
	}
}

func TestPlace(t *testing.T) {
	for place, want := range map[portlist.Place]string{
		portlist.OneAddress: "::1", portlist.Localhost: "localhost", portlist.Every: "every", portlist.Every4: "every4", portlist.Every6: "every6",
	} {
		r := portRow("[::1]:80")
		if r.Place = place; Place(r) != want {
			t.Errorf("%q, want %q", Place(r), want)
		}
	}
	lo := portRow("0.0.0.0:80")
	lo.Socket.Interface, lo.Snapshot.Interfaces = 1, map[uint32]untrusted.Text{1: untrusted.New("lo")}
	if Place(lo) != "0.0.0.0%lo" {
		t.Errorf("%q", Place(lo))
	}
}

func TestClients(t *testing.T) {
	curl, chrome := started(1, "curl"), started(2, "chrome")
	far := portRow("10.0.0.5:80").Row
	far.Socket.Remote = netip.MustParseAddrPort("10.0.0.9:4000")
	for _, tt := range []struct {
		clients  []portlist.Client
		queued   int32
		protocol sockets.Protocol
		state    sockets.State
		want     string
	}{
		{nil, 0, sockets.TCP, sockets.Listen, "–"},
		{nil, 0, sockets.UDP, sockets.Unconn, "udp"},
		{nil, 0, sockets.TCP, sockets.Bound, "bound, not listening"},
		{[]portlist.Client{{Process: chrome, Count: 3, Row: far}, {Process: curl, Count: 1, New: true, Row: far}}, 0, sockets.TCP, sockets.Listen, "chrome (2) ×3, curl (1)  just now"},
		{[]portlist.Client{{Row: far, Count: 1}}, 0, sockets.TCP, sockets.Listen, "10.0.0.9:4000"},
		{[]portlist.Client{{Row: far, Count: 2}}, 0, sockets.TCP, sockets.Listen, "other machines ×2"},
		{[]portlist.Client{{Process: curl, Count: 1, Row: far}}, 2, sockets.TCP, sockets.Listen, "2 in accept queue: curl (1)"},
	} {
		r := portRow("127.0.0.1:80")
		r.Socket.Protocol, r.Socket.State, r.Clients, r.Queued = tt.protocol, tt.state, tt.clients, tt.queued
		if got := Clients(r); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestTimeWaits(t *testing.T) {
	many := []portlist.TimeWait{{Port: 3000, Count: 6}, {Port: 6379, Count: 2}}
	for _, tt := range []struct {
		all   []portlist.TimeWait
		width int
		want  string
	}{
		{nil, 80, ""},
		{many[1:], 80, "2 closed connections still wait (TIME_WAIT): 2 to :6379"},
		{many, 80, "8 closed connections still wait (TIME_WAIT): 6 to :3000, 2 to :6379"},
		{many, 60, "8 closed connections still wait (TIME_WAIT): 6 to :3000"},
		{many, 10, "8 closed connections still wait (TIME_WAIT)"},
	} {
		if got := TimeWaits(tt.all, tt.width); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestFolder(t *testing.T) {
	at := func(dir string) func(int) string { return func(int) string { return dir } }
	p := started(7, "node", "server.js")
	for dir, want := range map[string]string{"/home/ada/shop": "shop", "/home/ada/shop/": "shop", "/": "", "": "", `C:\shop`: "shop"} {
		if got := Folder(portRow("127.0.0.1:80", p), at(dir)); got != want {
			t.Errorf("%q of %q, want %q", got, dir, want)
		}
	}
	p.Cgroup.Unit = untrusted.New("postgresql.service")
	if got := Folder(portRow("127.0.0.1:80", p), at("/x")); got != "postgresql" {
		t.Errorf("unit %q", got)
	}
	p.Cgroup.Container = untrusted.New("shop-db")
	if got := Folder(portRow("127.0.0.1:80", p), at("/x")); got != "shop-db" {
		t.Errorf("container %q", got)
	}
}
