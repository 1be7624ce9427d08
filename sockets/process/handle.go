package process

import (
	"context"
	"errors"
	"strconv"
	"syscall"
)

// ErrDenied says that a process may not be ended by this user.
var ErrDenied = errors.New("not permitted")

// Handle holds on to one process, so that a signal can hit no other that got
// its pid meanwhile.
//
// On Linux it is a pidfd. Where the kernel has none (before 5.3, or behind some
// sandboxes) the start time is compared right before each signal instead, which
// leaves a gap of microseconds; Exact tells which it is.
//
// Signal and Wait may be used by several goroutines at once; Close comes after
// all of them.
type Handle struct {
	process *Process
	reader  *Reader
	fd      int // -1 without pidfd
}

// Open takes hold of the process p, and of no other: the error is ErrGone if the
// pid names another one by now.
func (r *Reader) Open(p *Process) (*Handle, error) { return r.open(p) }

// Process returns the process as it was when the handle was opened.
func (h *Handle) Process() *Process { return h.process }

// ReuseSafe tells whether the kernel itself guards against a reused pid.
func (h *Handle) ReuseSafe() bool { return h.fd >= 0 }

// Signal sends a signal. The error is ErrGone if the process has ended and
// ErrDenied if this user may not; then it says whose the process is. A zombie
// takes every signal and does nothing.
func (h *Handle) Signal(sig syscall.Signal) error { return h.signal(sig) }

// Terminate asks the process to end.
func (h *Handle) Terminate() error { return h.Signal(syscall.SIGTERM) }

// Kill ends the process without asking it.
func (h *Handle) Kill() error { return h.Signal(syscall.SIGKILL) }

// Wait returns nil once the process has ended, with all its threads, or the
// context's error. A zombie has ended: its sockets are closed.
func (h *Handle) Wait(ctx context.Context) error { return h.wait(ctx) }

// Close lets go of the process.
func (h *Handle) Close() error { return h.close() }

// SignalName gives a signal's name, such as SIGTERM.
func SignalName(sig syscall.Signal) string {
	switch sig {
	case syscall.SIGHUP:
		return "SIGHUP"
	case syscall.SIGINT:
		return "SIGINT"
	case syscall.SIGQUIT:
		return "SIGQUIT"
	case syscall.SIGABRT:
		return "SIGABRT"
	case syscall.SIGKILL:
		return "SIGKILL"
	case syscall.SIGTERM:
		return "SIGTERM"
	}
	return "signal " + strconv.Itoa(int(sig))
}
