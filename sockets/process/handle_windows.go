package process

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"golang.org/x/sys/windows"
)

// open takes hold of the process. Windows gives a pid to nobody else as long as
// a handle to its process is open, so what is compared here stays true.
func (r *Reader) open(p *Process) (*Handle, error) {
	const look = windows.PROCESS_QUERY_LIMITED_INFORMATION | windows.SYNCHRONIZE
	h, err := windows.OpenProcess(look|windows.PROCESS_TERMINATE, false, uint32(p.PID))
	if errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		h, err = windows.OpenProcess(look, false, uint32(p.PID))
	}
	held := &Handle{process: p, reader: r, fd: int(h)}
	switch {
	case errors.Is(err, windows.ERROR_INVALID_PARAMETER): // how it says that there is none
		return nil, fmt.Errorf("open process %d: %w", p.PID, ErrGone)
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return nil, held.denied()
	case err != nil:
		return nil, fmt.Errorf("open process %d: %w", p.PID, err)
	}
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(h, &created, &exited, &kernel, &user); err != nil {
		held.close()
		return nil, fmt.Errorf("open process %d: %w", p.PID, err)
	}
	if start := uint64(created.HighDateTime)<<32 | uint64(created.LowDateTime); start != p.Start {
		held.close()
		return nil, fmt.Errorf("open process %d: PID reused by another process: %w", p.PID, ErrGone)
	}
	if held.exited() { // somebody else holds on to it as well
		held.close()
		return nil, fmt.Errorf("open process %d: %w", p.PID, ErrGone)
	}
	return held, nil
}

func (h *Handle) handle() windows.Handle { return windows.Handle(h.fd) }

// signal asks the process to end, or ends it: Windows has no signals. SIGKILL
// stands for TerminateProcess, SIGINT and SIGTERM for WM_CLOSE or Ctrl+C, every
// other for WM_CLOSE or Ctrl+Break.
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
	case h.exited(): // a process that is ending refuses, too
		return fmt.Errorf("terminate process %d: %w", h.process.PID, ErrGone)
	case errors.Is(err, windows.ERROR_ACCESS_DENIED):
		return h.denied()
	}
	return fmt.Errorf("terminate process %d: %w", h.process.PID, err)
}

func (h *Handle) denied() error {
	return fmt.Errorf("%w: process %d (%s) belongs to another user or is protected: run lotop as administrator", ErrDenied, h.process.PID, h.process.Name)
}

// exited tells whether the process has ended.
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
		_ = windows.SetEvent(wake) // fails for a closed one only
	})
	defer windows.CloseHandle(wake)
	defer func() {
		if !stop() {
			<-woken // or it would set whatever gets this handle next
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

// kernelPID is the process in whose name the kernel's own threads run.
const kernelPID = 4

// criticalReason says why a process must not be ended whoever asks, and what to do
// instead; empty for all others.
func criticalReason(pid int) string {
	if pid == kernelPID {
		return "it is the kernel; a driver such as http.sys serves the port: run netsh http show servicestate, then stop the service it names"
	}
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return "" // nor can it be ended
	}
	defer windows.CloseHandle(h)
	if isCritical(h) {
		return "it is critical to Windows: stop the service that owns the port"
	}
	return ""
}
