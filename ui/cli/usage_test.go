package cli

import (
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/ui/config"
)

func TestWrongUsage(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"list --unknown", "lotop: unknown flag: --unknown; lotop list --help lists all flags\n"},
		{"list --sor pid", "lotop: unknown flag: --sor; did you mean --sort? lotop list --help lists all flags\n"},
		{"list -state:listen", "lotop: -state:listen looks like a flag: to exclude a term use not:state:listen, or put -- before the query\n"},
		{"-state:listen", "lotop: -state:listen looks like a flag: to exclude a term use not:state:listen, or put -- before the query\n"},
		{"list -addr:127.0.0.1", "lotop: -addr:127.0.0.1 looks like a flag: to exclude a term use not:addr:127.0.0.1, or put -- before the query\n"},
		{"list -3000", "lotop: -3000 looks like a flag: to exclude a term use not:3000, or put -- before the query\n"},
		{"list -all", "lotop: unknown flag: -all; did you mean --all?\n"},
		{"list -xy", "lotop: unknown flag: -xy; lotop list --help lists all flags; to exclude a term use not:xy\n"},
		{"list --color pink", "lotop: --color pink: must be one of: auto, always, never\n"},
		{"list --source lsof", "lotop: --source lsof: must be one of: auto, diag, netstat\n"},
		{"list --sort size", "lotop: --sort size: must be one of: proto, local, remote, state, pid, process, user, age\n"},
		{"list --sort", "lotop: --sort requires a value: sort by column: proto, local, remote, state, pid, process, user, age\n"},
		{"watch --interval 2", "lotop: --interval 2: expected a duration such as 500ms or 2s\n"},
		{"wait 3000 --timeout 5", "lotop: --timeout 5: expected a duration such as 30s\n"},
		{"free 3000 --grace 5", "lotop: --grace 5: expected a duration such as 30s\n"},
		{"watch --for 5", "lotop: --for 5: expected a duration such as 30s\n"},
		{"why 3000 --replay x", "lotop: why does not support --replay: use it with lotop, list, ports or watch\n"},
		{"why 3000 -a", "lotop: why does not support -a: use it with lotop, list, ports or watch\n"},
		{"list --for 5s", "lotop: list does not support --for: use it with watch\n"},
		{"man --json", "lotop: man does not support --json: use it with lotop, doctor, free, list, ports, wait, watch or why\n"},
		{"--interval 2", "lotop: --interval 2: expected a duration such as 500ms or 2s\n"},
		{"--interval 49ms", "lotop: --interval 49ms: must be at least 50ms\n"},
		{"--theme pink", "lotop: --theme pink: must be one of: terminal, light, dark, contrast, solarized, gruvbox, nord, dracula\n"},
		{"--interval", "lotop: --interval requires a value: set the refresh interval, at least 50ms\n"},
		{"doctor x", "lotop: doctor takes no arguments; to search for sockets run lotop list doctor x\n"},
		{"config x", "lotop: config takes no arguments; to search for sockets run lotop list config x\n"},
		{"man x", "lotop: man takes no arguments; to search for sockets run lotop list man x\n"},
	} {
		r := setting{}.run(t, strings.Fields(c.args)...)
		if r.code != exitFailed || r.out != "" || r.err != c.want {
			t.Errorf("lotop %s: exit %d, %q\n got %swant %s", c.args, r.code, r.out, r.err, c.want)
		}
	}
}

func TestWrongQuery(t *testing.T) {
	for _, args := range [][]string{{"list", "python", "state:lisen"}, {"python", "state:lisen"}, {"list", "--json", "python", "state:lisen"}} {
		r := setting{}.run(t, args...)
		all := strings.SplitAfter(r.err, "\n")
		if r.code != exitFailed || r.out != "" || len(all) != 4 ||
			!strings.HasPrefix(all[0], "lotop: invalid query: state: unknown value lisen: did you mean listen?") ||
			all[1] != "  python state:lisen\n" || all[2] != "               ^^^^^\n" {
			t.Errorf("%q: exit %d, %q, %q", args, r.code, r.out, r.err)
		}
	}
}

func TestNegatedTerms(t *testing.T) {
	for _, args := range [][]string{
		{"list", "not:state:listen", "-a"},
		{"list", "-a", "!state:listen"},
		{"list", "-a", "--", "-state:listen"},
		{"-a", "--", "-state:listen"},
	} {
		r := setting{}.run(t, args...)
		if r.code != 0 || strings.Contains(r.out, "LISTEN") || strings.Count(r.out, "\n") != 5 {
			t.Errorf("%q: exit %d, %s%s", args, r.code, r.out, r.err)
		}
	}
}

func TestFailures(t *testing.T) {
	denied := errors.New("sock_diag: operation not permitted")
	for _, c := range []struct {
		setting
		code int
		want string
	}{
		{setting{openErr: sockets.ErrUnsupported}, exitFailed, "lotop: reading socket tables on "},
		{setting{openErr: denied}, exitFailed, "lotop: open the socket tables: sock_diag: operation not permitted\n"},
		{setting{source: &fixedSource{err: denied}}, exitFailed, "lotop: read the socket tables: sock_diag: operation not permitted\n"},
	} {
		r := c.run(t, "list")
		if r.code != c.code || r.out != "" || !strings.HasPrefix(r.err, c.want) || strings.Count(r.err, "\n") != 1 {
			t.Errorf("exit %d, %q, %q; want %q", r.code, r.out, r.err, c.want)
		}
	}
}

