// Package process tells who a process is (name, command, folder, user,
// parents, unit, container) and ends one safely.
//
// It knows nothing of sockets and nothing of screens. Everything it hands out
// that a process could have chosen itself is a Text, cleaned once, here.
package process

import (
	"errors"
	"time"

	"lotop/sockets/untrusted"
)

// ErrGone says that there is no such process any more. It is the benign end of
// every race with a process that exits, so callers skip what it belongs to.
var ErrGone = errors.New("no such process")

// Process is who a process is, as far as any user may ask. A Process is never
// changed once it was handed out; a later look gives a new one.
type Process struct {
	PID    int
	Parent int // pid of the parent, 0 for none
	// Start is when the process began, in clock ticks since boot (field 22 of
	// /proc/PID/stat); on Windows in 100 ns since 1601, a FILETIME. PID and Start together name a process for good.
	Start   uint64
	Started time.Time // the same as a time of day
	State   byte      // R, S, D, T, t, Z and so on, as in proc(5); 0 unknown
	UID     uint32    // effective user, 1<<32 - 1 where users have no numbers
	// Account is the name of the user on Windows, where users have no numbers; empty
	// if this user may not know it.
	Account untrusted.Text
	Name    untrusted.Text // what the kernel calls it, at most 15 bytes
	Command untrusted.Text // its arguments joined by spaces, empty for kernel threads
	Args    []string       // its arguments as they are; never print them
	Tracee  int            // pid of the child that it debugs by ptrace, 0 none; known on Linux only, of debug servers
	Cgroup  Cgroup
}

// Same tells whether p and q are the same process, not merely the same pid.
func (p *Process) Same(q *Process) bool {
	return p.PID == q.PID && p.Start == q.Start
}

// Cgroup is where the service manager or the container engine has put a
// process or a socket.
type Cgroup struct {
	Path      untrusted.Text // in the cgroup hierarchy, "/" the root
	Unit      untrusted.Text // the systemd unit, such as postgresql.service, or the service of Windows; empty if none
	Container untrusted.Text // the container's name or short id; empty if none
	Engine    string         // "docker", "podman", "containerd", "cri-o", "lxc", "nspawn"; empty if none
	Service   Service
}

// Details is what costs more to read, or may be read by the process's own user
// only. What could not be read is empty or zero.
type Details struct {
	Process
	User       untrusted.Text // name of UID, or its number
	Cwd        untrusted.Text // working directory
	Executable untrusted.Text // path of the program
	CPU        time.Duration  // used so far, user and system
	Memory     uint64         // resident, in bytes
	Threads    int
	Tracer     int // pid of the debugger that holds it, 0 for none
}
