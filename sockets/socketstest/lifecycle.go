//go:build linux

package socketstest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// PID returns the process ID.
func (p *Process) PID() int { return p.pid }

// Inherited returns the sockets that Fork or Orphan passed to this process,
// in the same order.
func (p *Process) Inherited() []Sock { return p.inherited }

// Done is closed when the process has exited and, if it is a child of the
// test, has been reaped. Its sockets are closed by then.
func (p *Process) Done() <-chan struct{} { return p.done }

// Alive reports whether the process has not exited yet.
func (p *Process) Alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// Signal sends sig to the process.
func (p *Process) Signal(sig syscall.Signal) {
	p.t.Helper()
	if err := p.signal(sig); err != nil {
		p.t.Fatalf("signal %v to process %d: %v", sig, p.pid, err)
	}
}

// Kill kills the process and returns when it has exited.
func (p *Process) Kill() {
	p.t.Helper()
	p.kill()
}

// Exit asks the process to exit and returns when it has.
func (p *Process) Exit() {
	p.t.Helper()
	p.mustSend(request{Do: cmdExit})
	select {
	case <-p.done:
	case <-time.After(replyTimeout):
		p.t.Fatalf("process %d does not exit", p.pid)
	}
}

// Suspend suspends the process, as Ctrl+Z does. It answers no commands until
// Resume.
func (p *Process) Suspend() {
	p.t.Helper()
	p.Signal(unix.SIGSTOP)
	p.waitSuspended(true)
}

// Resume resumes a suspended process.
func (p *Process) Resume() {
	p.t.Helper()
	p.Signal(unix.SIGCONT)
	p.waitSuspended(false)
}

func (p *Process) waitSuspended(want bool) {
	p.t.Helper()
	reached := Eventually(func() bool {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.pid))
		if err != nil {
			p.t.Fatal(err)
		}
		// The name before the last bracket can contain any character.
		rest := stat[bytes.LastIndexByte(stat, ')')+1:]
		return bytes.HasPrefix(rest, []byte(" T")) == want
	})
	if !reached {
		p.t.Fatalf("process %d: suspended is still %v", p.pid, !want)
	}
}

// Fork starts a child of this process, which inherits socks and runs the same
// commands. It is killed when its parent exits.
func (p *Process) Fork(socks []Sock, opts ...Option) *Process {
	p.t.Helper()
	return p.fork(socks, opts, false)
}

// Orphan starts a child of this process as Fork does, then kills this
// process, so that init or a subreaper becomes the child's parent. Sockets
// not in socks close with this process.
func (p *Process) Orphan(socks []Sock, opts ...Option) *Process {
	p.t.Helper()
	g := p.fork(socks, opts, true)
	p.Kill()
	return g
}

func (p *Process) fork(socks []Sock, opts []Option, outlives bool) *Process {
	p.t.Helper()
	s := newSpec(opts)
	if s.asUserNobody && !p.root {
		p.t.Skip("requires root to start a process of another user")
	}
	s.config.Inherited = len(socks)
	q := &forkRequest{Config: s.config, Args: s.args, Dir: s.dir, AsUserNobody: s.asUserNobody, Outlives: outlives}
	for _, sock := range socks {
		p.checkOwned(sock)
		q.FDs = append(q.FDs, sock.FD)
	}
	g, err := p.launchFork(q)
	if err != nil {
		p.t.Fatalf("fork: %v", err)
	}
	g.root = p.root && !s.asUserNobody
	p.t.Cleanup(g.kill)
	return g
}

// launchFork talks to the grandchild through named pipes, which need neither
// a running child nor a socket, which a test could mistake for one of its
// own.
func (p *Process) launchFork(q *forkRequest) (*Process, error) {
	dir, err := os.MkdirTemp("", "socketstest")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	q.Commands, q.Answers = filepath.Join(dir, "commands"), filepath.Join(dir, "answers")
	if err := p.makePipes(dir, q.Commands, q.Answers); err != nil {
		return nil, err
	}
	// Also for reading: the child's open waits for a writer, and ours for the child.
	commands, err := os.OpenFile(q.Commands, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	answers, err := os.OpenFile(q.Answers, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		_ = commands.Close()
		return nil, err
	}
	g := newProcess(p.t, commands, answers)
	a, err := p.send(request{Do: cmdFork, Fork: q})
	if err == nil {
		err = g.track(a.PID)
	}
	if err != nil {
		g.closePipes()
		return nil, err
	}
	// If the PID was reused, the handshake fails and the other process is not
	// killed.
	if err := g.handshake(); err != nil {
		g.closePipes()
		return nil, err
	}
	return g, nil
}

// makePipes creates pipes that the child can open as any user.
func (p *Process) makePipes(dir string, paths ...string) error {
	if err := os.Chmod(dir, 0o711); err != nil {
		return err
	}
	for _, path := range paths {
		if err := unix.Mkfifo(path, 0o600); err != nil {
			return &os.PathError{Op: "mkfifo", Path: path, Err: err}
		}
		if os.Geteuid() != 0 || p.root {
			continue
		}
		if err := os.Chown(path, nobodyID, nobodyID); err != nil {
			return err
		}
	}
	return nil
}

// checkOwned fails the test unless s is a socket of this process.
func (p *Process) checkOwned(s Sock) {
	p.t.Helper()
	if s.PID != p.pid {
		p.t.Fatalf("socket %v belongs to process %d, not %d", s.Local, s.PID, p.pid)
	}
}
