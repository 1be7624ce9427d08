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
	// stopWithin is how long a stop may take. The kernel drops SIGTTOU if the shell
	// has exited meanwhile.
	stopWithin = time.Second
	// settleTime is how long a signal sent before SIGCONT may take to arrive.
	settleTime = 100 * time.Millisecond
)

// notifyStops catches SIGTSTP, so that lotop restores the terminal before it stops.
func (h *signalHandler) notifyStops() { signal.Notify(h.stops, unix.SIGTSTP) }

// watchTerminal waits for the hangup of the terminal. Bubble Tea treats it as the
// end of input, and a screen that does not change is not written either.
func (h *signalHandler) watchTerminal() {
	for {
		fds := []unix.PollFd{{Fd: int32(unix.Stdin)}} // poll always reports a hangup
		n, err := unix.Poll(fds, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err == nil && n > 0 && fds[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0:
			h.lost()
			return
		default:
			return // the terminal does not report it; the next write will fail
		}
	}
}

// awaitForeground stops lotop, and returns when lotop has been continued in the
// foreground or a signal ends it. Continued in the background, it stops again, as
// every process that writes to a terminal from there.
func (h *signalHandler) awaitForeground(group bool) {
	h.stop(unix.SIGSTOP, group)
	for !inForeground() && cannotSuspend() == "" {
		select {
		case <-h.quitting:
			return
		case <-time.After(settleTime):
		}
		if !inForeground() { // the shell may have moved it to the background again
			h.stop(unix.SIGTTOU, false)
		}
	}
}

// stop stops lotop, and with group its process group, and returns when lotop has
// been continued. SIGTSTP itself does not stop a Go program that has ever caught it
// (runtime.sigdisable leaves the handler in place).
func (h *signalHandler) stop(s unix.Signal, group bool) {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	signal.Stop(h.stops) // lotop itself is in the group that it signals
	defer h.notifyStops()
	if group {
		_ = unix.Kill(0, unix.SIGTSTP) // as the terminal does for ctrl+z
	}
	_ = unix.Kill(os.Getpid(), s) // if it fails, lotop continues
	select {
	case <-continued:
	case <-h.quitting:
	case <-time.After(stopWithin):
	}
}

// inForeground reports whether lotop may use the terminal. A terminal that is not
// the controlling one has no background.
func inForeground() bool {
	group, err := unix.IoctlGetInt(unix.Stdin, unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

// cannotSuspend returns why lotop cannot be suspended, empty if it can.
func cannotSuspend() string {
	if orphanedGroup() {
		return "no shell to return to"
	}
	return ""
}

// orphanedGroup reports whether the process group is orphaned as defined by POSIX:
// no member has a parent in another group of this session, which could continue it.
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

// isShell reports whether a process is in another process group of this session. A
// parent outside of this PID namespace is 0, which getsid(2) takes as lotop itself.
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
