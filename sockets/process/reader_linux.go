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

// What is read of one file: the first is enough nearly always, the second is
// where lotop stops.
const (
	initialRead = 4 << 10
	maxRead     = 64 << 10
)

// bootTime is when this machine started. The clock knows it to the nanosecond,
// the btime of /proc/stat only to the second.
func bootTime() time.Time {
	var since unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &since); err != nil {
		return time.Time{}
	}
	return time.Now().Add(-time.Duration(since.Nano())).Round(0)
}

// procFS is an open /proc/PID. It stays with its process: once that has ended,
// every read through it fails, also if the pid names another process by then.
type procDir struct {
	fd   int
	path string
}

func (r *Reader) openDir(pid int) (procDir, error) {
	f := procDir{path: r.proc + "/" + strconv.Itoa(pid)}
	var err error
	f.fd, err = unix.Open(f.path, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err == unix.ENOENT {
		// No process, or no proc file system at all: the latter is no benign race.
		if _, missing := os.Stat(r.proc); missing != nil {
			return f, fmt.Errorf("read process %d: %w", pid, missing)
		}
	}
	if err != nil {
		return f, wrapGone("open "+f.path, err)
	}
	return f, nil
}

func (f procDir) close() { _ = unix.Close(f.fd) }

// wrapGone turns the two ways in which the kernel says that a process has ended
// into ErrGone.
func wrapGone(what string, err error) error {
	if err == unix.ENOENT || err == unix.ESRCH {
		err = ErrGone
	}
	return fmt.Errorf("%s: %w", what, err)
}

// read returns a file's bytes, which stand in buf until the next read.
func (f procDir) read(name string, buf *[]byte) ([]byte, error) {
	fd, err := unix.Openat(f.fd, name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, wrapGone("open "+f.path+"/"+name, err)
	}
	defer unix.Close(fd)
	have := 0
	for {
		n, err := unix.Read(fd, (*buf)[have:])
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return nil, wrapGone("read "+f.path+"/"+name, err)
		}
		have += n
		// These files come in one piece, so what does not fill the buffer is
		// all, and the read that would say so can be saved.
		if have < len(*buf) || len(*buf) >= maxRead {
			return (*buf)[:have], nil
		}
		*buf = append(*buf, make([]byte, len(*buf))...)
	}
}

// link returns where a link points to, empty if that may not be known.
func (f procDir) link(name string, buf *[]byte) untrusted.Text {
	n, err := unix.Readlinkat(f.fd, name, *buf)
	if err != nil {
		return untrusted.Text{}
	}
	return untrusted.New(string((*buf)[:n]))
}

// buffer borrows memory for a look; give it back with release.
func (r *Reader) buffer() *[]byte {
	if b, ok := r.buffers.Get().(*[]byte); ok {
		return b
	}
	b := make([]byte, initialRead)
	return &b
}

func (r *Reader) release(b *[]byte) {
	if len(*b) == initialRead { // one long command line need not be remembered
		r.buffers.Put(b)
	}
}

// stat reads /proc/PID/stat. The name is not handed out: it stands in a buffer.
func (r *Reader) stat(pid int) (stat, error) {
	buf := r.buffer()
	defer r.release(buf)
	f, err := r.openDir(pid)
	if err != nil {
		return stat{}, err
	}
	defer f.close()
	s, err := f.stat(buf)
	s.name = nil
	return s, err
}

func (f procDir) stat(buf *[]byte) (stat, error) {
	b, err := f.read("stat", buf)
	if err != nil {
		return stat{}, err
	}
	s, err := parseStat(b)
	if err != nil {
		return stat{}, fmt.Errorf("read %s/stat: %w", f.path, err)
	}
	return s, nil
}

// status reads /proc/PID/status.
func (r *Reader) status(pid int) (status, error) {
	buf := r.buffer()
	defer r.release(buf)
	f, err := r.openDir(pid)
	if err != nil {
		return status{}, err
	}
	defer f.close()
	b, err := f.read("status", buf)
	return parseStatus(b), err
}

