package process

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/untrusted"
)

// bootTime is not needed: the start times of macOS are absolute.
func bootTime() time.Time { return time.Time{} }

// kinfo reads struct kinfo_proc of a process.
func (r *Reader) kinfo(pid int) (kinfo, error) {
	b, err := unix.SysctlRaw("kern.proc.pid", pid)
	if err == unix.ESRCH || err == nil && len(b) == 0 {
		return kinfo{}, fmt.Errorf("read process %d: %w", pid, ErrGone)
	}
	if err != nil {
		return kinfo{}, fmt.Errorf("read process %d: kern.proc.pid: %w", pid, err)
	}
	k, err := parseKinfo(b)
	if err != nil {
		return kinfo{}, fmt.Errorf("read process %d: kern.proc.pid: %w", pid, err)
	}
	if k.pid != pid {
		return kinfo{}, fmt.Errorf("read process %d: %w", pid, ErrGone)
	}
	return k, nil
}

// read also reads the command line, which the kernel returns only to the process's
// own user and root.
func (r *Reader) read(pid int) (*Process, error) {
	d, err := r.collect(pid)
	if err != nil {
		return nil, err
	}
	return &d.Process, nil
}

func (r *Reader) refresh(old *Process) (*Process, error) {
	now, err := r.read(old.PID)
	if err != nil {
		return nil, err
	}
	if !now.Same(old) {
		return nil, fmt.Errorf("read process %d: PID reused by another process: %w", old.PID, ErrGone)
	}
	if now.Name == old.Name && now.Parent == old.Parent && now.State == old.State && slices.Equal(now.Args, old.Args) {
		return old, nil
	}
	return now, nil
}

func (r *Reader) details(pid int) (*Details, error) {
	d, err := r.collect(pid)
	if err != nil {
		return nil, err
	}
	cwd, exe := r.cwdAndExe(pid)
	if now, err := r.kinfo(pid); err != nil || now.start != d.Start {
		return d, nil // the paths may be those of another process
	}
	d.Cwd = untrusted.New(cwd)
	if exe != "" { // the resolved path, not the one it was started by
		d.Executable = untrusted.New(exe)
	}
	return d, nil
}

func (r *Reader) collect(pid int) (*Details, error) {
	k, err := r.kinfo(pid)
	if err != nil {
		return nil, err
	}
	d := &Details{Tracer: k.tracer}
	d.PID, d.Parent, d.State, d.UID = pid, k.parent, k.state, k.uid
	d.Start, d.Started = k.start, time.UnixMicro(int64(k.start))
	d.Name = untrusted.New(string(k.name))
	d.User = r.users.Name(k.uid)
	if b, err := unix.SysctlRaw("kern.procargs2", pid); err == nil {
		path, args := parseProcArgs(b)
		d.Executable, d.Args, d.Command = untrusted.New(path), args, joinArgs(args)
	}
	return d, nil
}

func (r *Reader) stat(pid int) (stat, error) {
	k, err := r.kinfo(pid)
	return k.stat, err
}

func (r *Reader) status(pid int) (status, error) {
	k, err := r.kinfo(pid)
	return k.status, err
}

// joinArgs returns the arguments as one line.
func joinArgs(args []string) untrusted.Text { return untrusted.New(strings.Join(args, " ")) }
