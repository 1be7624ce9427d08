package probe

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// openSocket opens a socket that child processes do not inherit. There is no
// SOCK_CLOEXEC, so no child may be started in between.
func openSocket(family, kind int) (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Socket(family, kind, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	return fd, err
}
