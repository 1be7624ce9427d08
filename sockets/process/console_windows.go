package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"lotop/sockets/untrusted"
)

// ctrlEventArg is the hidden first argument with which lotop runs itself to send a
// Ctrl event: only a process attached to the target's console can, and lotop must not
// leave its own.
const ctrlEventArg = "__console-event"

// ctrlEventTimeout limits that run, which takes milliseconds.
const ctrlEventTimeout = 3 * time.Second

// sendCtrlEvent sends Ctrl+C or Ctrl+Break to the console of the process, if no other
// process would receive it. The open handle prevents that the PID is reused
// meanwhile.
func (h *Handle) sendCtrlEvent(sig syscall.Signal) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("request close of process %d: %w", h.process.PID, err)
	}
	event := windows.CTRL_C_EVENT
	if sig != syscall.SIGINT && sig != syscall.SIGTERM {
		event = windows.CTRL_BREAK_EVENT
	}
	ctx, cancel := context.WithTimeout(context.Background(), ctrlEventTimeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, self, ctrlEventArg, strconv.Itoa(h.process.PID), strconv.Itoa(event))
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.DETACHED_PROCESS}
	out, err := cmd.Output()
	if err == nil {
		return nil
	}
	text := strings.TrimSpace(string(out))
	if text == "" {
		text = err.Error()
	}
	return fmt.Errorf("process %d (%s) cannot be asked to close, %s: kill it",
		h.process.PID, h.process.Name, untrusted.New(text))
}

// RunHelper does what lotop runs itself for, and reports whether args are those of
// such a run. A program that stops processes must call it first.
func RunHelper(args []string) (code int, ok bool) {
	if len(args) != 3 || args[0] != ctrlEventArg {
		return 0, false
	}
	pid, err1 := strconv.ParseUint(args[1], 10, 31)
	event, err2 := strconv.ParseUint(args[2], 10, 1)
	if err := errors.Join(err1, err2); err != nil {
		fmt.Println(err)
		return 1, true
	}
	if err := generateCtrlEvent(int(pid), uint32(event)); err != nil {
		fmt.Println(err)
		return 1, true
	}
	return 0, true
}

// generateCtrlEvent attaches to the console of a process and sends the event to every
// process on it.
func generateCtrlEvent(pid int, event uint32) error {
	calls := loadProcs()
	if ok, _, err := calls.attachConsole.Call(uintptr(pid)); ok == 0 {
		if errors.Is(err, windows.ERROR_INVALID_HANDLE) {
			return errors.New("it has neither a window nor a console")
		}
		return fmt.Errorf("cannot attach to its console: %w", err)
	}
	// This process receives the event, too.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	console, err := consoleList()
	if err != nil {
		return fmt.Errorf("cannot list the processes on its console: %w", err)
	}
	all, err := listEntries(new([]byte))
	if err != nil {
		return err
	}
	if other := newProcessTable(all).consoleSharer(console, pid, os.Getpid()); other != nil {
		return fmt.Errorf("it shares its console with %s (%d), which would be interrupted too", other.name, other.pid)
	}
	if err := windows.GenerateConsoleCtrlEvent(event, 0); err != nil {
		return fmt.Errorf("cannot signal its console: %w", err)
	}
	return nil
}

// consoleList returns the processes on the console of this process.
func consoleList() ([]int, error) {
	for size := 64; size <= 1<<16; size *= 4 {
		list := make([]uint32, size)
		n, _, err := loadProcs().consoleList.Call(uintptr(unsafe.Pointer(&list[0])), uintptr(size))
		if n == 0 {
			return nil, err
		}
		if int(n) > size {
			continue
		}
		pids := make([]int, n)
		for i := range pids {
			pids[i] = int(list[i])
		}
		return pids, nil
	}
	return nil, errors.New("too many processes")
}
