package process

import (
	"errors"
	"runtime"
	"sync"
	"time"
)

// ErrUnsupported says that lotop cannot look at processes of this operating
// system, nor end them.
var ErrUnsupported = errors.New("reading processes on " + runtime.GOOS + " is not supported")

// maxAncestors ends a walk to the root that a race has sent in circles.
const maxAncestors = 256

// Reader looks at processes. It may be used by several goroutines at once.
type Reader struct {
	proc    string
	boot    time.Time // read once, so that a process's time of day never moves
	users   *Users
	buffers sync.Pool
}

// NewReader gives a reader of the proc file system at that folder; "" means
// /proc.
func NewReader(proc string) *Reader {
	if proc == "" {
		proc = "/proc"
	}
	return &Reader{proc: proc, boot: bootTime(), users: NewUsers("")}
}

// Users returns the names of this machine's users.
func (r *Reader) Users() *Users { return r.users }

// Read tells who the process with that pid is. The error is ErrGone if there is
// none, also if it went away meanwhile. A zombie is still a process, without
// arguments. Of very long arguments only the first 64 KiB are read.
func (r *Reader) Read(pid int) (*Process, error) { return r.read(pid) }

// Refresh looks again at a process, at less than half the price. It returns old
// itself as long as the process has the same name, arguments and parent, and
// has not been stopped, continued or ended; else a new Process. The error is
// ErrGone once that process is gone, also if its pid names another by now. A
// change of the user alone, without a new program or name, goes unnoticed.
func (r *Reader) Refresh(old *Process) (*Process, error) { return r.refresh(old) }

// Details tells what costs more to read. What only the process's own user may
// read stays empty for others.
func (r *Reader) Details(pid int) (*Details, error) { return r.details(pid) }

// Ancestors returns the chain of ancestors, from the parent up to init or to the
// first that cannot be seen. What went away during the walk ends it early and
// is no error.
func (r *Reader) Ancestors(pid int) ([]*Process, error) {
	line, err := r.ancestorIDs(pid)
	var all []*Process
	for _, at := range line {
		p, lookErr := r.Read(at.pid)
		if errors.Is(lookErr, ErrGone) || lookErr == nil && p.Start != at.start {
			break
		}
		if lookErr != nil {
			return all, lookErr
		}
		all = append(all, p)
	}
	return all, err
}

// identity is what names a process for good.
type identity struct {
	pid   int
	start uint64
}

// ancestorIDs is Parents without the looks. A parent that started after its child
// is not its parent but has got the pid of one that ended.
func (r *Reader) ancestorIDs(pid int) ([]identity, error) {
	child, err := r.stat(pid)
	if err != nil {
		return nil, err
	}
	var line []identity
	for child.parent > 0 && len(line) < maxAncestors {
		parent, err := r.stat(child.parent)
		if errors.Is(err, ErrGone) || err == nil && parent.start > child.start {
			break
		}
		if err != nil {
			return line, err
		}
		line = append(line, identity{parent.pid, parent.start})
		child = parent
	}
	return line, nil
}

// stateClass puts the letters of State into the classes that matter to a
// person. Whether it runs, sleeps or waits for a disk changes all the time.
func stateClass(state byte) byte {
	switch state {
	case 'T', 't', 'Z':
		return state
	case 'X', 'x':
		return 'Z'
	}
	return 'R'
}
