package query_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/model"
	"lotop/model/modeltest"
	"lotop/model/query"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

func testMachine() *sockets.Snapshot {
	return &sockets.Snapshot{
		Processes: map[int32]*process.Process{
			4411: {
				PID: 4411, Parent: 4410, UID: 1000, Name: untrusted.New("node"),
				Command: untrusted.New("node server.js --Größe 3\x1b[1m"),
				Cgroup:  process.Cgroup{Unit: untrusted.New("session-2.scope")},
			},
			3302: {PID: 3302, Parent: 1, Orphaned: true, UID: 1000, Name: untrusted.New("chrome"), Command: untrusted.New("/opt/google/chrome/chrome")},
			812: {
				PID: 812, Parent: 1, UID: 33, Name: untrusted.New("nginx"), Command: untrusted.New("nginx: master process"),
				Cgroup: process.Cgroup{Unit: untrusted.New("nginx.service")},
			},
		},
		Users:      map[uint32]untrusted.Text{1000: untrusted.New("ada"), 999: untrusted.New("postgres"), 33: untrusted.New("www-data"), 0: untrusted.New("root")},
		Interfaces: map[uint32]untrusted.Text{7: untrusted.New("docker0")},
		Ephemeral:  sockets.PortRange{First: 32768, Last: 60999},
	}
}

// testRows are a small machine: a web server and its client, a database of
// another user in a container, a dual-stack listener, a resolver, an orphan.
func testRows() map[string]*model.Row {
	in := testMachine()
	server := &sockets.Socket{
		Protocol: sockets.TCP, State: sockets.Established, Local: modeltest.AddrPort("127.0.0.1:3000"), Remote: modeltest.AddrPort("127.0.0.1:51234"),
		Owners: []sockets.Owner{{PID: 4411, FD: 18}, {PID: 4411, FD: 19}}, UID: 1000, HasUID: true,
	}
	client := &sockets.Socket{
		Protocol: sockets.TCP, State: sockets.Established, Local: modeltest.AddrPort("127.0.0.1:51234"), Remote: modeltest.AddrPort("127.0.0.1:3000"),
		Owners: []sockets.Owner{{PID: 3302, FD: 5}}, UID: 1000, HasUID: true,
	}
	return map[string]*model.Row{
		"pair": {Snapshot: in, Socket: server, Peer: client, Folded: true, Reach: model.ReachLoopback, Mark: model.New},
		"half": {Snapshot: in, Socket: server, Peer: client, Reach: model.ReachLoopback, Debugger: "delve"},
		"db": {
			Snapshot: in, Reach: model.ReachLoopback, Socket: &sockets.Socket{
				Protocol: sockets.TCP, State: sockets.Listen, Local: modeltest.AddrPort("127.0.0.2:5432"), NoOwner: sockets.OtherUser, UID: 999, HasUID: true,
				Cgroup: &process.Cgroup{Unit: untrusted.New("docker-ab12.scope"), Container: untrusted.New("shop-db"), Engine: "docker"},
			},
		},
		"web": {
			Snapshot: in, Reach: model.ReachNetwork, Mark: model.Changed, Socket: &sockets.Socket{
				Protocol: sockets.TCP, State: sockets.Listen, Local: modeltest.AddrPort("[::]:8080"), V6: true, V6Only: sockets.No,
				Owners: []sockets.Owner{{PID: 812, FD: 6}}, HasUID: true,
			},
		},
		"dns": {
			Snapshot: in, Reach: model.ReachNetwork, Socket: &sockets.Socket{
				Protocol: sockets.UDP, State: sockets.Unconn, Local: modeltest.AddrPort("[fe80::1%eth0]:53"), V6: true, V6Only: sockets.Yes, Interface: 7,
			},
		},
		"orphan": {
			Snapshot: in, Reach: model.ReachLoopback, Mark: model.Closed, Socket: &sockets.Socket{
				Protocol: sockets.TCP, State: sockets.FinWait2, NoOwner: sockets.Orphaned, V6: true, V4Mapped: true,
				Local: modeltest.AddrPort("[::ffff:127.0.0.1]:3999"), Remote: modeltest.AddrPort("[::ffff:127.0.0.1]:60000"),
			},
		},
	}
}

