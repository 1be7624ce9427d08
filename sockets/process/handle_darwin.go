package process

import (
	"context"
	"errors"
	"fmt"
	"syscall"
)

func (r *Reader) open(p *Process) (*Handle, error) {
	if p.PID <= 0 { // process groups to kill(2)
		return nil, fmt.Errorf("open process %d: %w", p.PID, ErrGone)
	}
	h := &Handle{process: p, reader: r, fd: -1}
	if err := h.checkIdentity(); err != nil {
		return nil, err
	}
	return h, nil
}

func (h *Handle) signal(sig syscall.Signal) error {
	if err := h.checkIdentity(); err != nil {
		return err
	}
	switch err := syscall.Kill(h.process.PID, sig); err {
	case nil:
		return nil
	case syscall.ESRCH:
		return fmt.Errorf("send %s to process %d: %w", SignalName(sig), h.process.PID, ErrGone)
	case syscall.EPERM:
		p := h.process
		return fmt.Errorf("%w: process %d (%s) belongs to %s, or macOS protects it: run lotop with sudo",
			ErrDenied, p.PID, p.Name, h.reader.users.Name(p.UID))
	default:
		return fmt.Errorf("send %s to process %d: %w", SignalName(sig), h.process.PID, err)
	}
}

func (h *Handle) exited() bool {
	now, err := h.reader.stat(h.process.PID)
	if err != nil {
		return errors.Is(err, ErrGone)
	}
	return now.start != h.process.Start || now.state == 'Z'
}

func (h *Handle) wait(ctx context.Context) error { return h.pollExit(ctx) }

func (h *Handle) close() error { return nil }
