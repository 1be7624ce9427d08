package process

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/untrusted"
)

// How much of one file is read: the first is nearly always enough, the second is the
// limit.
const (
	initialRead = 4 << 10
	maxRead     = 64 << 10
)

// bootTime returns when this machine started. The clock has it to the nanosecond, the
// btime of /proc/stat only to the second.
func bootTime() time.Time {
	var since unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &since); err != nil {
		return time.Time{}
	}
	return time.Now().Add(-time.Duration(since.Nano())).Round(0)
}

// procDir is an open /proc/PID. It refers to its process: once that has exited, every
// read through it fails, even if another process has the PID by then.
type procDir struct {
	fd   int
	path string
}

func (r *Reader) openDir(pid int) (procDir, error) {
	d := procDir{path: r.proc + "/" + strconv.Itoa(pid)}
	var err error
	d.fd, err = unix.Open(d.path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT {
		// No process, or no proc file system at all: the latter is an error.
		if _, missing := os.Stat(r.proc); missing != nil {
			return d, fmt.Errorf("read process %d: %w", pid, missing)
		}
	}
	if err != nil {
		return d, wrapGone("open "+d.path, err)
	}
	return d, nil
}

func (d procDir) close() { _ = unix.Close(d.fd) }

// wrapGone wraps err, with ErrGone in place of the two errnos that mean that the
// process has exited.
func wrapGone(what string, err error) error {
	if err == unix.ENOENT || err == unix.ESRCH {
		err = ErrGone
	}
	return fmt.Errorf("%s: %w", what, err)
}

// read returns the content of a file. It is in buf and valid until the next read.
func (d procDir) read(name string, buf *[]byte) ([]byte, error) {
	fd, err := unix.Openat(d.fd, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, wrapGone("open "+d.path+"/"+name, err)
	}
	defer unix.Close(fd)
	have := 0
	for {
		n, err := unix.Read(fd, (*buf)[have:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, wrapGone("read "+d.path+"/"+name, err)
		}
		have += n
		// The kernel returns these files in one piece, so a short read is the last
		// one, and another to confirm that is not needed.
		if have < len(*buf) || len(*buf) >= maxRead {
			return (*buf)[:have], nil
		}
		*buf = append(*buf, make([]byte, len(*buf))...)
	}
}

// link returns the target of a link, empty if it may not be read.
func (d procDir) link(name string, buf *[]byte) untrusted.Text {
	n, err := unix.Readlinkat(d.fd, name, *buf)
	if err != nil {
		return untrusted.Text{}
	}
	return untrusted.New(string((*buf)[:n]))
}

// buffer returns a buffer to read into; return it with release.
func (r *Reader) buffer() *[]byte {
	if b, ok := r.buffers.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, initialRead)
	return &b
}

func (r *Reader) release(b *[]byte) {
	if len(*b) == initialRead { // do not keep the memory of a long command line
		r.buffers.Put(b)
	}
}

// withProc opens /proc/PID and returns what f reads of it. buf is valid until f
// returns.
func withProc[T any](r *Reader, pid int, f func(d procDir, buf *[]byte) (T, error)) (T, error) {
	buf := r.buffer()
	defer r.release(buf)
	d, err := r.openDir(pid)
	if err != nil {
		var none T
		return none, err
	}
	defer d.close()
	return f(d, buf)
}

// stat reads /proc/PID/stat. The name is left out: it is part of the buffer.
func (r *Reader) stat(pid int) (stat, error) {
	return withProc(r, pid, func(d procDir, buf *[]byte) (stat, error) {
		s, err := d.stat(buf)
		s.name = nil
		return s, err
	})
}

func (d procDir) stat(buf *[]byte) (stat, error) {
	b, err := d.read("stat", buf)
	if err != nil {
		return stat{}, err
	}
	s, err := parseStat(b)
	if err != nil {
		return stat{}, fmt.Errorf("read %s/stat: %w", d.path, err)
	}
	return s, nil
}

// status reads /proc/PID/status.
func (r *Reader) status(pid int) (status, error) {
	return withProc(r, pid, func(d procDir, buf *[]byte) (status, error) {
		b, err := d.read("status", buf)
		return parseStatus(b), err
	})
}

func (r *Reader) read(pid int) (*Process, error) {
	return withProc(r, pid, func(d procDir, buf *[]byte) (*Process, error) {
		return r.readProcess(d, pid, buf)
	})
}

func (r *Reader) readProcess(d procDir, pid int, buf *[]byte) (*Process, error) {
	all, err := r.collect(d, pid, buf)
	if err != nil {
		return nil, err
	}
	return &all.Process, nil
}

func (r *Reader) refresh(old *Process) (*Process, error) {
	return withProc(r, old.PID, func(d procDir, buf *[]byte) (*Process, error) {
		same, err := r.unchanged(d, old, buf)
		switch {
		case err != nil:
			return nil, err
		case same:
			return old, nil
		}
		return r.readProcess(d, old.PID, buf)
	})
}

// unchanged reports whether a process still is as it was read.
func (r *Reader) unchanged(d procDir, old *Process, buf *[]byte) (bool, error) {
	s, err := d.stat(buf)
	if err != nil {
		return false, err
	}
	if s.start != old.Start {
		return false, fmt.Errorf("read process %d: PID reused by another process: %w", old.PID, ErrGone)
	}
	if string(s.name) != old.Name.Raw() || s.parent != old.Parent || stateClass(s.state) != stateClass(old.State) {
		return false, nil
	}
	args, err := d.read("cmdline", buf)
	if err != nil {
		return false, err
	}
	return sameArgs(args, old.Args) && r.tracee(d, old.PID, old.Name.Raw()) == old.Tracee && r.orphaned(&s) == old.Orphaned, nil
}

func (r *Reader) details(pid int) (*Details, error) {
	return withProc(r, pid, func(d procDir, buf *[]byte) (*Details, error) {
		all, err := r.collect(d, pid, buf)
		if err != nil {
			return nil, err
		}
		all.User = r.users.Name(all.UID)
		all.Cwd = d.link("cwd", buf)
		all.Executable = d.link("exe", buf)
		return &all, nil
	})
}

// collect reads what any user may read.
func (r *Reader) collect(dir procDir, pid int, buf *[]byte) (Details, error) {
	s, err := dir.stat(buf)
	if err != nil {
		return Details{}, err
	}
	d := Details{CPU: time.Duration(s.cpuTicks) * clockTick, Threads: s.threads}
	d.PID, d.Parent, d.State = pid, s.parent, s.state
	d.Start, d.Started = s.start, r.startTime(s.start)
	d.Name, d.Orphaned = untrusted.New(string(s.name)), r.orphaned(&s)

	b, err := dir.read("cmdline", buf)
	if err != nil {
		return Details{}, err
	}
	d.Args = parseArgs(b)
	d.Command = untrusted.New(strings.Join(d.Args, " "))

	b, err = dir.read("status", buf)
	if err != nil {
		return Details{}, err
	}
	more := parseStatus(b)
	if more.tgid > 0 && more.tgid != pid {
		return Details{}, fmt.Errorf("read process %d: it is a thread of process %d: %w", pid, more.tgid, ErrGone)
	}
	d.Memory, d.Tracer, d.UID = more.memory, r.threadLeader(more.tracer), more.uid
	if !more.hasUID {
		d.UID = dir.owner()
	}
	d.Tracee = r.tracee(dir, pid, d.Name.Raw())
	d.Cgroup, err = dir.cgroup(buf)
	return d, err
}

// owner returns the owner of the directory, for lack of a better answer: that of a
// process that is not dumpable belongs to root.
func (d procDir) owner() uint32 {
	var st unix.Stat_t
	if err := unix.Fstat(d.fd, &st); err != nil {
		return 0
	}
	return st.Uid
}

// cgroup reads /proc/PID/cgroup, which kernels without cgroups do not have.
func (d procDir) cgroup(buf *[]byte) (Cgroup, error) {
	b, err := d.read("cgroup", buf)
	if errors.Is(err, ErrGone) {
		if _, gone := d.stat(buf); gone == nil {
			return Cgroup{}, nil
		}
	}
	if err != nil {
		return Cgroup{}, err
	}
	return ParseCgroup(parseCgroupFile(b)), nil
}

// selfPID returns the PID of lotop in the proc file system.
func (r *Reader) selfPID() (int, error) {
	target, err := os.Readlink(r.proc + "/self")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(target)
}