var rowNames = []string{"pair", "half", "db", "web", "dns", "orphan"}

var queryMatches = []struct{ query, want string }{
	{"", "pair half db web dns orphan"},
	{"   ", "pair half db web dns orphan"},
	// Ports
	{"3000", "pair half"},
	{":3000", "pair half"},
	{"3000-3999", "pair half orphan"},
	{"port:53,5000-6000", "db dns"},
	{"3000,53", "pair half dns"},
	{"lport:51234", "pair"}, // the client's end of the folded pair
	{"rport:51234", "pair half"},
	{"lport:3000", "pair half"},
	{"rport:3000", "pair"},
	{"0-70", "dns"}, // a socket without a remote end has no port 0
	{"-3000", "db web dns orphan"},
	{"!3000 -53", "db web orphan"},
	{"not:3000", "db web dns orphan"},
	{"NOT:-3000", "pair half"},
	// Owners
	{"pid:4411", "pair half"},
	{"pid:1,3302", "pair"},
	{"-pid:3302", "half db web dns orphan"}, // either end spoils a negation
	{"user:ADA", "pair half"},
	{"user:1000", "pair half"},
	{"user:100", ""},
	{"user:0", "web"},
	{"user:www", "web"},
	{"user:postgres,root", "db web"},
	{"name:NODE", "pair half"},
	{"name:node,nginx", "pair half web"},
	{`cmd:"node server.js"`, "pair half"},
	{"cmd:GRÖSSE", ""}, // ß has no capital letter of its own here
	{"cmd:grÖße", "pair half"},
	{`cmd:\x1b`, "pair half"}, // what the person sees
	{"unit:nginx", "web"},
	{"unit:scope", "pair half db"},
	{"container:shop", "db"},
	{"container:docker", "db"},
	// The socket
	{"proto:udp", "dns"},
	{"PROTO:TCP,udp", "pair half db web dns orphan"},
	{"state:listen", "db web"},
	{"state:LISTEN,fin-wait2", "db web orphan"},
	{"state:estab", "pair half"},
	{"state:ESTABLISHED", "pair half"},
	{"state:time_wait,time-wait,TimeWait", ""},
	{"ip:4", "pair half db web orphan"},
	{"ip:6", "web dns"},
	{"addr:127.0.0.2", "db"},
	{"addr:127.0.0.0/8", "pair half db orphan"},
	{"addr:::ffff:127.0.0.0/104", "pair half db orphan"},
	{"addr:*", "web"},
	{"addr:::", "web"},
	{"addr:fe80::1", "dns"},
	{"addr:fe80::1%eth1", ""},
	{"addr:fe80::/10", "dns"},
	{"addr:127.0.0.2,localhost", "pair half db orphan"},
	{"addr:127.0.0.1:3999", "orphan"},
	// What lotop makes of it
	{"reach:network", "web dns"},
	{"reach:loopback", "pair half db orphan"},
	{"is:debugger", "half"},
	{"is:new", "pair"},
	{"is:changed", "web"},
	{"is:closed", "orphan"},
	{"is:exposed", "web dns"},
	{"is:orphan", "pair orphan"},
	{"class:well-known", "dns"},
	{"class:dynamic", "pair"},
	{"class:registered", "pair half db web orphan"},
	{"class:ephemeral", "pair"},
	// Words
	{"postgresql", "db"},  // the service
	{"hbci", "pair half"}, // the service
	{"shop-db", "db"},     // the container
	{"docker0", "dns"},    // the interface
	{"DELVE", "half"},     // the debugger
	{"www-data", "web"},   // the owner's user
	{"master", "web"},     // the command
	{"chrome", "pair"},    // the other end's name
	{"127.0.0.1:3", ""},   // a port is whole
	{`"127.0.0.1:3"`, "pair half orphan"},
	{"127.0.0", "pair half db orphan"},
	{`"*:80"`, "web"},
	{"eth0", "dns"}, // the zone
	{"127.0.0.1", "pair half orphan"},
	{"::", "web"},
	{"localhost", "pair half orphan"},
	{"localhost:3999", "orphan"},
	{"LOCALHOST:*", "pair half orphan"},
	{"127.0.0.1:3999", "orphan"},
	{"*:8080", "web"},
	{"[::]:8080", "web"},
	{"[fe80::1]:53", "dns"},
	{"127.0.0.0/31", "pair half orphan"},
	{"nothing", ""},
	{`/n(ode|ginx)\b/`, "pair half web"},
	{`/:5432$/`, "db"},
	{`-/^127/ tcp`, ""},
	{`/SERVER\.js/`, "pair half"},
	{"node state:established -chrome", "half"},
}

