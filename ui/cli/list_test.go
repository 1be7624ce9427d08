package cli

import (
	"fmt"
	"strings"
	"testing"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui/style"
)

const warning = "lotop: 1 socket of another user: no process name; run as root to see it\n"

// shopTable is what everybody gets who is no terminal: nothing cut, every column
// there, one value in each.
const shopTable = `PROTO  LOCAL           REMOTE           STATE        ROLE    EXPOSED  CLIENTS  PID   PROCESS  CLIENT_PID  CLIENT  USER  UNIT          AGE  COMMAND
tcp    127.0.0.1:3000  -                LISTEN       -       no       1        4411  node     -           -       ada   -             12m  node /home/ada/shop/server.js --port 3000
tcp    127.0.0.1:3000  127.0.0.1:51222  TIME_WAIT    server  no       -        -     -        -           -       -     -             -    -
tcp    127.0.0.1:3000  127.0.0.1:51234  ESTABLISHED  server  no       -        4411  node     3302        chrome  ada   -             12m  node /home/ada/shop/server.js --port 3000
tcp    *:8080          -                LISTEN       -       yes      0        -     -        -           -       root  shop.service  -    -
tcp    [::%eth0]:8081  -                LISTEN       -       yes      0        812   misc     -           -       ada   -             60s  -
tcp    127.0.0.1:9000  -                LISTEN       -       no       0        812   misc     -           -       ada   -             60s  -
udp    0.0.0.0:5353    -                UNCONN       -       yes      -        812   misc     -           -       ada   -             60s  -
`

// wideTable is what a wide terminal shows.
const wideTable = `PROTO  LOCAL             REMOTE / CLIENTS   STATE           PID  PROCESS                  AGE  USER  COMMAND
tcp    127.0.0.1:3000    1 client           LISTEN         4411  node                    ≤12m  ada   node /home/ada/shop/server.js --port 3000
tcp    127.0.0.1:3000    ← 127.0.0.1:51222  TIME_WAIT 42s     —  —                          —  —     —
tcp    127.0.0.1:3000    ← 127.0.0.1:51234  ESTABLISHED    4411  node ← chrome (3302)    ≤12m  ada   node /home/ada/shop/server.js --port 3000
tcp            *:8080 ⚠  no clients         LISTEN            —  user root shop.service     —  root  —
tcp    [::%eth0]:8081 ⚠  no clients         LISTEN          812  misc                    ≤60s  ada   —
tcp    127.0.0.1:9000    no clients         LISTEN          812  misc                    ≤60s  ada   —
udp      0.0.0.0:5353 ⚠  —                  UNCONN          812  misc                    ≤60s  ada   —
`

func TestTable(t *testing.T) {
	r := setting{}.run(t, "list")
	if r.code != 0 || r.out != shopTable || r.err != warning {
		t.Errorf("list: exit %d\n%s%s\nwant\n%s%s", r.code, r.out, r.err, shopTable, warning)
	}
	if r := (setting{}).run(t); r.code != 0 || r.out != shopTable {
		t.Errorf("lotop without a terminal: exit %d\n%s", r.code, r.out)
	}
	if r := (setting{terminal: terminal{out: true, width: 200}}).run(t, "list", "--color=never"); r.code != 0 || r.out != wideTable {
		t.Errorf("list on a terminal: exit %d\n%s\nwant\n%s", r.code, r.out, wideTable)
	}
}

func TestTableIsStable(t *testing.T) {
	r := setting{}.run(t, "list", "state:time_wait")
	want := `PROTO  LOCAL           REMOTE           STATE      ROLE    EXPOSED  CLIENTS  PID  PROCESS  CLIENT_PID  CLIENT  USER  UNIT  AGE  COMMAND
tcp    127.0.0.1:3000  127.0.0.1:51222  TIME_WAIT  server  no       -        -    -        -           -       -     -     -    -
`
	if r.out != want {
		t.Errorf("not on a terminal every column has to be there:\n%s", r.out)
	}
	r = setting{terminal: terminal{out: true, width: 100}}.run(t, "list", "state:time_wait", "--color=never")
	want = `PROTO  LOCAL           REMOTE / CLIENTS   STATE
tcp    127.0.0.1:3000  ← 127.0.0.1:51222  TIME_WAIT 42s
`
	if r.out != want {
		t.Errorf("on a terminal a column that says nothing is left out:\n%s", r.out)
	}
}

