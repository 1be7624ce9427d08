package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lotop/sockets/socketstest"
)

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

// A pipe without a reader ends it, though there is nothing to print.
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

// A replay prints what the live watch printed.
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
		"watch --for 0s":         "must be greater than zero",
		"watch --for -1s":        "must be greater than zero",
		"watch --for long":       "--for",
		"watch --interval 1ms":   "at least 50ms",
		"watch state:lisen":      "state",
		"watch --replay /no/f":   "/no/f",
		"wait":                   "missing target",
		"wait 99999":             "ports range from 1 to 65535",
		"wait -1":                "ports range from 1 to 65535",
		"wait [::1":              "missing ]",
		"wait 80 99999":          "ports range from 1 to 65535",
		"wait 80 --timeout -1s":  "expected a duration such as 30s",
		"wait 80 --record x":     "does not support --record",
		"wait 80 --replay x":     "does not support --replay",
		"wait nosuchhost.xyz:80": "the only name supported is localhost",
	} {
		if r := (setting{}).run(t, strings.Fields(args)...); r.code != 2 || !strings.Contains(r.err, want) || r.out != "" {
			t.Errorf("%s: exit %d, %q, want 2 and %q", args, r.code, r.err, want)
		}
	}
}