func (r *Reader) read(pid int) (*Process, error) {
	buf := r.buffer()
	defer r.release(buf)
	f, err := r.openDir(pid)
	if err != nil {
		return nil, err
	}
	defer f.close()
	d, err := r.collect(f, pid, buf)
	if err != nil {
		return nil, err
	}
	return &d.Process, nil
}

func (r *Reader) refresh(old *Process) (*Process, error) {
	buf := r.buffer()
	defer r.release(buf)
	f, err := r.openDir(old.PID)
	if err != nil {
		return nil, err
	}
	defer f.close()
	s, err := f.stat(buf)
	if err != nil {
		return nil, err
	}
	if s.start != old.Start {
		return nil, fmt.Errorf("read process %d: PID reused by another process: %w", old.PID, ErrGone)
	}
	same := string(s.name) == old.Name.Raw() && s.parent == old.Parent && stateClass(s.state) == stateClass(old.State)
	if same {
		args, err := f.read("cmdline", buf)
		if err != nil {
			return nil, err
		}
		if sameArgs(args, old.Args) && r.tracee(f, old.PID, old.Name.Raw()) == old.Tracee {
			return old, nil
		}
	}
	d, err := r.collect(f, old.PID, buf)
	if err != nil {
		return nil, err
	}
	return &d.Process, nil
}

func (r *Reader) details(pid int) (*Details, error) {
	buf := r.buffer()
	defer r.release(buf)
	f, err := r.openDir(pid)
	if err != nil {
		return nil, err
	}
	defer f.close()
	d, err := r.collect(f, pid, buf)
	if err != nil {
		return nil, err
	}
	d.User = r.users.Name(d.UID)
	d.Cwd = f.link("cwd", buf)
	d.Executable = f.link("exe", buf)
	return &d, nil
}

// collect reads what any user may read.
func (r *Reader) collect(f procDir, pid int, buf *[]byte) (Details, error) {
	s, err := f.stat(buf)
	if err != nil {
		return Details{}, err
	}
	d := Details{CPU: time.Duration(s.cpuTicks) * clockTick, Threads: s.threads}
	d.PID, d.Parent, d.State = pid, s.parent, s.state
	d.Start, d.Started = s.start, r.startTime(s.start)
	d.Name = untrusted.New(string(s.name))

	b, err := f.read("cmdline", buf)
	if err != nil {
		return Details{}, err
	}
	d.Args = parseArgs(b)
	d.Command = untrusted.New(strings.Join(d.Args, " "))

	b, err = f.read("status", buf)
	if err != nil {
		return Details{}, err
	}
	more := parseStatus(b)
	if more.tgid > 0 && more.tgid != pid {
		return Details{}, fmt.Errorf("read process %d: it is a thread of process %d: %w", pid, more.tgid, ErrGone)
	}
	d.Memory, d.Tracer, d.UID = more.memory, r.threadLeader(more.tracer), more.uid
	if !more.hasUID {
		d.UID = f.owner()
	}
	d.Tracee = r.tracee(f, pid, d.Name.Raw())
	d.Cgroup, err = f.cgroup(buf)
	return d, err
}

// owner is the second best answer to whose a process is: the folder of one that
// hides itself belongs to root.
func (f procDir) owner() uint32 {
	var st unix.Stat_t
	if err := unix.Fstat(f.fd, &st); err != nil {
		return 0
	}
	return st.Uid
}

// cgroup reads /proc/PID/cgroup, which kernels without cgroups do not have.
func (f procDir) cgroup(buf *[]byte) (Cgroup, error) {
	b, err := f.read("cgroup", buf)
	if errors.Is(err, ErrGone) {
		if _, gone := f.stat(buf); gone == nil {
			return Cgroup{}, nil
		}
	}
	if err != nil {
		return Cgroup{}, err
	}
	return ParseCgroup(parseCgroupFile(b)), nil
}

// selfPID is lotop's own pid as the proc file system counts.
func (r *Reader) selfPID() (int, error) {
	target, err := os.Readlink(r.proc + "/self")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(target)
}