func TestQueryMatch(t *testing.T) {
	rows := testRows()
	for _, tt := range queryMatches {
		q, err := query.Parse(tt.query)
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		for range 2 { // the second time the memory of processes answers
			var got []string
			for _, name := range rowNames {
				if q.Match(rows[name]) {
					got = append(got, name)
				}
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, " ")); diff != "" {
				t.Errorf("%s: %s", tt.query, diff)
			}
		}
		again, err := query.Parse(q.String())
		if err != nil || again.String() != q.String() {
			t.Errorf("%s: String gives %q, which gives %v (%v)", tt.query, q, again, err)
		}
	}
}

func TestQueryString(t *testing.T) {
	tests := []struct{ query, want string }{
		{"", ""},
		{"  :3000   NOT:foo ", "3000 -foo"},
		{"port:3000,8000-8100 LPORT:1", "port:3000,8000-8100 lport:1"},
		{"!!foo", "foo"},
		{`name:"a b",c`, `name:"a b",c`},
		{`cmd:"a,b"`, `cmd:"a,b"`},
		{`cmd:"plain"`, `cmd:plain`},
		{`user:"7" user:007`, `user:"7" user:7`},
		{`"3000" "localhost" "-x" "say \"hi\" C:\\"`, `"3000" "localhost" "-x" "say \"hi\" C:\\"`},
		{`"word"`, "word"},
		{`/a b\/c/`, `/a b\/c/`},
		{"state:Estab,time-wait", "state:established,time_wait"},
		{"addr:127.0.0.1/8", "addr:127.0.0.0/8"},
		{"::FFFF:127.0.0.1", "127.0.0.1"},
		{"[::1]:3000", "[::1]:3000"},
		{"LocalHost", "localhost"},
		{`a"b`, `a"b`},
	}
	for _, tt := range tests {
		q, err := query.Parse(tt.query)
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
		} else if q.String() != tt.want {
			t.Errorf("%s: got %s, want %s", tt.query, q, tt.want)
		}
	}
}

func TestQueryPorts(t *testing.T) {
	type ranges = []sockets.PortRange
	tests := []struct {
		query string
		want  ranges
	}{
		{"", nil},
		{"node", nil},
		{"-3000", nil},
		{"127.0.0.1", nil},
		{"addr:127.0.0.1:80,::1", nil},
		{"3000", ranges{{First: 3000, Last: 3000}}},
		{"node lport:1-9,20", ranges{{First: 1, Last: 9}, {First: 20, Last: 20}}},
		{"1-1000 localhost:80 2-3", ranges{{First: 80, Last: 80}}},
	}
	for _, tt := range tests {
		q, err := query.Parse(tt.query)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, q.Ports()); diff != "" {
			t.Errorf("%s: %s", tt.query, diff)
		}
	}
}

func TestEmptyQuery(t *testing.T) {
	row := testRows()["db"]
	for _, q := range []*query.Query{nil, {}} {
		if !q.Empty() || q.String() != "" || q.Ports() != nil || !q.Match(row) {
			t.Errorf("%#v narrows", q)
		}
	}
}
