package process

import (
	"errors"
	"fmt"
	"sync"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// calls are what golang.org/x/sys/windows does not have.
type calls struct {
	postMessage, getWindow               *windows.LazyProc
	attachConsole, consoleList, critical *windows.LazyProc
}

var lazyCalls = sync.OnceValue(func() *calls {
	user, kernel := windows.NewLazySystemDLL("user32.dll"), windows.NewLazySystemDLL("kernel32.dll")
	return &calls{
		postMessage:   user.NewProc("PostMessageW"),
		getWindow:     user.NewProc("GetWindow"),
		attachConsole: kernel.NewProc("AttachConsole"),
		consoleList:   kernel.NewProc("GetConsoleProcessList"),
		critical:      kernel.NewProc("IsProcessCritical"),
	}
})

// isCritical tells whether Windows goes down with a process.
func isCritical(h windows.Handle) bool {
	call := lazyCalls().critical
	if call.Find() != nil { // before Windows 8.1
		return false
	}
	var critical int32
	ok, _, _ := call.Call(uintptr(h), uintptr(unsafe.Pointer(&critical)))
	return ok != 0 && critical != 0
}

// ask asks the process to end: its windows if it has any, else by its console.
func (h *Handle) ask(sig syscall.Signal) error {
	asked, err := closeWindows(uint32(h.process.PID))
	switch {
	case asked > 0:
		return nil
	case errors.Is(err, windows.ERROR_ACCESS_DENIED): // its rights are higher
		return h.denied()
	}
	err = h.askByConsole(sig)
	if err != nil && h.exited() {
		return fmt.Errorf("request close of process %d: %w", h.process.PID, ErrGone)
	}
	return err
}

// closing is one walk through the windows.
type closing struct {
	pid   uint32
	asked int
	err   error
}

// eachWindow is the callback of EnumWindows. Callbacks are never given back, so
// there is one for all walks.
var eachWindow = sync.OnceValue(func() uintptr {
	return windows.NewCallback(func(w windows.HWND, c *closing) uintptr {
		c.visit(w)
		return 1 // go on
	})
})

// closeWindows posts WM_CLOSE to what a person would close of a process: its
// visible windows without an owner.
func closeWindows(pid uint32) (asked int, err error) {
	c := &closing{pid: pid}
	_ = windows.EnumWindows(eachWindow(), unsafe.Pointer(c)) // without a desktop there are none
	return c.asked, c.err
}

func (c *closing) visit(w windows.HWND) {
	var pid uint32
	if _, err := windows.GetWindowThreadProcessId(w, &pid); err != nil || pid != c.pid {
		return
	}
	const ownerOf, wmClose = 4, 0x10 // GW_OWNER, WM_CLOSE
	owner, _, _ := lazyCalls().getWindow.Call(uintptr(w), ownerOf)
	if owner != 0 || !windows.IsWindowVisible(w) || isConsole(w) {
		return
	}
	if ok, _, err := lazyCalls().postMessage.Call(uintptr(w), wmClose, 0, 0); ok == 0 {
		c.err = err
		return
	}
	c.asked++
}

// isConsole tells whether a window is a console's. It passes for a window of the
// first program in there, and closing it would end all of them.
func isConsole(w windows.HWND) bool {
	var class [64]uint16
	n, err := windows.GetClassName(w, &class[0], int32(len(class)))
	if err != nil {
		return true // it has gone
	}
	switch windows.UTF16ToString(class[:n]) {
	case "ConsoleWindowClass", "PseudoConsoleWindow":
		return true
	}
	return false
}
