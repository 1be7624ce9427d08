package socketstest

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

// serve keeps the sockets open until it is asked to exit or standard input
// closes.
func (h *ChildConfig) serve() error {
	var data windows.WSAData
	if err := windows.WSAStartup(0x202, &data); err != nil {
		return os.NewSyscallError("wsastartup", err)
	}
	interrupts := make(chan os.Signal, 1)
	signal.Notify(interrupts, os.Interrupt)
	for _, spec := range h.Sockets {
		local, err := socket(spec)
		if err != nil {
			return err
		}
		fmt.Println(local)
	}
	closed, problem := make(chan struct{}), make(chan error, 1)
	if h.Window {
		opened := make(chan error, 1)
		go window(opened, closed)
		if err := <-opened; err != nil {
			return err
		}
	}
	if h.ConsolePeer {
		if err := startConsolePeer(); err != nil {
			return err
		}
	}
	fmt.Println("ready")
	go func() {
		_, err := io.Copy(io.Discard, os.Stdin)
		problem <- err
	}()
	for {
		select {
		case <-interrupts:
			fmt.Println("interrupted")
			if !h.IgnoresCtrlC {
				return nil
			}
		case <-closed:
			fmt.Println("closed")
			return nil
		case err := <-problem:
			return err
		}
	}
}

// window shows a window and closes closed when the window has been closed.
func window(opened chan<- error, closed chan<- struct{}) {
	runtime.LockOSThread() // messages of a window go to the thread that created it
	user := windows.NewLazySystemDLL("user32.dll")
	create, get, dispatch := user.NewProc("CreateWindowExW"), user.NewProc("GetMessageW"), user.NewProc("DispatchMessageW")
	// A class that every system has, and whose windows WM_CLOSE destroys.
	class, err := windows.UTF16PtrFromString("STATIC")
	if err != nil {
		opened <- err
		return
	}
	const overlappedVisible = 0x10cf0000 // WS_OVERLAPPEDWINDOW | WS_VISIBLE
	w, _, err := create.Call(0, uintptr(unsafe.Pointer(class)), uintptr(unsafe.Pointer(class)), overlappedVisible, 0, 0, 100, 100, 0, 0, 0, 0)
	if w == 0 {
		opened <- os.NewSyscallError("CreateWindowEx", err)
		return
	}
	opened <- nil
	var message [64]byte // a MSG has 48 bytes
	for windows.IsWindow(windows.HWND(w)) {
		if n, _, _ := get.Call(uintptr(unsafe.Pointer(&message)), 0, 0, 0); int32(n) <= 0 {
			break
		}
		_, _, _ = dispatch.Call(uintptr(unsafe.Pointer(&message)))
	}
	close(closed)
}

// startConsolePeer starts a child with the same standard input, so that it
// exits when that closes, and prints its PID.
func startConsolePeer() error {
	cmd := RoleCommand(childRole, "{}")
	cmd.Stdin = os.Stdin
	if err := cmd.Start(); err != nil {
		return err
	}
	fmt.Println(cmd.Process.Pid)
	return nil
}
