package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets/socketstest"
)

// watchedEvent is what a script reads of an event.
type watchedEvent struct {
	Event  string
	Unseen bool
	From   string
	Socket struct {
		ID, State, Debugger string
		Local, Remote       struct {
			Address string
			Port    int
		}
		Owners []struct{ PID int }
		Peer   struct {
			PID  int
			Name string
		}
	}
	Lived    *int64 `json:"lived_ms"`
	Received *int   `json:"received_bytes"`
	Sent     *int   `json:"sent_bytes"`
}

// watcher is a watch that runs, as a process of its own.
type watcher struct {
	t      testing.TB
	cmd    *exec.Cmd
	err    bytes.Buffer
	events chan watchedEvent
	lines  bytes.Buffer // all that was written, once events is closed
}

// startWatch starts `lotop watch --json` and waits until it watches: until it
// has told of a connection.
func startWatch(t testing.TB, l net.Listener, cmd *exec.Cmd) *watcher {
	t.Helper()
	return startWatching(t, func() { knock(t, l) }, cmd)
}

// startWatching is startWatch with a way of its own to make a connection that is
// told of.
func startWatching(t testing.TB, knock func(), cmd *exec.Cmd) *watcher {
	t.Helper()
	w := &watcher{t: t, cmd: cmd, events: make(chan watchedEvent, 1<<16)}
	cmd.Stderr = &w.err
	out := output(t, cmd)
	go func() {
		defer close(w.events)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			w.lines.Write(append(lines.Bytes(), '\n'))
			var e watchedEvent
			if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
				t.Errorf("no JSON: %v: %q", err, lines.Text())
			}
			w.events <- e
		}
	}()
	for {
		knock()
		select {
		case _, ok := <-w.events:
			if !ok {
				t.Fatalf("it ended: %s", w.err.String())
			}
			return w
		case <-time.After(5 * time.Millisecond): // it starts
		}
	}
}

// output starts a command that the end of the test ends, and returns what it writes.
func output(t testing.TB, cmd *exec.Cmd) io.Reader {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return out
}

// knock makes a short connection.
func knock(t testing.TB, l net.Listener) {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Close()
	_ = s.Close()
}

// next waits for an event that is meant.
func (w *watcher) next(what string, meant func(watchedEvent) bool) watchedEvent {
	w.t.Helper()
	late := time.After(10 * time.Second)
	for {
		select {
		case e, ok := <-w.events:
			if !ok {
				w.t.Fatalf("%s: it ended: %s", what, w.err.String())
			}
			if meant(e) {
				return e
			}
		case <-late:
			w.t.Fatalf("%s: never told; %s", what, w.err.String())
		}
	}
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// portOf writes the port of a listener.
func portOf(l net.Listener) string { return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) }

// One event for both ends, with who they are and what was sent.
func TestWatchConnection(t *testing.T) {
	start, p := listen(t), socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	port := int(l.Local.Port())
	w := startWatch(t, start, lotop(t, "watch", "--json", fmt.Sprintf("port:%d,%s", port, portOf(start))))
	client := p.Dial(l.Target())
	server := p.Accept(l)
	mine := func(kind string) func(watchedEvent) bool {
		return func(e watchedEvent) bool { return e.Event == kind && e.Socket.Local.Port == port }
	}
	opened := w.next("open", mine("opened"))
	if len(opened.Socket.Owners) != 1 || opened.Socket.Owners[0].PID != p.PID() || opened.Socket.Peer.PID != p.PID() || opened.Socket.State != "ESTABLISHED" {
		t.Errorf("opened: %+v", opened)
	}
	p.Send(client, 1000)
	p.Recv(server, 1000)
	p.Send(server, 30)
	p.Recv(client, 30)
	p.Close(client)
	changed := w.next("change", mine("changed"))
	if changed.From != "ESTABLISHED" || changed.Socket.State != "CLOSE_WAIT" {
		t.Errorf("changed: %+v", changed)
	}
	p.Close(server)
	closed := w.next("close", mine("closed"))
	if closed.Unseen || closed.Lived == nil || *closed.Lived <= 0 || closed.Received == nil || *closed.Received != 1000 || *closed.Sent != 30 {
		t.Errorf("closed: %+v", closed)
	}
	p.Close(l)
	if e := w.next("end of the listener", mine("closed")); e.Socket.Remote.Port != 0 || e.Received != nil {
		t.Errorf("the listener closed: %+v", e)
	}
}

