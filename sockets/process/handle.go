package process

import (
	"context"
	"errors"
	"strconv"
	"syscall"
)

// ErrDenied means that this user may not stop a process.
var ErrDenied = errors.New("not permitted")

// Handle refers to one process, so that a signal cannot reach another process that
// got its PID meanwhile.
//
// On Linux it is a pidfd. Where the kernel has none (before 5.3, or in some
// sandboxes) the start time is compared right before each signal instead, which
// leaves a gap of microseconds; ReuseSafe reports which it is.
//
// Signal and Wait may be called by several goroutines at once, Close after all of
// them.
type Handle struct {
	process *Process
	reader  *Reader
	fd      int // -1 without pidfd
}

// Open opens a handle of the process p. The error is ErrGone if another process has
// its PID by now.
func (r *Reader) Open(p *Process) (*Handle, error) { return r.open(p) }

// Process returns the process as it was when the handle was opened.
func (h *Handle) Process() *Process { return h.process }

// ReuseSafe reports whether the kernel itself prevents signals to a process that
// reuses the PID.
func (h *Handle) ReuseSafe() bool { return h.fd >= 0 }

// Signal sends a signal. The error is ErrGone if the process has exited, and wraps
// ErrDenied and names its user if this user may not signal it. A zombie accepts every
// signal without effect.
func (h *Handle) Signal(sig syscall.Signal) error { return h.signal(sig) }

// Terminate sends SIGTERM, which asks the process to exit.
func (h *Handle) Terminate() error { return h.Signal(syscall.SIGTERM) }

// Kill sends SIGKILL, which the process cannot handle.
func (h *Handle) Kill() error { return h.Signal(syscall.SIGKILL) }

// Wait returns nil once the process has exited, with all its threads, or the
// context's error. A zombie has exited: its sockets are closed.
func (h *Handle) Wait(ctx context.Context) error { return h.wait(ctx) }

// Close closes the handle.
func (h *Handle) Close() error { return h.close() }

// SignalName returns the name of a signal, such as SIGTERM.
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
