//go:build linux

package socketstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// Process is a child process that opens sockets. Its methods fail the test on
// an error, so they are for the test's goroutine; those that begin with Try
// return the error instead.
type Process struct {
	t         testing.TB
	pid       int
	root      bool
	inherited []Sock
	cmd       *exec.Cmd // nil for a grandchild
	pidfd     *os.File
	done      chan struct{} // closed when the process has exited

	mu       sync.Mutex // one command at a time
	commands *os.File
	answers  *os.File
	in       *json.Encoder
	out      *json.Decoder
}

// Start starts a child process and waits until it answers. It is killed at
// the end of the test.
func Start(t testing.TB, opts ...Option) *Process {
	t.Helper()
	s := newSpec(opts)
	if s.asUserNobody && os.Geteuid() != 0 {
		t.Skip("requires root to start a process of another user")
	}
	p, err := launch(t, s)
	if err != nil {
		t.Fatalf("start a child: %v", err)
	}
	t.Cleanup(p.kill)
	return p
}

// launch is Start without the test's cleanup, for any goroutine.
func launch(t testing.TB, s spec) (*Process, error) {
	env, err := childEnviron(s.config)
	if err != nil {
		return nil, err
	}
	stdin, commands, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer func() { _ = stdin.Close() }()
	answers, stdout, err := os.Pipe()
	if err != nil {
		_ = commands.Close()
		return nil, err
	}
	defer func() { _ = stdout.Close() }()
	p := newProcess(t, commands, answers)
	p.root = os.Geteuid() == 0 && !s.asUserNobody
	p.cmd = &exec.Cmd{
		Path: selfExe, Args: s.args, Dir: s.dir, Env: env,
		Stdin: stdin, Stdout: stdout, Stderr: os.Stderr, SysProcAttr: processAttr(s.asUserNobody, false),
	}
	p.cmd.SysProcAttr.Setpgid, p.cmd.SysProcAttr.Setsid = s.ownGroup, s.ownSession
	if err := p.cmd.Start(); err != nil {
		p.closePipes()
		return nil, err
	}
	// The PID cannot be reused before it is waited for.
	if err := p.track(p.cmd.Process.Pid); err != nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.closePipes()
		return nil, err
	}
	if err := p.handshake(); err != nil {
		p.kill()
		return nil, err
	}
	return p, nil
}

func newProcess(t testing.TB, commands, answers *os.File) *Process {
	return &Process{
		t: t, commands: commands, answers: answers, done: make(chan struct{}),
		in: json.NewEncoder(commands), out: json.NewDecoder(answers),
	}
}

// track opens a pidfd, which refers to this process even if its PID is
// reused, and waits for its exit in the background.
func (p *Process) track(pid int) error {
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return os.NewSyscallError("pidfd_open", err)
	}
	p.pid, p.pidfd = pid, os.NewFile(uintptr(fd), "pidfd")
	go p.reap()
	return nil
}

// reap waits in Go's poller, so that a load does not cost a thread for each
// child. It reaps at once, as a shell or systemd would, so that tests see no
// zombies.
func (p *Process) reap() {
	defer close(p.done)
	raw, err := p.pidfd.SyscallConn()
	if err == nil {
		err = raw.Read(func(fd uintptr) bool {
			n, _ := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 0)
			return n > 0
		})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "socketstest: wait for a child:", err)
	}
	if p.cmd != nil {
		_ = p.cmd.Wait()
	}
}

// handshake verifies that the process that answers is the one that track
// opened.
func (p *Process) handshake() error {
	a, err := p.send(request{Do: cmdHello})
	if err != nil {
		return err
	}
	if a.PID != p.pid {
		return fmt.Errorf("process %d answers instead of %d", a.PID, p.pid)
	}
	p.inherited = a.Socks
	return nil
}

// send sends a command and waits for the reply.
func (p *Process) send(q request) (reply, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	deadline := time.Now().Add(replyTimeout)
	if err := errors.Join(p.commands.SetWriteDeadline(deadline), p.answers.SetReadDeadline(deadline)); err != nil {
		return reply{}, fmt.Errorf("process %d has exited: %w", p.pid, err)
	}
	var a reply
	if err := p.in.Encode(q); err != nil {
		return a, fmt.Errorf("ask process %d to %s: %w", p.pid, q.Do, err)
	}
	if err := p.out.Decode(&a); err != nil {
		return a, fmt.Errorf("wait for process %d to %s: %w", p.pid, q.Do, err)
	}
	return a, a.toError(q)
}

// mustSend is send that fails the test on an error.
func (p *Process) mustSend(q request) reply {
	p.t.Helper()
	a, err := p.send(q)
	if err != nil {
		p.t.Fatal(err)
	}
	return a
}

// kill kills the process and waits until it has exited.
func (p *Process) kill() {
	_ = p.signal(unix.SIGKILL) // ESRCH: it has exited already
	select {
	case <-p.done:
	case <-time.After(replyTimeout):
		p.t.Errorf("process %d does not exit", p.pid)
		return
	}
	p.closePipes()
	_ = p.pidfd.Close()
}

func (p *Process) closePipes() {
	_ = p.commands.Close()
	_ = p.answers.Close()
}

func (p *Process) signal(sig syscall.Signal) error {
	raw, err := p.pidfd.SyscallConn()
	if err != nil {
		return err
	}
	if cerr := raw.Control(func(fd uintptr) {
		err = unix.PidfdSendSignal(int(fd), sig, nil, 0)
	}); cerr != nil {
		return cerr
	}
	return os.NewSyscallError("pidfd_send_signal", err)
}
