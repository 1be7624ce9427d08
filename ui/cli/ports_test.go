package cli

import (
	"encoding/csv"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui/style"
)

// portShop is shop with twins and a forwarded port.
func portShop() sockets.Snapshot {
	snap := shop()
	six := owned(20, sockets.Listen, "[::1]:3000", 4411, 19)
	tunnel := owned(21, sockets.Listen, "127.0.0.1:15432", 900, 4)
	snap.Sockets = append(snap.Sockets, six, tunnel)
	node := *snap.Processes[4411]
	node.Args = strings.Fields(node.Command.Raw())
	snap.Processes[4411] = &node
	ssh := proc(900, "ssh", "ssh -N -L 15432:localhost:5432 root@db", 0)
	ssh.Args = strings.Fields(ssh.Command.Raw())
	snap.Processes[900] = ssh
	return snap
}

// inShop runs a command line in portShop, where one directory is known.
func inShop(t testing.TB, on terminal, args ...string) result {
	t.Helper()
	details := fixedDetails{process.Details{Process: *shop().Processes[4411], Cwd: untrusted.New("/home/ada/shop")}}
	return setting{source: &fixedSource{snap: portShop()}, terminal: on, processes: &details}.run(t, append([]string{"ports"}, args...)...)
}

// portTable is what everybody gets who is no terminal.
const portTable = `PORT   PROTO  STATE   ON         EXPOSED  CLIENTS  PID   PROCESSES  USER  UNIT          AGE  FOLDER  PROGRAM         CLIENT_PROGRAMS  COMMAND
3000   tcp    LISTEN  localhost  no       1        4411  1          ada   -             12m  shop    node server.js  chrome           node /home/ada/shop/server.js --port 3000
8080   tcp    LISTEN  every      yes      0        -     -          root  shop.service  -    -       -               -                -
8081   tcp    LISTEN  every6     yes      0        812   1          ada   -             60s  -       misc            -                -
9000   tcp    LISTEN  127.0.0.1  no       0        812   1          ada   -             60s  -       misc            -                -
15432  tcp    LISTEN  127.0.0.1  no       0        900   1          ada   -             0s   -       ssh             -                ssh -N -L 15432:localhost:5432 root@db
5353   udp    UNCONN  every4     yes      -        812   1          ada   -             60s  -       misc            -                -
`

func TestPorts(t *testing.T) {
	r := inShop(t, terminal{})
	if want := strings.ReplaceAll(portTable, "every6   ", "every6%eth0"); r.code != 0 || squeezed(r.out) != squeezed(want) || r.err != warning {
		t.Errorf("exit %d\n%s%s\nwant\n%s", r.code, r.out, r.err, want)
	}
	if strings.ContainsAny(r.out, "⚠←→↔≤—–▸×◇") {
		t.Errorf("signs in a pipe:\n%s", r.out)
	}
}

// squeezed leaves out the gaps between columns, which are as wide as their cells.
func squeezed(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.Join(strings.Fields(line), " ") + "\n")
	}
	return b.String()
}

// The program of the view is named by package ui; here it is its place that counts.
func TestPortsOnTerminal(t *testing.T) {
	for _, c := range []struct {
		width int
		args  string
		want  []string // of each line its beginning and its end, or ""
	}{
		{120, "", []string{
			"PORT ON WHO FOLDER CLIENTS PID", "3000 localhost node shop chrome (3302) 4411", "8080 every ⚠ user root shop.service – —",
			"8081 every6%eth0 ⚠ misc – 812", "9000 127.0.0.1 misc – 812", "15432 127.0.0.1 ssh – 900", "5353 every4 ⚠ misc udp 812",
		}},
		{80, "lport:3000", []string{"PORT ON WHO CLIENTS PID", "3000 localhost node · shop chrome (3302) 4411"}},
		{120, "--columns pid,clients,addresses,port lport:3000", []string{"PID CLIENTS ADDRESSES PORT", "4411 chrome (3302) 127.0.0.1,::1 3000"}},
		{120, "--ascii lport:5353", []string{"PORT ON WHO CLIENTS PID", "5353 every4 ! misc udp 812"}},
	} {
		r := inShop(t, terminal{out: true, width: c.width}, append(strings.Fields(c.args), "--color=never")...)
		got := strings.Split(strings.TrimSuffix(squeezed(r.out), "\n"), "\n")
		for i, line := range got {
			for _, hint := range []string{" server.js", " server", " → root@db:5432"} {
				line = strings.Replace(line, hint, "", 1) // which package ui may add
			}
			got[i] = line
		}
		if diff := cmp.Diff(c.want, got); diff != "" || r.code != 0 {
			t.Errorf("%d columns, %s: exit %d\n%s\n%s", c.width, c.args, r.code, diff, r.out)
		}
	}
	for width := 10; width <= 160; width++ {
		for line := range strings.Lines(inShop(t, terminal{out: true, width: width}, "--color=never").out) {
			if w := style.Width(strings.TrimSuffix(line, "\n")); w > width {
				t.Fatalf("width %d: a line of %d cells: %q", width, w, line)
			}
		}
	}
}