// However it ends, what it wrote is whole.
func TestWatchEnds(t *testing.T) {
	l := listen(t)
	query := "port:" + portOf(l)
	for sig, want := range map[syscall.Signal]int{syscall.SIGINT: exitInterrupted, syscall.SIGTERM: exitTerminated} {
		w := startWatch(t, l, lotop(t, "watch", "--json", query))
		if err := w.cmd.Process.Signal(sig); err != nil {
			t.Fatal(err)
		}
		for range w.events { // the goroutine checks each line
		}
		_ = w.cmd.Wait()
		if code := w.cmd.ProcessState.ExitCode(); code != want {
			t.Errorf("%v: exit %d, want %d; %s", sig, code, want, w.err.String())
		}
	}
	if r := execute(t, lotop(t, "watch", "--for", "100ms", query)); r.code != 0 || r.out != "" {
		t.Errorf("--for: %+v", r)
	}
}

// A pipe that nobody reads ends it, though there is nothing to tell.
func TestWatchClosedPipe(t *testing.T) {
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := lotop(t, "watch", "port:1")
	cmd.Stdout = out
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	_ = r.Close()
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitClosedPipe || strings.Contains(said.String(), "pipe") {
		t.Errorf("exit %d, %s", code, said.String())
	}
}

// A recording tells what the live watch told.
func TestWatchReplay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "watch.lotop")
	l := listen(t)
	query := "port:" + portOf(l)
	cmd := lotop(t, "watch", "--json", "--record", file, query)
	w := startWatch(t, l, cmd)
	for range 20 {
		knock(t, l)
	}
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	w.next("open", func(e watchedEvent) bool { return e.Event == "opened" })
	_ = c.Close()
	_ = cmd.Process.Signal(os.Interrupt)
	for range w.events {
	}
	_ = cmd.Wait()
	r := execute(t, lotop(t, "watch", "--json", "--replay", file, query))
	if r.code != 0 {
		t.Fatalf("%+v", r)
	}
	if diff := cmp.Diff(ended(t, w.lines.Bytes()), ended(t, []byte(r.out))); diff != "" {
		t.Errorf("live and replayed differ:\n%s", diff)
	}
	if r := execute(t, lotop(t, "watch", "--replay", file, "--at", "2001-01-01 10:00")); r.code != 2 {
		t.Errorf("--at before it began: %+v", r)
	}
}

// ended are the connections that closed, with their bytes.
func ended(t *testing.T, lines []byte) []string {
	t.Helper()
	var all []string
	for line := range bytes.Lines(lines) {
		var e watchedEvent
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if e.Event == "closed" && e.Received != nil {
			all = append(all, fmt.Sprint(e.Socket.ID, e.Socket.Local, e.Socket.Remote, *e.Received, *e.Sent))
		}
	}
	slices.Sort(all)
	return all
}

func TestWatchBadInput(t *testing.T) {
	for args, want := range map[string]string{
		"watch --for 0s":         "there is nothing to see in no time",
		"watch --for -1s":        "there is nothing to see in no time",
		"watch --for long":       "--for",
		"watch --interval 1ms":   "at least 50ms",
		"watch state:lisen":      "state",
		"watch --replay /no/f":   "/no/f",
		"wait":                   "which port?",
		"wait 99999":             "ports go from 1 to 65535",
		"wait -1":                "ports go from 1 to 65535",
		"wait [::1":              "the bracket is not closed",
		"wait 80 81":             "one port at a time",
		"wait 80 --timeout -1s":  "write a time such as 30s",
		"wait 80 --record x":     "nothing to record",
		"wait 80 --replay x":     "asks the kernel of now",
		"wait nosuchhost.xyz:80": "names other than localhost are never looked up",
	} {
		if r := (setting{}).run(t, strings.Fields(args)...); r.code != 2 || !strings.Contains(r.err, want) || r.out != "" {
			t.Errorf("%s: exit %d, %q, want 2 and %q", args, r.code, r.err, want)
		}
	}
}
