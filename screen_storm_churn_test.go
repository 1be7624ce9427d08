//go:build linux

package main_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// runInside runs the test once more, as the first process of a pid namespace,
// with a network and mounts of its own. All that runs in there ends with it.
func runInside(t *testing.T, args ...string) {
	t.Helper()
	cmd := socketstest.RoleCommand(namespaceRole, "", append([]string{"-test.run=^" + t.Name() + "$", "-test.v", "-test.timeout=0"}, args...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET | unix.CLONE_NEWPID | unix.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= unix.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	life, err := cmd.StdinPipe() // it ends when this does
	if err != nil {
		t.Fatal(err)
	}
	defer life.Close()
	out, err := cmd.CombinedOutput()
	var failed *exec.ExitError
	switch said := string(out); {
	case err != nil && !errors.As(err, &failed):
		t.Skip("no namespaces of its own:", err)
	case err != nil || !strings.Contains(said, "--- "):
		t.Errorf("%v\n%s", err, said)
	case strings.Contains(said, "--- SKIP"):
		t.Skip(said)
	default:
		t.Log(said)
	}
}

// furnish makes the namespaces usable: with the processes that are in them, and
// loopback.
func furnish(t *testing.T) {
	t.Helper()
	if os.Getpid() != 1 {
		t.Fatalf("process %d is not the first of its namespace", os.Getpid())
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Skip("no mounts of its own:", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		t.Skip("may not mount proc:", err)
	}
	socketstest.LoopbackUp(t)
}

// churn runs programs that open and close connections all the time, and restarts
// those that lotop stops.
type churn struct {
	mu      sync.Mutex
	stopped bool
	running map[string]*exec.Cmd
	all     sync.WaitGroup
}

func startChurn(t *testing.T) *churn {
	t.Helper()
	c := &churn{running: map[string]*exec.Cmd{}}
	for _, role := range []string{churnServerRole, churnClientRole} {
		if err := c.start(role); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(c.stop)
	return c
}

// start runs a program, and again when it has ended.
func (c *churn) start(role string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil
	}
	cmd := socketstest.RoleCommand(role, "")
	cmd.Args[0] = role
	if err := cmd.Start(); err != nil {
		return err
	}
	c.running[role] = cmd
	c.all.Go(func() {
		_ = cmd.Wait()
		if err := c.start(role); err != nil {
			fmt.Println("start", role, "again:", err)
		}
	})
	return nil
}

// stop kills the programs and restarts none.
func (c *churn) stop() {
	c.mu.Lock()
	c.stopped = true
	for _, cmd := range c.running {
		_ = cmd.Process.Kill() // which knows whether it has been waited for
	}
	c.mu.Unlock()
	c.all.Wait()
}

// churnPorts are free: the network is the test's own.
var churnPorts = [...]string{"127.0.0.1:3000", "127.0.0.1:5432", "[::1]:8080", "0.0.0.0:9229"}

// serveChurn accepts connections, and drops them when the other end does.
func serveChurn(string) error {
	failed := make(chan error)
	for _, address := range churnPorts {
		l, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					failed <- err
					return
				}
				go func() {
					defer c.Close()
					_, _ = io.Copy(io.Discard, c)
				}()
			}
		}()
	}
	return <-failed
}

// dialChurn opens connections and closes them: most of them immediately, some so
// late that a snapshot shows them, a few with a reset.
func dialChurn(string) error {
	for n := 0; ; n++ {
		if n%50 == 49 {
			time.Sleep(100 * time.Millisecond)
		}
		c, err := net.Dial("tcp", strings.Replace(churnPorts[n%len(churnPorts)], "0.0.0.0", "127.0.0.1", 1))
		if err != nil {
			time.Sleep(10 * time.Millisecond) // lotop has stopped the server
			continue
		}
		if n%3 == 0 {
			_ = c.(*net.TCPConn).SetLinger(0)
		}
		if n%10 == 0 {
			time.AfterFunc(time.Duration(n%700)*time.Millisecond, func() { _ = c.Close() })
			continue
		}
		_ = c.Close()
	}
}