func TestSortAndUnfold(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--sort pid state:listen", "8081 9000 3000 8080"},
		{"--sort=PID --reverse state:listen", "8080 3000 8081 9000"},
		{"port:51234", "3000"},
		{"--unfold port:51234", "3000 51234"},
		{"--all rport:443", "40000"},
	} {
		r := setting{}.run(t, append([]string{"list"}, strings.Fields(c.args)...)...)
		var ports []string
		for _, line := range strings.Split(strings.TrimSpace(r.out), "\n")[1:] {
			local := strings.Fields(line)[1]
			ports = append(ports, local[strings.LastIndexByte(local, ':')+1:])
		}
		if got := strings.Join(ports, " "); got != c.want {
			t.Errorf("list %s: %s, want %s", c.args, got, c.want)
		}
	}
}

func TestWidth(t *testing.T) {
	for _, q := range []string{"", "state:listen", "rport:443"} {
		for width := 10; width <= 160; width++ {
			r := setting{terminal: terminal{out: true, width: width}}.run(t, "list", "--all", "--color=never", q)
			for line := range strings.Lines(r.out) {
				if w := style.Width(strings.TrimSuffix(line, "\n")); w > width {
					t.Fatalf("width %d: a line of %d cells: %q", width, w, line)
				}
			}
		}
	}
	r := setting{terminal: terminal{out: true, width: 40}}.run(t, "list", "--color=never", "port:3000")
	want := `LOCAL           PROCESS
127.0.0.1:3000  node
127.0.0.1:3000  —
127.0.0.1:3000  node ← chrome (3302)
`
	if r.out != want {
		t.Errorf("40 columns:\n%s", r.out)
	}
}

func TestCommandLosesItsMiddle(t *testing.T) {
	r := setting{terminal: terminal{out: true, width: 130}}.run(t, "list", "--color=never", "state:listen", "lport:3000")
	if !strings.HasSuffix(r.out, "node /home/…r.js --port 3000\n") && !strings.HasSuffix(r.out, "--port 3000\n") {
		t.Errorf("the end of the command is not there:\n%s", r.out)
	}
	r = setting{terminal: terminal{out: true, width: 105}}.run(t, "list", "--color=never", "state:listen", "lport:3000")
	if !strings.Contains(r.out, "…") || !strings.HasSuffix(r.out, "--port 3000\n") {
		t.Errorf("the command has to lose its middle:\n%s", r.out)
	}
}

func TestColor(t *testing.T) {
	onTerminal := terminal{out: true, width: 120}
	for _, c := range []struct {
		setting
		flag string
		want bool
	}{
		{setting{}, "auto", false},
		{setting{}, "always", true},
		{setting{}, "never", false},
		{setting{terminal: onTerminal}, "auto", true},
		{setting{terminal: onTerminal}, "never", false},
		{setting{terminal: onTerminal, env: map[string]string{"NO_COLOR": "yes"}}, "auto", false},
		{setting{terminal: onTerminal, env: map[string]string{"NO_COLOR": "0"}}, "auto", false},
		{setting{terminal: onTerminal, env: map[string]string{"NO_COLOR": "yes"}}, "always", true},
		{setting{terminal: onTerminal, env: map[string]string{"TERM": "dumb"}}, "auto", false},
	} {
		r := c.run(t, "list", "--color", c.flag)
		if got := strings.Contains(r.out, "\x1b["); got != c.want {
			t.Errorf("--color %s, terminal %v, %v: colors %v", c.flag, c.terminal.out, c.env, got)
		}
	}
	r := setting{terminal: terminal{out: true, width: 200}}.run(t, "list", "--color=always")
	plain := strings.NewReplacer("\x1b[90m", "", "\x1b[33m", "", "\x1b[31m", "", "\x1b[0m", "").Replace(r.out)
	if plain != wideTable {
		t.Errorf("colors change the text:\n%s", plain)
	}
	for _, want := range []string{"\x1b[31m ⚠\x1b[0m", "\x1b[90mTIME_WAIT 42s\x1b[0m", "\x1b[90mPROTO\x1b[0m"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in %q", want, r.out)
		}
	}
}

