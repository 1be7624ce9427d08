package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"lotop/sockets/access"
)

// open opens the pidfd first and then compares the start time: from there on the PID
// may be reused, the pidfd cannot.
func (r *Reader) open(p *Process) (*Handle, error) {
	if p.PID <= 0 { // process groups to kill(2)
		return nil, fmt.Errorf("open process %d: %w", p.PID, ErrGone)
	}
	if err := r.checkPIDNamespace(); err != nil {
		return nil, fmt.Errorf("open process %d: %w", p.PID, err)
	}
	fd, err := unix.PidfdOpen(p.PID, 0)
	switch err {
	case nil:
	case unix.ENOSYS, unix.EPERM: // no such call, or a sandbox that hides it
		fd = -1
	case unix.ESRCH:
		return nil, fmt.Errorf("open process %d: %w", p.PID, ErrGone)
	default:
		return nil, fmt.Errorf("open process %d: pidfd_open: %w", p.PID, err)
	}
	h := &Handle{process: p, reader: r, fd: fd}
	if err := h.checkIdentity(); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// checkPIDNamespace returns an error if the PIDs of the proc file system are not
// those of signals, because it belongs to another PID namespace.
func (r *Reader) checkPIDNamespace() error {
	self, err := r.selfPID()
	if err != nil {
		return err
	}
	if self != os.Getpid() {
		return fmt.Errorf("%s belongs to another PID namespace: run lotop there", r.proc)
	}
	return nil
}

func (h *Handle) signal(sig syscall.Signal) error {
	var err error
	if h.ReuseSafe() {
		err = unix.PidfdSendSignal(h.fd, sig, nil, 0)
	} else {
		if err := h.checkIdentity(); err != nil {
			return err
		}
		err = unix.Kill(h.process.PID, sig)
	}
	switch err {
	case nil:
		return nil
	case unix.ESRCH:
		err = ErrGone
	case unix.EPERM:
		return h.denied()
	}
	return fmt.Errorf("send %s to process %d: %w", SignalName(sig), h.process.PID, err)
}

// denied returns an error that names the user of the process and what to do.
func (h *Handle) denied() error {
	p, mine := h.process, access.New(h.reader.proc)
	help := "belongs to " + h.reader.users.Name(p.UID).String()
	if p.UID == mine.UID() {
		help = "has elevated privileges"
	}
	switch a := mine.Check(access.SignalOtherUsers); {
	case a.Command == "sudo lotop":
		help += ": run lotop with sudo"
	case a.Advice != "":
		help += ": " + a.Advice
	default: // it was denied all the same
		help += ", and is out of reach of " + h.reader.users.Name(mine.UID()).String() + " here: run lotop on the host"
	}
	return fmt.Errorf("%w: process %d (%s) %s", ErrDenied, p.PID, p.Name, help)
}

// exited reports whether the process has exited.
func (h *Handle) exited() bool {
	if h.ReuseSafe() {
		ready := []unix.PollFd{{Fd: int32(h.fd), Events: unix.POLLIN}}
		n, _ := unix.Poll(ready, 0)
		return n > 0
	}
	now, err := h.reader.stat(h.process.PID)
	if err != nil {
		return errors.Is(err, ErrGone)
	}
	// A zombie with several threads is a main thread that exited before the others.
	return now.start != h.process.Start || stateClass(now.state) == 'Z' && now.threads <= 1
}

func (h *Handle) wait(ctx context.Context) error {
	if h.exited() {
		return nil
	}
	if !h.ReuseSafe() {
		return h.pollExit(ctx)
	}
	fd, err := unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	if err != nil {
		return fmt.Errorf("wait for process %d: eventfd: %w", h.process.PID, err)
	}
	// The File prevents a late wake-up from writing to a reused descriptor.
	wake := os.NewFile(uintptr(fd), "eventfd")
	defer wake.Close()
	stop := context.AfterFunc(ctx, func() { _, _ = wake.Write([]byte{1, 1, 1, 1, 1, 1, 1, 1}) })
	defer stop()

	ready := []unix.PollFd{{Fd: int32(h.fd), Events: unix.POLLIN}, {Fd: int32(fd), Events: unix.POLLIN}}
	for {
		_, err := unix.Poll(ready, -1)
		switch {
		case err == unix.EINTR:
			continue
		case err != nil:
			return fmt.Errorf("wait for process %d: poll: %w", h.process.PID, err)
		case ready[0].Revents != 0:
			return nil
		}
		return ctx.Err()
	}
}

func (h *Handle) close() error {
	if !h.ReuseSafe() {
		return nil
	}
	return unix.Close(h.fd)
}
