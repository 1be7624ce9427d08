package process

import (
	"errors"
	"fmt"
	"os"
)

// ErrProtected says that lotop does not end a process, whoever asks.
var ErrProtected = errors.New("not stopped")

// Protected tells whether lotop refuses to end p, and what to do instead: init,
// what is part of the kernel, lotop itself, and all that lotop runs in.
func (r *Reader) Protected(p *Process) (reason string, ok bool) {
	self := os.Getpid()
	switch {
	case p.PID <= 0:
		return "it is not visible in this PID namespace: run lotop in its namespace", true
	case p.PID == 1:
		return "it is init: stop the unit that owns the port, such as systemctl stop NAME.socket", true
	case p.PID == self:
		return "it is lotop itself: quit lotop instead", true
	}
	if reason := criticalReason(p.PID); reason != "" {
		return reason, true
	}
	if s, err := r.stat(p.PID); err == nil && s.flags&kernelThread != 0 {
		return "it is a kernel thread: unmount or shut down what it serves", true
	}
	if p.PID == os.Getppid() {
		return ancestorReason(p), true
	}
	line, _ := r.ancestorIDs(self) // as far as it can be seen
	for _, at := range line {
		if at.pid == p.PID {
			return ancestorReason(p), true
		}
	}
	return "", false
}

// ancestorReason says that p is an ancestor.
func ancestorReason(p *Process) string {
	return fmt.Sprintf("lotop runs inside it: stop %s from another terminal", p.Name)
}