// What is said of the table stands apart from it, and only where somebody looks.
func TestPortsTimeWait(t *testing.T) {
	const line = "1 closed connection still waits (TIME_WAIT): 1 to :3000\n"
	onTerminal := terminal{out: true, width: 120}
	if r := inShop(t, onTerminal); r.err != line+warning || strings.Contains(r.out, "TIME_WAIT") {
		t.Errorf("%q, %q", r.out, r.err)
	}
	for _, r := range []result{inShop(t, terminal{}), inShop(t, onTerminal, "--json"), inShop(t, onTerminal, "--format", "csv"), inShop(t, onTerminal, "name:misc")} {
		if strings.Contains(r.err, "TIME_WAIT") {
			t.Errorf("%q", r.err)
		}
	}
	if r := inShop(t, terminal{}, "--no-header", "--columns", "port,time_wait", "name:node,misc"); squeezed(r.out) != "3000 1\n8081 0\n9000 0\n5353 -\n" {
		t.Errorf("%q", r.out)
	}
}

func TestPortsFormats(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--format csv --columns port,on,addresses,exposed,processes lport:3000", "port,on,addresses,exposed,processes\n3000,localhost,\"127.0.0.1,::1\",no,1\n"},
		{"--format tsv --no-header --columns client_pids,client_programs,clients,folder,cwd 3000", "3302\tchrome\t1\tshop\t/home/ada/shop\n"},
		{"--format tsv --no-header --columns program,forward,process 15432", "ssh\troot@db:5432\tssh\n"},
		{"--format tsv --no-header --columns port,program,unit,no_owner 8080", "8080\t\tshop.service\tother_user\n"},
		{"--format TABLE --no-header --columns port,service,id,container lport:3000", "3000  hbci  0000000000000001  -\n"},
		{"--format csv --columns port nosuch", "port\n"},
	} {
		if r := inShop(t, terminal{}, strings.Fields(c.args)...); r.out != c.want {
			t.Errorf("ports %s: exit %d\n%q\nwant\n%q\n%s", c.args, r.code, r.out, c.want, r.err)
		}
	}
	for args, want := range map[string]string{
		"--sort clients":                "3000 8080 8081 9000 15432 5353",
		"--sort pid":                    "8081 9000 5353 15432 3000 8080",
		"--sort=PROGRAM --reverse":      "15432 3000 8081 9000 5353 8080",
		"--sort age proto:tcp not:8080": "15432 8081 9000 3000",
		"--reverse --sort user":         "3000 8081 9000 15432 5353 8080",
		"name:chrome":                   "3000",
		"is:exposed --sort port":        "8080 8081 5353",
		"--all rport:443":               "",
	} {
		r := inShop(t, terminal{}, append(strings.Fields(args), "--no-header", "--columns", "port")...)
		if got := strings.Join(strings.Fields(r.out), " "); got != want {
			t.Errorf("ports %s: %s, want %s\n%s", args, got, want, r.err)
		}
	}
}

func TestPortsWrong(t *testing.T) {
	for args, want := range map[string]string{
		"--sort local":          "--sort local: must be one of: port, program, clients, pid, age, user",
		"--columns who":         `unknown column "who"; known columns: port, on, program, folder, clients, pid, addresses, `,
		"--json --format csv":   "--json and --format csv cannot be used together",
		"--json --columns port": "--columns requires --format table, csv or tsv",
		"--unfold":              "ports does not support --unfold: use it with list",
		"state:lisen":           "invalid query: state: unknown value lisen",
	} {
		if r := inShop(t, terminal{}, strings.Fields(args)...); r.code != 2 || r.out != "" || !strings.Contains(r.err, want) {
			t.Errorf("ports %s: exit %d, %q, %q, want %q", args, r.code, r.out, r.err, want)
		}
	}
	for args, want := range map[string]string{
		"nosuch":          "no port matches nosuch; without the query: 6, with --all: none",
		"--json nosuch":   "no port matches nosuch; without the query: 6, with --all: none",
		"--all rport:443": "no port matches rport:443; without the query: 6",
	} {
		if r := inShop(t, terminal{}, strings.Fields(args)...); r.code != 1 || r.err != warning+"lotop: "+want+"\n" || r.out != "" && r.out != "[]\n" {
			t.Errorf("ports %s: exit %d, %q, %q", args, r.code, r.out, r.err)
		}
	}
	if r := (setting{source: &fixedSource{}}).run(t, "ports"); r.code != 1 || r.out != "" || !strings.Contains(r.err, "no port on loopback") {
		t.Errorf("an empty machine: %+v", r)
	}
}

