package cli

import (
	"encoding/csv"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

func TestFormats(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--format csv --columns local,exposed,clients,process lport:3000 state:listen", "local,exposed,clients,process\n127.0.0.1:3000,no,1,node\n"},
		{"--format csv --no-header --columns role,remote,client,client_pid port:51234", "server,127.0.0.1:51234,chrome,3302\n"},
		{"--format tsv --columns pid,command lport:3000 state:listen", "pid\tcommand\n4411\tnode /home/ada/shop/server.js --port 3000\n"},
		{"--format tsv --no-header --columns local,pid,user,unit,no_owner 8080", "*:8080\t\troot\tshop.service\tother_user\n"},
		{"--format csv --no-header --columns state,time_left,process state:time_wait", "TIME_WAIT,42s,\n"},
		{"--columns PORT,remote_port,state port:51234", "PORT  REMOTE_PORT  STATE\n3000  51234        ESTABLISHED\n"},
		{"--no-header --columns pid,unit 8080", "-  shop.service\n"},
		{"--format TABLE --no-header --columns started,class,service,id lport:3000 state:listen", "2026-03-01T11:48:00Z  registered  hbci  0000000000000001\n"},
	} {
		if r := (setting{}).run(t, append([]string{"list"}, strings.Fields(c.args)...)...); r.code != 0 || r.out != c.want {
			t.Errorf("list %s: exit %d\n%q\nwant\n%q\n%s", c.args, r.code, r.out, c.want, r.err)
		}
	}
}

// A terminal shows the columns that were asked for, all of them, with the signs
// of the screen.
func TestColumnsOnTerminal(t *testing.T) {
	s := setting{terminal: terminal{out: true, width: 60}}
	r := s.run(t, "list", "--color=never", "--columns", "pid,remote,unit,local", "state:listen")
	want := ` PID  REMOTE / CLIENTS  UNIT          LOCAL
4411  1 client          —             127.0.0.1:3000
   —  no clients        shop.service          *:8080 ⚠
 812  no clients        —             [::%eth0]:8081 ⚠
 812  no clients        —             127.0.0.1:9000
`
	if r.out != want {
		t.Errorf("%s\nwant\n%s", r.out, want)
	}
}

// Every line of JSON is what the array has.
func TestJSONLIsTheArray(t *testing.T) {
	array := decode(t, setting{}.run(t, "list", "--json").out)
	if diff := cmp.Diff(array, decode(t, setting{}.run(t, "list", "--format", "json").out)); diff != "" {
		t.Errorf("--format json:\n%s", diff)
	}
	var lines []object
	for line := range strings.Lines(setting{}.run(t, "list", "--format=jsonl").out) {
		var o object
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, o)
	}
	if diff := cmp.Diff(array, lines); diff != "" {
		t.Errorf("--format jsonl:\n%s", diff)
	}
}

// Whatever processes are called, a record has as many fields as the header, and no
// field a sign of the screen.
func TestRecordsKeepTheirShape(t *testing.T) {
	for _, text := range append(hostile(), `say "hi", twice`, "a\tb", "=1+1") {
		s := setting{source: &fixedSource{snap: hostileShop(text)}}
		out := s.run(t, "list", "--format", "csv", "--all", "--columns", strings.Join(fieldNames(fields()), ",")).out
		records, err := csv.NewReader(strings.NewReader(out)).ReadAll() // which wants as many fields everywhere
		if err != nil || len(records) != 9 || len(records[0]) != len(fieldNames(fields())) {
			t.Errorf("%q: %d records, %v", text, len(records), err)
		}
		out = s.run(t, "list", "--format", "tsv", "--all").out
		for line := range strings.Lines(out) {
			if n := strings.Count(line, "\t") + 1; n != len(defaultFields()) {
				t.Errorf("%q: %d fields in %q", text, n, line)
			}
		}
	}
	for _, args := range [][]string{{"list"}, {"list", "--format", "csv"}, {"list", "--format", "tsv"}, {"list", "--unfold", "--all"}} {
		if out := (setting{}).run(t, args...).out; strings.ContainsAny(out, "⚠←→↔≤—▸") {
			t.Errorf("%q has signs:\n%s", args, out)
		}
	}
}