// hostile are texts that a process can give itself.
func hostile() []string {
	return []string{
		"a\x1b]0;title\x07b", "\x1b[2J", "x\ny\r\n", "\u202egnp.exe", "\xff\xfe", "\u009b31m",
		"\u2028\u2029", "\u200bzero", "\u00ad", "日本\u0000", strings.Repeat("w", 300), "😀\u200d😀",
	}
}

// hostileShop is a machine on which everything that can choose a name does.
func hostileShop(text string) sockets.Snapshot {
	snap := shop()
	bad := untrusted.New(text)
	for pid, p := range snap.Processes {
		q := *p
		q.Name, q.Command, q.Args = bad, bad, []string{text, text}
		q.Cgroup = process.Cgroup{Path: bad, Unit: bad, Container: bad, Engine: "docker"}
		snap.Processes[pid] = &q
	}
	snap.Users = map[uint32]untrusted.Text{0: bad, ada: bad}
	snap.Interfaces = map[uint32]untrusted.Text{3: bad}
	return snap
}

func checkClean(t testing.TB, what, text string) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if clean := untrusted.New(line).String(); clean != line {
			t.Errorf("%s: a line that a terminal could obey: %q", what, line)
		}
	}
}

func everyOutput(t testing.TB, text string) {
	source := &fixedSource{snap: hostileShop(text)}
	lines := 0
	for _, s := range []setting{{source: source}, {source: source, terminal: terminal{out: true, width: 90}}} {
		for _, args := range [][]string{{"list"}, {"list", "--json"}, {"list", "--all", "--unfold"}, {"list", text}, {text}, {"list", "--" + text}, {"list", "-" + text}, {"list", "--color", text}} {
			r := s.run(t, append(args, "--color=never")...)
			what := fmt.Sprintf("%q", args)
			if args[len(args)-1] == "list" { // then nothing but names can break lines
				if lines == 0 {
					lines = strings.Count(r.out, "\n")
				}
				if n := strings.Count(r.out, "\n"); n != lines {
					t.Errorf("%s: %d lines, want %d", what, n, lines)
				}
			}
			checkClean(t, what+" stdout", r.out)
			checkClean(t, what+" stderr", r.err)
		}
	}
}

func TestHostileText(t *testing.T) {
	for _, text := range hostile() {
		everyOutput(t, text)
	}
}

func FuzzOutput(f *testing.F) {
	for _, text := range hostile() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.HasPrefix(text, "help") || strings.HasPrefix(text, "completion") || strings.HasPrefix(text, "man") || strings.HasPrefix(text, "__complete") {
			t.Skip("a command of its own")
		}
		everyOutput(t, text)
	})
}

func TestNothing(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"nosuch", "no socket matches nosuch; without the query: 7, with --all: none"},
		{"rport:443", "no socket matches rport:443; without the query: 7, with --all: 1"},
		{"--all nosuch", "no socket matches nosuch; without the query: 8"},
	} {
		r := setting{}.run(t, append([]string{"list"}, strings.Fields(c.args)...)...)
		if r.code != 1 || r.out != "" || r.err != warning+"lotop: "+c.want+"\n" {
			t.Errorf("list %s: exit %d, %q, %q", c.args, r.code, r.out, r.err)
		}
	}
	empty := setting{source: &fixedSource{}}
	if r := empty.run(t, "list"); r.code != 1 || r.out != "" || !strings.Contains(r.err, "no socket on loopback") {
		t.Errorf("an empty machine: exit %d, %q, %q", r.code, r.out, r.err)
	}
	if r := empty.run(t, "list", "--json"); r.code != 1 || r.out != "[]\n" {
		t.Errorf("an empty machine in JSON: exit %d, %q", r.code, r.out)
	}
}
