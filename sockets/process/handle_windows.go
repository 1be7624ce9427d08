package process

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/windows"
)

// open opens a handle and compares the creation time. Windows does not reuse a PID
// while a handle of its process is open, so the comparison stays valid.
func (r *Reader) open(p *Process) (*Handle, error) {
	const query = windows.PROCESS_QUERY_LIMITED_INFORMATION | windows.SYNCHRONIZE
	h, err := windows.OpenProcess(query|windows.PROCESS_TERMINATE, false, uint32(p.PID))
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		h, err = windows.OpenProcess(query, false, uint32(p.PID))
	}
	opened := &Handle{process: p, reader: r, fd: int(h)}
	switch {
	case errors.Is(err, windows.ERROR_INVALID_PARAMETER): // there is no such process
		return nil, fmt.Errorf("open process %d: %w", p.PID, ErrGone)
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return nil, opened.denied()
	case err != nil:
		return nil, fmt.Errorf("open process %d: %w", p.PID, err)
	}
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(h, &created, &exited, &kernel, &user); err != nil {
		opened.close()
		return nil, fmt.Errorf("open process %d: %w", p.PID, err)
	}
	if start := uint64(created.HighDateTime)<<32 | uint64(created.LowDateTime); start != p.Start {
		opened.close()
		return nil, fmt.Errorf("open process %d: PID reused by another process: %w", p.PID, ErrGone)
	}
	if opened.exited() { // another process has a handle of it, too
		opened.close()
		return nil, fmt.Errorf("open process %d: %w", p.PID, ErrGone)
	}
	return opened, nil
}

func (h *Handle) handle() windows.Handle { return windows.Handle(h.fd) }

// signal asks the process to exit, or terminates it: Windows has no signals. SIGKILL
// maps to TerminateProcess, SIGINT and SIGTERM to WM_CLOSE or Ctrl+C, every other to
// WM_CLOSE or Ctrl+Break.
func (h *Handle) signal(sig syscall.Signal) error {
	if h.exited() {
		return fmt.Errorf("terminate process %d: %w", h.process.PID, ErrGone)
	}
	if sig != syscall.SIGKILL {
		return h.requestClose(sig)
	}
	err := windows.TerminateProcess(h.handle(), 1)
	switch {
	case err == nil:
		return nil
	case h.exited(): // an exiting process refuses it, too
		return fmt.Errorf("terminate process %d: %w", h.process.PID, ErrGone)
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return h.denied()
	}
	return fmt.Errorf("terminate process %d: %w", h.process.PID, err)
}

func (h *Handle) denied() error {
	return fmt.Errorf("%w: process %d (%s) belongs to another user or is protected: run lotop as administrator",
		ErrDenied, h.process.PID, h.process.Name)
}

// exited reports whether the process has exited.
func (h *Handle) exited() bool {
	event, err := windows.WaitForSingleObject(h.handle(), 0)
	return err == nil && event == windows.WAIT_OBJECT_0
}

func (h *Handle) wait(ctx context.Context) error {
	if h.exited() {
		return nil
	}
	wake, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return fmt.Errorf("wait for process %d: %w", h.process.PID, err)
	}
	woken := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(woken)
		_ = windows.SetEvent(wake) // fails only if it is closed
	})
	defer windows.CloseHandle(wake)
	defer func() {
		if !stop() {
			<-woken // else it could set an event that reuses the handle
		}
	}()
	event, err := windows.WaitForMultipleObjects([]windows.Handle{h.handle(), wake}, false, windows.INFINITE)
	switch {
	case err != nil:
		return fmt.Errorf("wait for process %d: %w", h.process.PID, err)
	case event == windows.WAIT_OBJECT_0:
		return nil
	}
	return ctx.Err()
}

func (h *Handle) close() error { return windows.CloseHandle(h.handle()) }

// kernelPID is the process of the kernel's own threads.
const kernelPID = 4

// criticalReason returns why a process must never be stopped, and what to do instead;
// empty for other processes.
func criticalReason(pid int) string {
	if pid == kernelPID {
		return "it is the kernel; a driver such as http.sys serves the port: " +
			"run netsh http show servicestate, then stop the service it names"
	}
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return "" // it cannot be stopped, either
	}
	defer windows.CloseHandle(h)
	if isCritical(h) {
		return "it is critical to Windows: stop the service that owns the port"
	}
	return ""
}
