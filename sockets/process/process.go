// Package process reads processes (name, command line, working directory, user,
// parents, unit, container) and stops them safely.
//
// It knows nothing of sockets and nothing of screens. Everything that a process can
// choose itself is an [untrusted.Text].
package process

import (
	"errors"
	"strings"
	"time"

	"lotop/sockets/untrusted"
)

// ErrGone means that there is no such process any more. It is the harmless result of
// a race with a process that exits, so callers skip that process.
var ErrGone = errors.New("no such process")

// Process describes a process, as far as any user may read it. A Process never
// changes once it was returned; reading again returns a new one.
type Process struct {
	PID    int
	Parent int // PID of the parent, 0 for none
	// Start is when the process started, in clock ticks since boot (field 22 of
	// /proc/PID/stat); on macOS in microseconds since 1970; on Windows in 100 ns
	// since 1601, a FILETIME. PID and Start together identify a process.
	Start   uint64
	Started time.Time // the same as a time of day
	State   byte      // R, S, D, T, t, Z and so on, as in proc(5); 0 unknown
	UID     uint32    // effective user, 1<<32 - 1 where users have no numbers
	// Account is the user name on Windows, where users have no numbers; empty if this
	// user may not read it.
	Account untrusted.Text
	Name    untrusted.Text // from the kernel, at most 15 bytes on Linux
	Command untrusted.Text // the arguments joined by spaces, empty for kernel threads
	Args    []string       // the raw arguments; never print them
	// Tracee is the PID of the child that it traces by ptrace, 0 for none; set on
	// Linux only, and only for debug servers.
	Tracee int
	Cgroup Cgroup
	// Orphaned reports that the process has outlived the job it was started in: the
	// leader of its process group has exited, and its parent is of another session.
	// A parent with PID 1 alone shows nothing: daemons are started that way. Set on
	// Linux only.
	Orphaned bool
}

// IsOrphan reports whether the process was left behind by the one that started
// it. A service manager and a container engine look after theirs.
func (p *Process) IsOrphan() bool {
	return p.Orphaned && p.Cgroup.Engine == "" && p.Cgroup.Container.String() == "" &&
		!strings.HasSuffix(p.Cgroup.Unit.String(), ".service")
}

// Same reports whether p and q are the same process, not merely the same PID.
func (p *Process) Same(q *Process) bool {
	return p.PID == q.PID && p.Start == q.Start
}

// Cgroup is the group in which the service manager or the container engine runs a
// process.
type Cgroup struct {
	Path untrusted.Text // in the cgroup hierarchy, "/" for the root
	// Unit is the systemd unit, such as postgresql.service, or the Windows service;
	// empty if none.
	Unit      untrusted.Text
	Container untrusted.Text // name or short ID of the container; empty if none
	Engine    string         // "docker", "podman", "containerd", "cri-o", "lxc", "nspawn"; empty if none
	Service   Service
}

// Details is what costs more to read, or may only be read by the process's own user.
// What could not be read is empty or zero.
type Details struct {
	Process
	User       untrusted.Text // name of UID, or the number
	Cwd        untrusted.Text // working directory
	Executable untrusted.Text // path of the program
	CPU        time.Duration  // user and system time used
	Memory     uint64         // resident, in bytes
	Threads    int
	Tracer     int // PID of its debugger, 0 for none
}
