package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// helperRole is the role of processes that the tests need; its argument is the
// mode of the helper.
const helperRole = "helper"

func TestMain(m *testing.M) {
	os.Exit(socketstest.Main(m, socketstest.Role{Name: helperRole, Run: runHelper}))
}

// runHelper runs a helper. All but the parents exit when stdin is closed.
func runHelper(mode string) error {
	switch mode {
	case "wait":
	case "ignore":
		signal.Ignore(syscall.SIGTERM)
	case "catch":
		signal.Notify(make(chan os.Signal, 8), syscall.SIGTERM)
	case "parent":
		return helpParent(nil)
	case "parent of a dependent":
		return helpParent(&syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL})
	case "terminate":
		return helpTerminate(os.Args[1])
	case "reuse":
		return helpReuse()
	}
	fmt.Println("ready", os.Getpid())
	return serveCommands()
}

// serveCommands carries out the lines of stdin.
func serveCommands() error {
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		verb, rest, _ := strings.Cut(in.Text(), " ")
		switch verb {
		case "name": // of the main thread, which is the process's
			if err := os.WriteFile("/proc/self/comm", []byte(rest), 0); err != nil {
				return err
			}
			fmt.Println("named")
		case "exec":
			return syscall.Exec("/proc/self/exe", []string{"other", "program", ""}, socketstest.RoleEnviron(os.Environ(), helperRole, "wait"))
		}
	}
	return nil
}

// helpParent waits for a child that lives as long as stdin does.
func helpParent(attr *syscall.SysProcAttr) error {
	child := socketstest.RoleCommand(helperRole, "wait")
	child.Stdin, child.SysProcAttr = os.Stdin, attr
	out, err := child.StdoutPipe()
	if err != nil {
		return err
	}
	if err := child.Start(); err != nil {
		return err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return err
	}
	fmt.Print(line) // the child's pid
	return child.Wait()
}

// helpTerminate tries to end another process and prints what came of it.
func helpTerminate(pid string) error {
	n, err := strconv.Atoi(pid)
	if err != nil {
		return err
	}
	r := NewReader("")
	p, err := r.Read(n)
	if err != nil {
		return err
	}
	h, err := r.Open(p)
	if err != nil {
		return err
	}
	err = h.Terminate()
	outcomes := r.Stop(context.Background(), []*Process{p}, StopOptions{Grace: time.Minute})
	fmt.Println("ready", errors.Is(err, ErrDenied), outcomes[0].Result, err)
	return nil
}

// helper is a process of a test.
type helper struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	ready string // what followed "ready"
}

// startHelper runs a helper until it is ready. It ends with the test.
func startHelper(t *testing.T, mode string, change ...func(*exec.Cmd)) *helper {
	t.Helper()
	// Orphans of the helpers become children of the tests, which reap them.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		t.Fatal("become a subreaper:", err)
	}
	cmd := socketstest.RoleCommand(helperRole, mode)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	for _, c := range change {
		c(cmd)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		in.Close()
		if errors.Is(err, unix.EPERM) {
			t.Skipf("may not start such a process here: %v", err)
		}
		t.Fatal(err)
	}
	h := &helper{t: t, cmd: cmd, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if child := atoi(h.ready); child > 0 && child != h.pid() {
			_, _ = unix.Wait4(child, nil, 0, nil) // it ends with stdin
		}
	})
	h.ready = strings.TrimPrefix(h.line(), "ready ")
	return h
}

func (h *helper) pid() int { return h.cmd.Process.Pid }

// line reads what the helper says next.
func (h *helper) line() string {
	h.t.Helper()
	line, err := h.out.ReadString('\n')
	if err != nil {
		h.t.Fatalf("the helper exited: %q, %v", line, err)
	}
	return strings.TrimSuffix(line, "\n")
}

func (h *helper) send(line string) {
	h.t.Helper()
	if _, err := io.WriteString(h.in, line+"\n"); err != nil {
		h.t.Fatal(err)
	}
}

// mustRead is Look at what must be there.
func mustRead(t *testing.T, r *Reader, pid int) *Process {
	t.Helper()
	p, err := r.Read(pid)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mustOpen is Open of what must be there.
func mustOpen(t *testing.T, r *Reader, p *Process) *Handle {
	t.Helper()
	h, err := r.Open(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

// suspend stops a helper and waits until it is.
func (h *helper) suspend() {
	h.t.Helper()
	if err := h.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		h.t.Fatal(err)
	}
	h.waitSuspended()
}

// waitSuspended waits until the kernel reports a helper stopped.
func (h *helper) waitSuspended() {
	h.t.Helper()
	var ws unix.WaitStatus
	if _, err := unix.Wait4(h.pid(), &ws, unix.WUNTRACED, nil); err != nil || !ws.Stopped() {
		h.t.Fatalf("wait for a stop: %v, status %x", err, ws)
	}
}

// zombie makes a helper end without collecting it.
func (h *helper) zombie(hold *Handle) {
	h.t.Helper()
	_ = h.in.Close()
	if err := hold.Wait(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
}

// collect waits for a helper and lets its pid go.
func (h *helper) collect() { _ = h.cmd.Wait() }

func requireRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root can run a process as another user or in a namespace")
	}
}

func asUserNobody(cmd *exec.Cmd) {
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: 65534, Gid: 65534}
	cmd.Dir = "/"
}