func TestPortsJSON(t *testing.T) {
	misc := object{"pid": 812.0, "started": "2026-03-01T11:59:00Z", "name": "misc"}
	for query, want := range map[string]object{
		"lport:3000": {
			"port": 3000.0, "protocol": "tcp", "state": "LISTEN", "place": "localhost", "addresses": []any{"127.0.0.1", "::1"}, "exposed": false,
			"program": "node server.js", "folder": "shop", "uid": 1000.0, "user": "ada",
			"owners": []any{object{
				"pid": 4411.0, "fd": 18.0, "name": "node", "command": "node /home/ada/shop/server.js --port 3000",
				"started": "2026-03-01T11:48:00Z", "cwd": "/home/ada/shop",
			}},
			"clients":     []any{object{"pid": 3302.0, "name": "chrome", "program": "chrome", "connections": 1.0}},
			"connections": 1.0, "time_wait": 1.0, "sockets": []any{"0000000000000001", "0000000000000014"},
		},
		"8080": {
			"port": 8080.0, "protocol": "tcp", "state": "LISTEN", "place": "every", "addresses": []any{"::"}, "exposed": true,
			"uid": 0.0, "user": "root", "unit": "shop.service", "no_owner_reason": "other_user",
			"clients": []any{}, "connections": 0.0, "time_wait": 0.0, "sockets": []any{"0000000000000004"},
		},
		"5353": {
			"port": 5353.0, "protocol": "udp", "state": "UNCONN", "place": "every4", "addresses": []any{"0.0.0.0"}, "exposed": true,
			"program": "misc", "uid": 1000.0, "user": "ada", "owners": []any{misc}, "sockets": []any{"0000000000000005"},
		},
	} {
		r := inShop(t, terminal{}, "--json", query)
		if diff := cmp.Diff([]object{want}, decode(t, r.out)); diff != "" || r.code != 0 {
			t.Errorf("ports --json %s: exit %d\n%s", query, r.code, diff)
		}
		if line := inShop(t, terminal{}, "--format=jsonl", query).out; "[\n"+line+"]\n" != r.out {
			t.Errorf("jsonl: %q", line)
		}
	}
	if all := decode(t, inShop(t, terminal{out: true}, "--json", "15432").out); all[0]["forward"] != "root@db:5432" || all[0]["program"] != "ssh" {
		t.Errorf("a forwarded port: %v", all)
	}
}

// Connections whose process is not known are one client, without a name.
func TestPortsUnknownClients(t *testing.T) {
	snap := shop()
	snap.Sockets = snap.Sockets[:2] // the client is on another machine
	snap.Sockets[1].Remote = addrPort("192.168.1.9:51234")
	s := setting{source: &fixedSource{snap: snap}}
	got := decode(t, s.run(t, "ports", "--json", "--all").out)[0]["clients"]
	if diff := cmp.Diff([]any{object{"connections": 1.0}}, got); diff != "" {
		t.Error(diff)
	}
	if r := s.run(t, "ports", "--all", "--no-header", "--columns", "clients,client_programs,client_pids"); squeezed(r.out) != "1 - -\n" {
		t.Errorf("%q", r.out)
	}
}

func TestPortsHostile(t *testing.T) {
	for _, text := range append(hostile(), `say "hi", twice`, "a\tb", "=1+1") {
		details := fixedDetails{process.Details{Process: *shop().Processes[4411], Cwd: untrusted.New("/home/" + text)}}
		s := setting{source: &fixedSource{snap: hostileShop(text)}, processes: &details}
		every := strings.Join(fieldNames(portFields()), ",")
		for _, on := range []terminal{{}, {out: true, width: 90}, {out: true, width: 140}} {
			s.terminal = on
			for _, args := range [][]string{{}, {"--json"}, {"--format", "tsv"}, {"--columns", every}, {text}} {
				r := s.run(t, append([]string{"ports", "--color=never"}, args...)...)
				checkClean(t, fmt.Sprintf("%q stderr", args), r.err)
				checkClean(t, fmt.Sprintf("%q stdout", args), strings.ReplaceAll(r.out, "\t", " "))
				if len(args) == 0 && strings.Count(r.out, "\n") != 6 {
					t.Errorf("%q: %q", text, r.out)
				}
			}
		}
		s.terminal = terminal{}
		records, err := csv.NewReader(strings.NewReader(s.run(t, "ports", "--format", "csv", "--columns", every).out)).ReadAll()
		if err != nil || len(records) != 6 {
			t.Errorf("%q: %d records, %v", text, len(records), err)
		}
	}
}

func TestPortsOfSession(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "sessions", "shop.lotop")
	r := setting{}.run(t, "ports", "--replay", path, "--no-header", "--format", "csv", "--columns", "port,on,program,debugger,debuggee,clients", "lport:2345,8000,8080")
	want := "2345,127.0.0.1,dlv,delve,orders,0\n8000,every4,python3 -m http.server,,,0\n8080,127.0.0.1,orders,,,0\n"
	if r.code != 0 || r.out != want {
		t.Errorf("exit %d\n%s%s\nwant\n%s", r.code, r.out, r.err, want)
	}
}
