package cli

import (
	"bufio"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lotop/sockets/process"
	"lotop/sockets/socketstest"
)

// A real delve that debugs a program named shop, an editor that attaches and
// leaves: events name all three.
func TestWatchDelve(t *testing.T) {
	t.Parallel()
	shop := filepath.Join(t.TempDir(), "shop")
	copyProgram(t, shop)
	d := startDebugger(t, regexp.MustCompile(`API server listening at: (\S+)`),
		// delve would read all of /proc/net/tcp for every connection, to know its user.
		"dlv", "exec", "--headless", "--accept-multiclient", "--only-same-user=false",
		"--check-go-version=false", "--listen=127.0.0.1:0", shop)
	debuggee := childOf(t, d.pid, "shop")
	d.follow(t, "delve", fmt.Sprintf(`dlv \(%d\) debugging shop \(%d\)`, d.pid, debuggee))
}

// The same with the inspector of node.
func TestWatchNodeInspector(t *testing.T) {
	t.Parallel()
	d := startDebugger(t, regexp.MustCompile(`Debugger listening on ws://([^/]+)/`),
		"node", "--inspect=0", "-e", "setInterval(() => {}, 1 << 30)")
	d.follow(t, "node inspector", fmt.Sprintf(`node \(%d\)`, d.pid))
}

// debugServer is a debug server that runs and listens.
type debugServer struct {
	pid int
	at  netip.AddrPort
}

// startDebugger starts a debug server that says where it listens.
func startDebugger(t *testing.T, says *regexp.Regexp, name string, args ...string) debugServer {
	t.Helper()
	cmd := exec.Command(socketstest.RequireTool(t, name), args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir())
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = w.Close()
	t.Cleanup(func() {
		for _, pid := range childrenOf(cmd.Process.Pid) {
			p, _ := os.FindProcess(pid) // a debuggee does not end with its debugger
			_ = p.Kill()
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = r.Close()
	})
	var said strings.Builder
	for lines := bufio.NewScanner(r); lines.Scan(); {
		said.WriteString(lines.Text() + "\n")
		if m := says.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, r) }()
			return debugServer{pid: cmd.Process.Pid, at: netip.MustParseAddrPort(m[1])}
		}
	}
	t.Fatalf("%s ended:\n%s", name, said.String())
	return debugServer{}
}

// follow attaches to the server, leaves it, and reads what `watch is:debugger`
// makes of that, as JSON and in words.
func (d debugServer) follow(t *testing.T, kind, words string) {
	t.Helper()
	editor := socketstest.Start(t, socketstest.Name("code"))
	attach := func() socketstest.Sock { return editor.Dial(d.at.String()) }
	leave := func(client socketstest.Sock) {
		editor.Send(client, 1) // delve keeps a connection that has said nothing
		editor.Close(client)
	}
	knock := func() { leave(attach()) }
	w := startWatching(t, knock, lotop(t, "watch", "--json", "is:debugger"))
	lines := startOutputLines(t, knock, lotop(t, "watch", "is:debugger"))

	who := regexp.MustCompile(words + fmt.Sprintf(`.* ← code \(%d\)`, editor.PID()))
	var output string
	for range 10 {
		client := attach()
		port := int(client.Local.Port())
		opened := lines.next("+ opened", port)
		attached := w.next("attach", d.eventMatcher("opened", port))
		leave(client)
		left, closed := w.next("leave", d.eventMatcher("closed", port)), lines.next("- closed", port)
		output = opened + "\n" + closed
		if strings.Contains(output, "accept queue") {
			continue // the server was not quick enough for the table
		}
		for _, e := range []watchedEvent{attached, left} {
			if s := &e.Socket; s.Debugger != kind || s.Peer.PID != editor.PID() || s.Peer.Name != "code" {
				t.Errorf("%+v", e)
			}
		}
		if !who.MatchString(opened) || !who.MatchString(closed) {
			t.Errorf("no %v in\n%s", who, output)
		}
		return
	}
	t.Errorf("it accepts nothing: %s", output)
}

// eventMatcher is an event of a connection to the server.
func (d debugServer) eventMatcher(event string, client int) func(watchedEvent) bool {
	return func(e watchedEvent) bool {
		return e.Event == event && e.Socket.Remote.Port == client && e.Socket.Local.Port == int(d.at.Port())
	}
}

// outputLines are the lines of a watch in words.
type outputLines chan string

func startOutputLines(t *testing.T, knock func(), cmd *exec.Cmd) outputLines {
	t.Helper()
	out := output(t, cmd)
	all := make(outputLines, 1<<12)
	go func() {
		defer close(all)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			all <- lines.Text()
		}
	}()
	for {
		knock()
		select {
		case <-all:
			return all
		case <-time.After(20 * time.Millisecond): // it starts
		}
	}
}

// next reads up to the line that tells that of a client, empty if none does.
func (all outputLines) next(event string, client int) string {
	for line := range all {
		if strings.Contains(line, event) && strings.Contains(line, fmt.Sprintf(" ← 127.0.0.1:%d ", client)) {
			return line
		}
	}
	return ""
}

func copyProgram(t *testing.T, to string) {
	t.Helper()
	from, err := os.ReadFile("/proc/self/exe")
	if err == nil {
		err = os.WriteFile(to, from, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// childOf finds the child of a process with that name.
func childOf(t *testing.T, pid int, name string) int {
	t.Helper()
	reader := process.NewReader("/proc")
	var child int
	found := socketstest.Eventually(func() bool {
		children := childrenOf(pid) // the kernel may leave some out while others come and go
		i := slices.IndexFunc(children, func(pid int) bool {
			p, err := reader.Read(pid)
			return err == nil && p.Name.String() == name
		})
		if i >= 0 {
			child = children[i]
		}
		return i >= 0
	})
	if !found {
		t.Fatalf("no child %s of %d", name, pid)
	}
	return child
}

func childrenOf(pid int) []int {
	var all []int
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range tasks {
		list, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(list)) {
			if n, err := strconv.Atoi(field); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}
