package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/windows"

	"lotop/sockets/socketstest"
)

// These tests run the real binary against real sockets of other processes. What
// Wine cannot show is said in the tests of sockets and sockets/process; of the
// commands it is the screen, which needs a console that Wine has not got without
// a display; every answer about IPv6 owners; two servers on one port, since Wine binds
// by the rules of the system below it; several services in one process; and what
// a user who is no administrator can see of services.

func TestMain(m *testing.M) {
	code := socketstest.Main(m)
	if binFolder != "" {
		_ = os.RemoveAll(binFolder)
	}
	os.Exit(code)
}

var binFolder string // where built has put the binary

// built compiles lotop once, or names what LOTOP_BINARY says is it.
var built = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("LOTOP_BINARY"); path != "" {
		return path, nil
	}
	var err error
	if binFolder, err = os.MkdirTemp("", "lotop"); err != nil {
		return "", err
	}
	path := filepath.Join(binFolder, "lotop.exe")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// lotop runs the binary and holds its exit code to the wanted one.
func lotop(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	var out, words bytes.Buffer
	cmd := exec.Command(binary, args...)
	cmd.Stdout, cmd.Stderr = &out, &words
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	if code := cmd.ProcessState.ExitCode(); code != want {
		t.Errorf("lotop %s ends with %d, not %d\n%s%s", strings.Join(args, " "), code, want, &out, &words)
	}
	return out.String(), words.String()
}

func decode(t *testing.T, text string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), into); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
}

func port(a netip.AddrPort) string { return fmt.Sprint(a.Port()) }

type socketJSON struct {
	Protocol, State string
	Local           struct {
		Address string
		Port    uint16
	}
	Owners []struct {
		PID     int
		Name    string
		Command string
	}
}

