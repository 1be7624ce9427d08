package cli

import (
	"bytes"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
	"lotop/ui/signals"
)

// stopSignals are those that stop lotop, with its codes.
var stopSignals = map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGINT: 130, syscall.SIGQUIT: 131, syscall.SIGTERM: 143}

func TestInterrupt(t *testing.T) {
	for sig, code := range stopSignals {
		for _, args := range [][]string{{"list"}, {"why", "3000"}, {"free", "3000"}, {"wait", "3000"}} {
			interrupt(t, sig, code, args...)
		}
	}
}

func interrupt(t *testing.T, sig syscall.Signal, code int, args ...string) {
	t.Helper()
	// The test must not die of its own signal, whoever gets it first.
	own := make(chan os.Signal, 1)
	signal.Notify(own, sig)
	defer signal.Stop(own)
	done := make(chan result)
	go func() { done <- setting{source: &fixedSource{wait: true}}.run(t, args...) }()
	for {
		_ = syscall.Kill(os.Getpid(), sig)
		select {
		case r := <-done:
			<-own // by the same signal, only in a goroutine of its own
			if r.code != code || r.out != "" || r.err != "" {
				t.Errorf("%v, %v: exit %d, %q, %q", args, sig, r.code, r.out, r.err)
			}
			return
		case <-time.After(10 * time.Millisecond): // it did not listen yet
		}
	}
}

// begun reports whether lotop has opened a socket, or reads standard input: by
// then it takes signals.
func begun(pid int) bool {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, f := range files {
		if to, _ := os.Readlink(f); strings.HasPrefix(to, "socket:") {
			return true
		}
	}
	calls, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
	for _, call := range calls {
		if b, _ := os.ReadFile(call); strings.HasPrefix(string(b), fmt.Sprintf("%d 0x0 ", unix.SYS_READ)) {
			return true
		}
	}
	return false
}

// wait and watch go on until they are stopped.
func TestStopped(t *testing.T) {
	port := fmt.Sprintf("127.0.0.1:%d", socketstest.FreePort(t, "tcp"))
	for sig, code := range stopSignals {
		for _, args := range [][]string{{"wait", port}, {"watch", "lport:1"}, {"list", "--replay", "-"}} {
			t.Run(args[0]+" "+sig.String(), func(t *testing.T) { t.Parallel(); stopBySignal(t, sig, code, args...) })
		}
	}
}

func stopBySignal(t *testing.T, sig syscall.Signal, code int, args ...string) {
	cmd := lotop(t, args...)
	stdin, err := cmd.StdinPipe() // never written to
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !socketstest.Eventually(func() bool { return begun(cmd.Process.Pid) }) {
		t.Fatalf("%v does not take signals", args)
	}
	_ = cmd.Process.Signal(sig)
	_ = cmd.Wait()
	_ = stdin.Close()
	if got := cmd.ProcessState.ExitCode(); got != code || strings.Contains(said.String(), "goroutine") {
		t.Errorf("%v, %v: exit %d, not %d\n%s", args, sig, got, code, said.String())
	}
}

// What nohup runs outlives its terminal.
func TestNohup(t *testing.T) {
	t.Parallel()
	cmd := lotop(t, "wait", fmt.Sprintf("127.0.0.1:%d", socketstest.FreePort(t, "tcp")))
	cmd.Args = append([]string{"sh", "-c", `trap '' HUP; exec "$0" "$@"`}, cmd.Args...)
	cmd.Path = "/bin/sh"
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if !socketstest.Eventually(func() bool { return begun(cmd.Process.Pid) }) {
		t.Fatal("it does not wait")
	}
	_ = cmd.Process.Signal(syscall.SIGHUP)
	_ = cmd.Process.Signal(syscall.SIGTERM) // SIGHUP is the lower one, so it would come first
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 143 {
		t.Errorf("exit %d: %v", code, cmd.ProcessState)
	}
}

// The error of the screen says which signal it was.
func TestScreenStopped(t *testing.T) {
	for sig, code := range stopSignals {
		s := setting{terminal: terminal{in: true, out: true, width: 120}, screen: signals.By(sig)}
		if r := s.run(t); r.code != code || r.err != "" {
			t.Errorf("%v: exit %d, %q", sig, r.code, r.err)
		}
	}
}
