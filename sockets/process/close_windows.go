package process

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// dllProcs are the functions that golang.org/x/sys/windows does not have.
type dllProcs struct {
	postMessage, getWindow               *windows.LazyProc
	attachConsole, consoleList, critical *windows.LazyProc
}

var loadProcs = sync.OnceValue(func() *dllProcs {
	user, kernel := windows.NewLazySystemDLL("user32.dll"), windows.NewLazySystemDLL("kernel32.dll")
	return &dllProcs{
		postMessage:   user.NewProc("PostMessageW"),
		getWindow:     user.NewProc("GetWindow"),
		attachConsole: kernel.NewProc("AttachConsole"),
		consoleList:   kernel.NewProc("GetConsoleProcessList"),
		critical:      kernel.NewProc("IsProcessCritical"),
	}
})

// isCritical reports whether Windows crashes when the process exits.
func isCritical(h windows.Handle) bool {
	call := loadProcs().critical
	if call.Find() != nil { // before Windows 8.1
		return false
	}
	var critical int32
	ok, _, _ := call.Call(uintptr(h), uintptr(unsafe.Pointer(&critical)))
	return ok != 0 && critical != 0
}

// requestClose asks the process to exit: through its windows if it has any, else
// through its console.
func (h *Handle) requestClose(sig syscall.Signal) error {
	posted, err := closeWindows(uint32(h.process.PID))
	switch {
	case posted > 0:
		return nil
	case errors.Is(err, windows.ERROR_ACCESS_DENIED): // its rights are higher
		return h.denied()
	}
	err = h.sendCtrlEvent(sig)
	if err != nil && h.exited() {
		return fmt.Errorf("request close of process %d: %w", h.process.PID, ErrGone)
	}
	return err
}

// windowCloser is the state of one enumeration of the windows.
type windowCloser struct {
	pid    uint32
	posted int
	err    error
}

// enumCallback is the callback of EnumWindows. Callbacks are never freed, so all
// enumerations share one.
var enumCallback = sync.OnceValue(func() uintptr {
	return windows.NewCallback(func(w windows.HWND, c *windowCloser) uintptr {
		c.closeWindow(w)
		return 1 // continue
	})
})

// closeWindows posts WM_CLOSE to the windows of a process that a user could close:
// visible ones without an owner.
func closeWindows(pid uint32) (posted int, err error) {
	c := &windowCloser{pid: pid}
	_ = windows.EnumWindows(enumCallback(), unsafe.Pointer(c)) // fails without a desktop, where there are none
	return c.posted, c.err
}

func (c *windowCloser) closeWindow(w windows.HWND) {
	var pid uint32
	if _, err := windows.GetWindowThreadProcessId(w, &pid); err != nil || pid != c.pid {
		return
	}
	const ownerOf, wmClose = 4, 0x10 // GW_OWNER, WM_CLOSE
	owner, _, _ := loadProcs().getWindow.Call(uintptr(w), ownerOf)
	if owner != 0 || !windows.IsWindowVisible(w) || isConsoleWindow(w) {
		return
	}
	if ok, _, err := loadProcs().postMessage.Call(uintptr(w), wmClose, 0, 0); ok == 0 {
		c.err = err
		return
	}
	c.posted++
}

// isConsoleWindow reports whether a window is that of a console. It seems to belong
// to the first program in the console, and closing it would stop all of them.
func isConsoleWindow(w windows.HWND) bool {
	var class [64]uint16
	n, err := windows.GetClassName(w, &class[0], int32(len(class)))
	if err != nil {
		return true // it was closed
	}
	switch windows.UTF16ToString(class[:n]) {
	case "ConsoleWindowClass", "PseudoConsoleWindow":
		return true
	}
	return false
}
