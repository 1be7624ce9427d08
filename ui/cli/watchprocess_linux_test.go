package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net"
	"os/exec"
	"strconv"
	"testing"
	"time"

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

// watchProcess is a watch that runs, as a process of its own.
type watchProcess struct {
	t      testing.TB
	cmd    *exec.Cmd
	err    bytes.Buffer
	events chan watchedEvent
	lines  bytes.Buffer // all that was written, once events is closed
}

// startWatch starts `lotop watch --json` and waits until it watches: until it
// has printed a connection.
func startWatch(t testing.TB, l net.Listener, cmd *exec.Cmd) *watchProcess {
	t.Helper()
	return startWatching(t, func() { knock(t, l) }, cmd)
}

// startWatching is startWatch with a way of its own to make a connection that is
// told of.
func startWatching(t testing.TB, knock func(), cmd *exec.Cmd) *watchProcess {
	t.Helper()
	w := &watchProcess{t: t, cmd: cmd, events: make(chan watchedEvent, 1<<16)}
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
func (w *watchProcess) next(what string, meant func(watchedEvent) bool) watchedEvent {
	w.t.Helper()
	late := time.After(socketstest.Timeout)
	for {
		select {
		case e, ok := <-w.events:
			if !ok {
				w.t.Fatalf("%s: it ended (%v): %s", what, w.cmd.Wait(), w.err.String())
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
