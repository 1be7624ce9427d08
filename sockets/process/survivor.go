package process

import (
	"fmt"
	"syscall"
)

// survivalReason returns why a process did not exit after a signal, and what to do;
// empty if unknown.
func (r *Reader) survivalReason(pid int, sig syscall.Signal) string {
	now, err := r.stat(pid)
	if err != nil {
		return ""
	}
	more, err := r.status(pid)
	if err != nil {
		return ""
	}
	switch {
	case now.state == 't' && more.tracer > 0:
		return fmt.Sprintf("it is paused by a debugger: quit %s first", r.label(r.threadLeader(more.tracer)))
	case now.state == 'T' && sig != syscall.SIGKILL:
		return fmt.Sprintf("it is suspended; resume it so it can exit: kill -CONT %d", pid)
	case now.state == 'D':
		return "it is in uninterruptible sleep: it exits when the disk or file server responds"
	case stateClass(now.state) == 'Z':
		return "its main thread exited but others still run: wait, or kill it"
	case sig > 0 && sig <= 64 && more.sigIgn&(1<<(sig-1)) != 0:
		return fmt.Sprintf("it ignores %s: kill it", SignalName(sig))
	case more.tracer > 0: // it runs, but signals go to the debugger first
		return fmt.Sprintf("a debugger is attached and may block the signal: quit %s first",
			r.label(r.threadLeader(more.tracer)))
	}
	return ""
}

// threadLeader returns the process of a thread: the kernel reports the thread that
// traces, not its process (proc_pid_status, fs/proc/array.c).
func (r *Reader) threadLeader(thread int) int {
	if thread == 0 {
		return 0
	}
	if s, err := r.status(thread); err == nil && s.tgid > 0 {
		return s.tgid
	}
	return thread // it exited meanwhile
}

// label returns name and PID of a process.
func (r *Reader) label(pid int) string {
	p, err := r.Read(pid)
	if err != nil {
		return fmt.Sprintf("process %d", pid)
	}
	return fmt.Sprintf("%s (process %d)", p.Name, pid)
}
