package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// lotop makes the command line, to be run as a process of its own.
func lotop(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	return lotopFor(t, 4*socketstest.Timeout, args...)
}

// lotopFor is lotop for as long as that at most.
func lotopFor(t testing.TB, limit time.Duration, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, exe, args...)
	cmd.Env = append(socketstest.RoleEnviron(os.Environ(), lotopRole, ""), "LC_ALL=C.UTF-8", "GORACE=atexit_sleep_ms=0")
	return cmd
}

func execute(t testing.TB, cmd *exec.Cmd) result {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return result{code: cmd.ProcessState.ExitCode(), out: out.String(), err: errOut.String()}
}

func TestLiveExitCodes(t *testing.T) {
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	there := l.Local.String() // other tests may have the port at other addresses
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"list", there}, 0},
		{[]string{there}, 0},
		{[]string{"list", "proto:tcp", there, "not:state:listen"}, 1},
		{[]string{"list", "state:lisen"}, 2},
		{[]string{"list", "--nosuch"}, 2},
		{[]string{"--help"}, 0},
	} {
		if r := execute(t, lotop(t, c.args...)); r.code != c.want || (c.want > 0) != (r.err != "" && r.out == "") {
			t.Errorf("lotop %q: exit %d, want %d\n%s%s", c.args, r.code, c.want, r.out, r.err)
		}
	}
}

func TestLiveRow(t *testing.T) {
	p := socketstest.Start(t, socketstest.Name("shop"), socketstest.Args("shop", "--port", "3000"))
	l := p.Listen("tcp4", "127.0.0.1:0", socketstest.Backlog(7))
	c := p.Dial(l.Target())
	a := p.Accept(l)
	query := l.Local.String()
	r := execute(t, lotop(t, "list", "proto:tcp", query))
	for _, want := range []string{l.Local.String(), "LISTEN       -       no       1 ", " " + c.Local.String() + " ", "ESTABLISHED  server", strconv.Itoa(p.PID()), "shop --port 3000"} {
		if !strings.Contains(r.out, want) {
			t.Errorf("no %q in\n%s", want, r.out)
		}
	}
	if n := strings.Count(r.out, "\n"); n != 3 {
		t.Errorf("%d lines, want the titles, the listener and one connection:\n%s", n, r.out)
	}
	all := decode(t, execute(t, lotop(t, "list", "--json", "proto:tcp", query)).out)
	if len(all) != 3 {
		t.Fatalf("%d objects, want 3: %v", len(all), all)
	}
	for _, s := range []socketstest.Sock{l, c, a} {
		i := slices.IndexFunc(all, func(o object) bool { return o["inode"] == float64(s.Inode) })
		if i < 0 {
			t.Fatalf("inode %d is missing", s.Inode)
		}
		owner := all[i]["owners"].([]any)[0].(object)
		if owner["pid"] != float64(p.PID()) || owner["fd"] != float64(s.FD) || owner["name"] != "shop" || all[i]["uid"] != float64(os.Getuid()) {
			t.Errorf("%v", all[i])
		}
	}
}

// ss is the judge: what it shows of the test's sockets, lotop shows too.
func TestAsSS(t *testing.T) {
	if _, err := exec.LookPath("ss"); err != nil {
		t.Skip("ss is not installed: nothing to compare with")
	}
	p := socketstest.Start(t)
	l4, l6 := p.Listen("tcp4", "127.0.0.1:0"), p.Listen("tcp6", "[::1]:0")
	star, wild := p.Listen("tcp6", "[::]:0", socketstest.DualStack), p.Listen("tcp4", "0.0.0.0:0")
	udp := p.UDP("127.0.0.1:0")
	p.Dial(l4.Target())
	p.Accept(l4)
	// Other tests run at the same time, at the same ports of other addresses.
	ours := []string{
		"tcp " + l4.Local.String(), fmt.Sprintf("tcp ::1:%d", l6.Local.Port()), fmt.Sprintf("tcp *:%d", star.Local.Port()),
		"tcp " + wild.Local.String(), "udp " + udp.Local.String(),
	}
	out, err := exec.CommandContext(t.Context(), "ss", "-tunaH").Output()
	if err != nil {
		t.Skip("ss does not run here:", err)
	}
	var want []string
	for line := range strings.Lines(string(out)) {
		if w := fromSS(strings.Fields(line), ours); w != "" {
			want = append(want, w)
		}
	}
	var got []string
	for _, o := range decode(t, execute(t, lotop(t, "list", "--json", "--all")).out) {
		if w := fromJSON(o, ours); w != "" {
			got = append(got, w)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(got) != 7 {
		t.Errorf("lotop shows\n%s\nss shows\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func fromSS(f, ours []string) string {
	states := map[string]string{"LISTEN": "LISTEN", "ESTAB": "ESTABLISHED", "UNCONN": "UNCONN"}
	remote := f[5]
	if strings.HasSuffix(remote, ":*") {
		remote = ""
	}
	return asLine(f[0], states[f[1]], strings.NewReplacer("[", "", "]", "").Replace(f[4]), remote, ours)
}

func fromJSON(o object, ours []string) string {
	local := o["local"].(object)
	if o["dual_stack"] == true {
		local["address"] = "*"
	}
	remote := ""
	if r, ok := o["remote"].(object); ok {
		remote = fmt.Sprintf("%v:%v", r["address"], r["port"])
	}
	return asLine(o["protocol"].(string), o["state"].(string), fmt.Sprintf("%v:%v", local["address"], local["port"]), remote, ours)
}

// asLine is empty for a socket that has none of our ends.
func asLine(protocol, state, local, remote string, ours []string) string {
	if !slices.Contains(ours, protocol+" "+local) && !slices.Contains(ours, protocol+" "+remote) {
		return ""
	}
	return strings.Join([]string{protocol, state, local, remote}, " ")
}

func TestLiveHostileName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"\x1b[31mred", "a\nb", "\u202etxt.exe", "\xff\xfe"} {
		p := socketstest.Start(t, socketstest.Name(name), socketstest.Args(name, name))
		l := p.Listen("tcp4", "127.0.0.1:0")
		query := "lport:" + strconv.Itoa(int(l.Local.Port()))
		for _, args := range [][]string{{"list", query}, {"list", "--json", query}} {
			r := execute(t, lotop(t, args...))
			checkClean(t, fmt.Sprintf("%q of %q", args, name), r.out+r.err)
			if r.code != 0 || !strings.Contains(r.out, strconv.Itoa(p.PID())) {
				t.Errorf("%q of %q: exit %d\n%s%s", args, name, r.code, r.out, r.err)
			}
		}
	}
}

// A reader that goes away ends lotop without a word, as it ends ls.
func TestClosedPipe(t *testing.T) {
	t.Parallel()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = read.Close()
	defer write.Close()
	p := socketstest.Start(t)
	p.Listen("tcp4", "127.0.0.1:0")
	cmd := lotop(t, "list")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = write, &said
	err = cmd.Run()
	status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() || status.Signal() != syscall.SIGPIPE || said.Len() > 0 {
		t.Errorf("%v, says %q", err, said.String())
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	cmd = lotop(t, "list")
	said.Reset()
	cmd.Stdout, cmd.Stderr = full, &said
	_ = cmd.Run()
	if cmd.ProcessState.ExitCode() != 2 || !strings.HasPrefix(said.String(), "lotop: write the list: ") || !strings.Contains(said.String(), "no space left on device") {
		t.Errorf("a full disk: exit %d, %q", cmd.ProcessState.ExitCode(), said.String())
	}
}
