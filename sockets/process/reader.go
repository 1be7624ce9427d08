package process

import (
	"errors"
	"runtime"
	"sync"
	"time"
)

// ErrUnsupported is returned on systems whose processes lotop can neither read nor
// stop.
var ErrUnsupported = errors.New("reading processes on " + runtime.GOOS + " is not supported")

// maxAncestors ends a walk to the root that loops because of a race.
const maxAncestors = 256

// Reader reads processes. It may be used by several goroutines at once.
type Reader struct {
	proc    string
	boot    time.Time // read once, so that the start time of a process never changes
	users   *Users
	buffers sync.Pool
}

// NewReader returns a reader of the proc file system at that directory; "" means
// /proc.
func NewReader(proc string) *Reader {
	if proc == "" {
		proc = "/proc"
	}
	return &Reader{proc: proc, boot: bootTime(), users: NewUsers("")}
}

// Users returns the user names of this machine.
func (r *Reader) Users() *Users { return r.users }

// Read returns the process with that PID. The error is ErrGone if there is none, also
// if it exited during the read. A zombie is a process without arguments. Of very long
// arguments only the first 64 KiB are read.
func (r *Reader) Read(pid int) (*Process, error) { return r.read(pid) }

// Refresh reads a process again, at less than half the cost of Read. It returns old
// itself if name, arguments and parent are the same and the process has not been
// suspended, continued or exited since; else a new Process. The error is ErrGone once
// the process is gone, also if another has its PID by now. A changed user alone,
// without a new program or name, is not noticed.
func (r *Reader) Refresh(old *Process) (*Process, error) { return r.refresh(old) }

// Details returns what costs more to read. What only the process's own user may read
// stays empty for others.
func (r *Reader) Details(pid int) (*Details, error) { return r.details(pid) }

// Ancestors returns the ancestors, from the parent up to init or to the last that is
// visible. If one exits during the walk, the result ends before it, without error.
func (r *Reader) Ancestors(pid int) ([]*Process, error) {
	ids, err := r.ancestorIDs(pid)
	var all []*Process
	for _, id := range ids {
		p, readErr := r.Read(id.pid)
		if errors.Is(readErr, ErrGone) || readErr == nil && p.Start != id.start {
			break
		}
		if readErr != nil {
			return all, readErr
		}
		all = append(all, p)
	}
	return all, err
}

// identity identifies a process.
type identity struct {
	pid   int
	start uint64
}

// ancestorIDs returns the ancestors without reading them. A "parent" that started
// after its child is another process, which reused the PID of the parent.
func (r *Reader) ancestorIDs(pid int) ([]identity, error) {
	child, err := r.stat(pid)
	if err != nil {
		return nil, err
	}
	var ids []identity
	for child.parent > 0 && len(ids) < maxAncestors {
		parent, err := r.stat(child.parent)
		if errors.Is(err, ErrGone) || err == nil && parent.start > child.start {
			break
		}
		if err != nil {
			return ids, err
		}
		ids = append(ids, identity{parent.pid, parent.start})
		child = parent
	}
	return ids, nil
}

// stateClass maps a State to one of those that matter to users. Whether a process
// runs, sleeps or waits for a disk changes all the time.
func stateClass(state byte) byte {
	switch state {
	case 'T', 't', 'Z':
		return state
	case 'X', 'x':
		return 'Z'
	}
	return 'R'
}