func TestList(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{
		Sockets: []string{"tcp 127.0.0.1:0", "udp 127.0.0.1:0"}, Args: []string{"serve"},
	})
	for i, want := range []string{"tcp LISTEN", "udp UNCONN"} {
		var all []socketJSON
		out, _ := lotop(t, 0, "list", "--json", "lport:"+port(child.Local[i]))
		decode(t, out, &all)
		if len(all) != 1 {
			t.Fatalf("%d sockets:\n%s", len(all), out)
		}
		s := all[0]
		if s.Protocol+" "+s.State != want || s.Local.Address != "127.0.0.1" || s.Local.Port != child.Local[i].Port() {
			t.Errorf("%+v", s)
		}
		if len(s.Owners) != 1 || s.Owners[0].PID != child.PID || !strings.HasSuffix(s.Owners[0].Command, "serve") {
			t.Errorf("%+v is not owned by %d", s, child.PID)
		}
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	_, name, _ := strings.Cut(me.Username, `\`)
	out, _ := lotop(t, 0, "list", fmt.Sprintf("pid:%d", child.PID), "user:"+name)
	if !strings.Contains(out, name) {
		t.Errorf("%s is not in\n%s", name, out)
	}
	out, _ = lotop(t, 0, "list", "--json", fmt.Sprintf("pid:%d", child.PID), "proto:udp")
	if !strings.Contains(out, `"user":"`+name+`"`) || strings.Contains(out, `"uid"`) {
		t.Error(out)
	}
	out, _ = lotop(t, 0, "list", fmt.Sprintf("pid:%d", child.PID))
	if strings.Count(out, port(child.Local[0])) != 1 || !strings.Contains(out, ".exe") {
		t.Error(out)
	}
	lotop(t, 1, "list", "pid:1") // no pid is odd here
}

type whyJSON struct {
	Verdict string
	Binds   []map[string]string
	Holders []struct {
		Cause  string
		Blocks []string
		Socket socketJSON
	}
	Notes []string
}

func TestWhy(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"tcp 127.0.0.1:0"}})
	out, _ := lotop(t, 1, "why", "--json", port(child.Local[0]))
	var why whyJSON
	decode(t, out, &why)
	if why.Verdict != "taken" || len(why.Holders) != 1 || len(why.Binds) != 4 {
		t.Fatal(out)
	}
	h := why.Holders[0]
	if h.Cause != "listener" || strings.Join(h.Blocks, " ") == "" || h.Blocks[0] != "127.0.0.1" || h.Socket.Owners[0].PID != child.PID {
		t.Error(out)
	}
	if _, told := why.Binds[0]["reuse"]; told || why.Binds[0]["plain"] != "EADDRINUSE" {
		t.Error(out)
	}
	out, _ = lotop(t, 1, "why", port(child.Local[0]))
	if !strings.Contains(out, "in use") || strings.Contains(out, "SO_REUSEADDR") || !strings.Contains(out, fmt.Sprint(child.PID)) {
		t.Error(out)
	}
	child.Close()
	lotop(t, 0, "free", port(child.Local[0]), "--yes")
	if out, _ = lotop(t, 0, "why", port(child.Local[0])); !strings.Contains(out, "free") {
		t.Error(out)
	}
}

// A holder for itself alone makes Windows deny the port in place of calling it
// taken; it is taken all the same.
func TestWhyExclusive(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"exclusive 0.0.0.0:0"}})
	var why whyJSON
	out, _ := lotop(t, 1, "why", "--json", port(child.Local[0]))
	decode(t, out, &why)
	if why.Verdict != "taken" || len(why.Holders) == 0 || why.Holders[0].Cause != "listener" {
		t.Error(out)
	}
}

// No table has sockets that are bound and do not listen, and why says so.
func TestWhyBound(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"bound 127.0.0.1:0"}})
	var why whyJSON
	out, _ := lotop(t, 1, "why", "--json", port(child.Local[0]))
	decode(t, out, &why)
	if why.Verdict != "taken" || len(why.Holders) != 1 || why.Holders[0].Cause != "unseen" || why.Holders[0].Blocks[0] != "127.0.0.1" {
		t.Error(out)
	}
	if notes := strings.Join(why.Notes, "\n"); !strings.Contains(notes, "bound but not listening") || !strings.Contains(notes, "netstat -anoq") {
		t.Error(notes)
	}
	if _, words := lotop(t, 2, "free", port(child.Local[0]), "--yes"); !strings.Contains(words, "netstat -anoq") {
		t.Error(words)
	}
	lotop(t, 1, "list", "user:0") // users have no numbers
}

type freeJSON struct {
	Verdict string
	Actions []struct {
		Signal, Result string
		PID            int
	}
}

// A program with a console of its own ends when it is asked to.
func TestFree(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"tcp 127.0.0.1:0"}, Flags: windows.CREATE_NEW_CONSOLE})
	if _, plan := lotop(t, 0, "free", port(child.Local[0]), "--dry-run"); !strings.Contains(plan, "a request to close") || strings.Contains(plan, "SIG") {
		t.Error(plan)
	}
	var free freeJSON
	out, words := lotop(t, 0, "free", port(child.Local[0]), "--yes", "--json")
	decode(t, out, &free)
	if free.Verdict != "free" || len(free.Actions) != 1 || free.Actions[0].PID != child.PID || free.Actions[0].Result != "exited" {
		t.Error(out, words)
	}
	if line := child.Line(); line != "interrupted" {
		t.Errorf("the child says %q", line)
	}
}

// One that does not act on it ends by force only.
func TestFreeByForce(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{
		Sockets: []string{"tcp 127.0.0.1:0"}, Flags: windows.CREATE_NEW_CONSOLE, IgnoresCtrlC: true,
	})
	if _, words := lotop(t, 1, "free", port(child.Local[0]), "--yes", "--grace", "500ms"); !strings.Contains(words, "did not close on request") {
		t.Error(words)
	}
	var free freeJSON
	out, words := lotop(t, 0, "free", port(child.Local[0]), "--yes", "--force", "--grace", "500ms", "--json")
	decode(t, out, &free)
	if n := len(free.Actions); n != 2 || free.Actions[0].Result != "survived" || free.Actions[1].Result != "exited" {
		t.Error(out, words)
	}
}

// One that cannot be asked says why, and ends by force.
func TestFreeUnasked(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Sockets: []string{"tcp 127.0.0.1:0"}, Flags: windows.DETACHED_PROCESS})
	_, words := lotop(t, 1, "free", port(child.Local[0]), "--yes")
	if !strings.Contains(words, "neither a window nor a console") {
		t.Error(words)
	}
	lotop(t, 0, "free", port(child.Local[0]), "--yes", "--force")
}

// Help speaks of what Windows does.
func TestHelpOfFree(t *testing.T) {
	out, words := lotop(t, 0, "free", "--help")
	out += words
	for _, word := range []string{"SIGTERM", "SIGKILL", "systemctl", "root", "pidfd"} {
		if strings.Contains(out, word) {
			t.Errorf("it says %s:\n%s", word, out)
		}
	}
	if !strings.Contains(out, "WM_CLOSE") || !strings.Contains(out, "TerminateProcess") {
		t.Error(out)
	}
}

// A service is named, and stopped in place of being ended.
func TestService(t *testing.T) {
	at := socketstest.FreePort(t)
	service := socketstest.StartService(t, "tcp "+at.String())
	var all []struct {
		Unit   string
		Owners []struct{ PID int }
	}
	out, _ := lotop(t, 0, "list", "--json", "unit:"+service.Name)
	decode(t, out, &all)
	if len(all) != 1 || all[0].Unit != service.Name || len(all[0].Owners) != 1 || all[0].Owners[0].PID != service.PID {
		t.Errorf("%s, not %d", out, service.PID)
	}
	if out, _ = lotop(t, 0, "list", "lport:"+port(at)); !strings.Contains(out, service.Name) {
		t.Error(out)
	}
	stop := "net stop " + service.Name
	if out, _ = lotop(t, 1, "why", port(at)); !strings.Contains(out, "part of service "+service.Name) || !strings.Contains(out, stop) || strings.Contains(out, "lotop free") {
		t.Error(out)
	}
	if _, words := lotop(t, 2, "free", port(at), "--yes", "--force"); !strings.Contains(words, "it is the service "+service.Name+": "+stop) {
		t.Error(words)
	}
	if out, err := exec.Command("net", "stop", service.Name).CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	lotop(t, 0, "free", port(at), "--yes")
}
