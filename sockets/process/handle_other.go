//go:build !linux && !darwin && !windows

package process

import (
	"context"
	"syscall"
)

func (r *Reader) open(*Process) (*Handle, error) { return nil, ErrUnsupported }

func (h *Handle) signal(syscall.Signal) error { return ErrUnsupported }

func (h *Handle) exited() bool { return false }

func (h *Handle) wait(context.Context) error { return ErrUnsupported }

func (h *Handle) close() error { return nil }
