//go:build unix

package tui

import (
	"errors"
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// stopWithin is how long a stop may take to act. The kernel drops SIGTTOU if
	// the shell has exited meanwhile.
	stopWithin = time.Second
	// settleTime is how long a signal from before the SIGCONT may take to arrive.
	settleTime = 100 * time.Millisecond
)

// notifyStops lets lotop restore the terminal before SIGTSTP stops it.
func (h *signalHandler) notifyStops() { signal.Notify(h.stops, unix.SIGTSTP) }

// watchTerminal waits for the hangup of the terminal. Bubble Tea takes it for the
// end of input, and a screen that does not change is not written either.
func (h *signalHandler) watchTerminal() {
	for {
		fds := []unix.PollFd{{Fd: int32(unix.Stdin)}} // a hangup is told without being asked for
		n, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err == nil && n > 0 && fds[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0:
			h.lost()
			return
		default:
			return // a terminal that cannot tell; the next write will
		}
	}
}

// awaitForeground stops lotop, and returns when it has been continued in the
// foreground, or when a signal stops it for good. Continued in the background it
// stops again, as whatever writes to a terminal from there.
func (h *signalHandler) awaitForeground(group bool) {
	h.stop(unix.SIGSTOP, group)
	for !inForeground() && cannotSuspend() == "" {
		select {
		case <-h.quitting:
			return
		case <-time.After(settleTime):
		}
		if !inForeground() { // the shell can have changed its mind
			h.stop(unix.SIGTTOU, false)
		}
	}
}

// stop stops lotop, and the rest of its process group if wanted, and returns when
// lotop has been continued. SIGTSTP itself does not stop a Go program that has
// asked for it once (runtime.sigdisable leaves the handler in place).
func (h *signalHandler) stop(s unix.Signal, group bool) {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	signal.Stop(h.stops) // what lotop sends its group is not for lotop
	defer h.notifyStops()
	if group {
		_ = unix.Kill(0, unix.SIGTSTP) // as the terminal does for ctrl+z
	}
	_ = unix.Kill(os.Getpid(), s) // if it fails lotop just goes on
	select {
	case <-continued:
	case <-h.quitting:
	case <-time.After(stopWithin):
	}
}

// inForeground reports whether the terminal is lotop's to use. One that does not
// control lotop's session has no jobs.
func inForeground() bool {
	group, err := unix.IoctlGetInt(unix.Stdin, unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

// cannotSuspend says why lotop cannot be suspended, empty if it can.
func cannotSuspend() string {
	if orphanedGroup() {
		return "no shell to return to"
	}
	return ""
}

// orphanedGroup reports whether nobody would continue the process group, by the
// definition of POSIX: no member's parent is in another group of this session.
func orphanedGroup() bool {
	if isShell(os.Getppid()) {
		return false
	}
	for _, parent := range groupParents(unix.Getpgrp()) {
		if isShell(parent) {
			return false
		}
	}
	return true
}

// isShell reports whether a process is in another process group of this session.
// A parent outside of this PID namespace is 0, which for getsid(2) is lotop.
func isShell(pid int) bool {
	if pid <= 0 {
		return false
	}
	own, err := unix.Getsid(0)
	if err != nil {
		return false
	}
	session, err := unix.Getsid(pid)
	if err != nil || session != own {
		return false
	}
	group, err := unix.Getpgid(pid)
	return err == nil && group != unix.Getpgrp()
}
