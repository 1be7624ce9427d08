package process

import (
	"errors"
	"fmt"
	"os"
)

// ErrProtected means that lotop never stops that process.
var ErrProtected = errors.New("not stopped")

// Protected reports whether lotop refuses to stop p, and returns the reason and what
// to do instead: init, parts of the kernel, lotop itself, and the processes that
// lotop runs in.
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
	ancestors, _ := r.ancestorIDs(self) // as far as visible
	for _, id := range ancestors {
		if id.pid == p.PID {
			return ancestorReason(p), true
		}
	}
	return "", false
}

// ancestorReason returns the reason for ancestors of lotop.
func ancestorReason(p *Process) string {
	return fmt.Sprintf("lotop runs inside it: stop %s from another terminal", p.Name)
}