func TestBadFormats(t *testing.T) {
	known := "known columns: proto, local, remote, state, pid, process, age, user, command, "
	for args, want := range map[string]string{
		"list --columns prot":                   `--columns prot: unknown column "prot"; ` + known,
		"list --columns pid,,local":             `unknown column ""; ` + known,
		"list --format xml":                     "--format xml: must be one of: table, csv, tsv, jsonl, json",
		"watch --format json":                   "--format json: must be one of: table, csv, tsv, jsonl",
		"watch --columns lived":                 `unknown column "lived"; known columns: time, event, `,
		"list --json --format csv":              "--json and --format csv cannot be used together",
		"watch --json --format tsv":             "--json and --format tsv cannot be used together",
		"list --json --columns pid":             "--columns requires --format table, csv or tsv",
		"list --format jsonl --no-header":       "--no-header requires --format table, csv or tsv",
		"watch --format jsonl --columns pid":    "--columns requires --format table, csv or tsv",
		"list --format csv --columns pid nosuc": "no socket matches",
	} {
		code := 2
		if strings.HasPrefix(want, "no socket") {
			code = 1
		}
		if r := (setting{}).run(t, strings.Fields(args)...); r.code != code || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit %d, %q, want %d and %q", args, r.code, r.err, code, want)
		}
	}
	if r := (setting{}).run(t, "list", "--format", "csv", "--columns", "pid", "nosuch"); r.out != "pid\n" {
		t.Errorf("a file without rows has its columns all the same: %q", r.out)
	}
}

// fixedDetails knows the directory of one process.
type fixedDetails struct{ of process.Details }

func (f *fixedDetails) Details(pid int) (*process.Details, error) {
	if pid != f.of.PID {
		return nil, process.ErrGone
	}
	return &f.of, nil
}

// The directory is that of the process that was seen, never that of another with
// its PID.
func TestCwd(t *testing.T) {
	node := fixedDetails{process.Details{Process: *shop().Processes[4411], Cwd: untrusted.New("/home/ada/shop")}}
	other := node
	other.of.Start++
	for want, details := range map[string]*fixedDetails{"/home/ada/shop": &node, "": &other} {
		s := setting{processes: details}
		if r := s.run(t, "list", "--format", "tsv", "--no-header", "--columns", "cwd", "lport:3000", "state:listen"); r.out != want+"\n" {
			t.Errorf("tsv: %q, want %q", r.out, want)
		}
		r := s.run(t, "list", "--json", "lport:3000", "state:listen")
		if got, _ := decode(t, r.out)[0]["owners"].([]any)[0].(object)["cwd"].(string); got != want {
			t.Errorf("JSON: %q, want %q", got, want)
		}
	}
}

func TestWatchFormats(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "sessions", "shop.lotop")
	count := strings.Count(setting{}.run(t, "watch", "--replay", path).out, "\n")
	r := setting{}.run(t, "watch", "--replay", path, "--format", "csv")
	records, err := csv.NewReader(strings.NewReader(r.out)).ReadAll()
	if err != nil || len(records) != count+1 || records[0][0] != "time" {
		t.Errorf("csv: %d records of %d events, %v", len(records), count, err)
	}
	r = setting{}.run(t, "watch", "--replay", path, "--format", "tsv", "--no-header", "--columns", "event,local,debuggee,short_lived", "is:debugger", "lport:2345")
	if first, _, _ := strings.Cut(r.out, "\n"); first != "opened\t127.0.0.1:2345\torders\tno" {
		t.Errorf("tsv: %q", first)
	}
	r = setting{}.run(t, "watch", "--replay", path, "--columns", "event,unit")
	if first, _, _ := strings.Cut(r.out, "\n"); first != "event\tunit" || !strings.Contains(r.out, "\t-\n") {
		t.Errorf("columns alone: %q", r.out)
	}
	if a, b := (setting{}).run(t, "watch", "--replay", path, "--format", "jsonl"), (setting{}).run(t, "watch", "--replay", path, "--json"); a.out != b.out {
		t.Error("jsonl is not --json")
	}
}