// failingWriter is an output that takes nothing.
type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

func TestOutputFails(t *testing.T) {
	var said strings.Builder
	for err, want := range map[error]result{
		syscall.EPIPE:  {code: exitClosedPipe},
		syscall.ENOSPC: {code: exitFailed, err: "lotop: write the list: no space left on device\n"},
	} {
		said.Reset()
		a := &app{
			out: failingWriter{err}, err: &said, getenv: func(string) string { return "" },
			open: func(live.Options) (sockets.Source, error) { return &fixedSource{snap: shop()}, nil },
		}
		if code := a.run(t.Context(), []string{"list"}); code != want.code || said.String() != want.err {
			t.Errorf("%v: exit %d, %q", err, code, said.String())
		}
	}
}

func TestScreen(t *testing.T) {
	both := terminal{in: true, out: true, width: 80}
	r := setting{terminal: both}.run(t, "-a", "--interval", "250ms", "--color", "never", "--no-mouse", "port:3000", "node")
	if r.code != 0 || r.screen == nil || r.out != "" || r.err != "" {
		t.Fatalf("exit %d, %q, %q", r.code, r.out, r.err)
	}
	o := r.screen
	if o.Source == nil || o.Open == nil || o.Query != "port:3000 node" || !o.All || o.Interval != 250*time.Millisecond || o.Color != "never" || !o.NoMouse || o.Version == "" {
		t.Errorf("%+v", *o)
	}
	if r := (setting{terminal: both}).run(t, "--interval=50ms"); r.screen == nil || r.screen.Interval != config.MinInterval {
		t.Errorf("the least interval: %q", r.err)
	}
	if r := (setting{terminal: both}).run(t); r.screen == nil || r.screen.Interval != time.Second || r.screen.Color != "auto" {
		t.Errorf("%+v", r.screen)
	}
	for name, s := range map[string]setting{
		"no terminal for input":  {terminal: terminal{out: true, width: 120}},
		"no terminal for output": {terminal: terminal{in: true}},
		"TERM=dumb":              {terminal: both, env: map[string]string{"TERM": "dumb"}},
	} {
		r := s.run(t)
		if r.screen != nil || r.code != 0 || !strings.Contains(r.out, "127.0.0.1:3000") {
			t.Errorf("%s: exit %d, %q, %q", name, r.code, r.out, r.err)
		}
		if said := strings.Contains(r.err, "TERM=dumb"); said != (name == "TERM=dumb") {
			t.Errorf("%s: %q", name, r.err)
		}
	}
	for err, want := range map[error]int{tea.ErrInterrupted: 130, io.ErrUnexpectedEOF: 2, nil: 0} {
		if r := (setting{terminal: both, screen: err}).run(t); r.code != want || (r.err != "") != (want == 2) {
			t.Errorf("the screen ends with %v: exit %d, %q", err, r.code, r.err)
		}
	}
	if r := (setting{terminal: both}).run(t, "state:lisen"); r.screen != nil || r.code != 2 {
		t.Errorf("a wrong query: exit %d", r.code)
	}
}

func TestHelp(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"--help", "lotop list reach:network"},
		{"list --help", "lotop list port:3000"},
		{"help list", "lotop list port:3000"},
		{"man", ".SH QUERIES"},
		{"man", `XDG_CONFIG_HOME/lotop/config`},
		{"config --help", "lotop config --theme dark"},
		{"__complete config --theme ", "contrast\n"},
		{"man", `\fB\-a\fP, \fB\-\-all\fP`},
		{"completion bash", "__start_lotop"},
		{"completion zsh", "#compdef lotop"},
		{"--version", "lotop version "},
		{"--help", "\n  man  "},
		{"help list", "\nGlobal flags:\n      --ascii"},
		{"list --help --color always", "\x1b[1mUsage:"},
		{"__complete list st", "state:"},
		{"__complete list state:fin_wait1,li", "state:fin_wait1,listen\n"},
		{"__complete list not:is:", "not:is:debugger\n"},
		{"__complete list --sort ", "process\n"},
	} {
		r := setting{}.run(t, strings.Split(c.args, " ")...)
		if r.code != 0 || !strings.Contains(r.out, c.want) {
			t.Errorf("lotop %s: exit %d, no %q in\n%s%s", c.args, r.code, c.want, r.out, r.err)
		}
	}
	dumb := setting{terminal: terminal{in: true, out: true}, env: map[string]string{"TERM": "dumb"}}
	if r := dumb.run(t, "--help"); r.code != 0 || strings.Contains(r.out, "\x1b") || !strings.Contains(r.out, "reach:network") {
		t.Errorf("help on a dumb terminal: exit %d\n%s", r.code, r.out)
	}
	if r := dumb.run(t, "--version"); r.code != 0 || !strings.HasPrefix(r.out, "lotop version ") {
		t.Errorf("version on a dumb terminal: exit %d\n%s", r.code, r.out)
	}
}
