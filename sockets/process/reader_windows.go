package process

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"lotop/sockets/untrusted"
)

// bootTime is not needed: Start is a FILETIME.
func bootTime() time.Time { return time.Time{} }

// maxTableSize limits the table of all processes; that of a busy server has 2 MB.
const maxTableSize = 256 << 20

// listEntries reads all processes at once. Toolhelp would return names and parents
// only; this call also returns start times, even of processes that this user may not
// open, without which a reused PID cannot be recognized.
//
// The result refers to buf, which grows as needed and can be reused.
func listEntries(buf *[]byte) ([]entry, error) {
	if unsafe.Sizeof(uintptr(0)) != 8 {
		return nil, ErrUnsupported // the layout is that of a 64-bit system
	}
	if len(*buf) == 0 {
		*buf = make([]byte, 512<<10)
	}
	for len(*buf) <= maxTableSize {
		b := *buf
		var used uint32
		err := windows.NtQuerySystemInformation(windows.SystemProcessInformation,
			unsafe.Pointer(&b[0]), uint32(len(b)), &used)
		if errors.Is(err, windows.STATUS_INFO_LENGTH_MISMATCH) {
			*buf = make([]byte, 2*len(b)) // leave room for processes started meanwhile
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("list processes: %w", err)
		}
		return parseEntries(b[:min(uint32(len(b)), used)], uint64(uintptr(unsafe.Pointer(&b[0]))))
	}
	return nil, errors.New("list processes: too many")
}

func (r *Reader) readTable() (processTable, error) {
	buf, ok := r.buffers.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	defer r.buffers.Put(buf)
	all, err := listEntries(buf)
	return newProcessTable(all), err
}

// lookup returns a process and the table that contains it.
func (r *Reader) lookup(pid int) (processTable, *entry, error) {
	t, err := r.readTable()
	if err != nil {
		return nil, nil, err
	}
	e := t[pid]
	if e == nil {
		return nil, nil, fmt.Errorf("read process %d: %w", pid, ErrGone)
	}
	return t, e, nil
}

func (r *Reader) stat(pid int) (stat, error) {
	t, e, err := r.lookup(pid)
	if err != nil {
		return stat{}, err
	}
	return stat{pid: pid, parent: t.parent(e), threads: e.threads, start: e.start, state: 'R'}, nil
}

// status is for survivalReason; Windows has none of that.
func (r *Reader) status(int) (status, error) { return status{}, ErrUnsupported }

func (r *Reader) read(pid int) (*Process, error) {
	t, e, err := r.lookup(pid)
	if err != nil {
		return nil, err
	}
	return r.process(t, e, &services{}), nil
}

// noUID is (uid_t)-1, which no user has: 0 would be root.
const noUID = 1<<32 - 1

// process returns the Process of an entry, with the command line and the user if this
// user may read them.
func (r *Reader) process(t processTable, e *entry, s *services) *Process {
	p := &Process{
		PID: e.pid, Parent: t.parent(e), Start: e.start, Started: filetime(e.start),
		UID: noUID, Name: untrusted.New(e.name), Cgroup: s.lookup(t, e),
	}
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(e.pid))
	if err != nil {
		return p
	}
	defer windows.CloseHandle(h)
	p.Account = r.tokenUser(h)
	line := commandLine(h, uint32(e.pid))
	if line == "" {
		return p
	}
	p.Command = untrusted.New(line)
	if args, err := windows.DecomposeCommandLine(line); err == nil {
		p.Args = args
	} else {
		p.Args = strings.Fields(line)
	}
	return p
}

func (r *Reader) refresh(old *Process) (*Process, error) {
	t, err := r.readTable()
	if err != nil {
		return nil, err
	}
	e := t[old.PID]
	if e == nil || e.start != old.Start {
		return nil, fmt.Errorf("read process %d: %w", old.PID, ErrGone)
	}
	return r.refreshEntry(t, e, old, &services{}), nil
}

// refreshEntry returns old if nothing has changed: name and arguments of a process
// never change on Windows, but its parent can exit. A service that a process starts
// to run later is not noticed.
func (r *Reader) refreshEntry(t processTable, e *entry, old *Process, s *services) *Process {
	if old.Start == e.start && old.Parent == t.parent(e) {
		return old
	}
	return r.process(t, e, s)
}

// ReadAll returns the processes with those PIDs, read with one call. It keeps those
// of before that have not changed; processes that have exited are not in the result.
func (r *Reader) ReadAll(pids map[int32]bool, before map[int32]*Process) (map[int32]*Process, error) {
	t, err := r.readTable()
	if err != nil {
		return nil, err
	}
	now, running := make(map[int32]*Process, len(pids)), &services{}
	for pid := range pids {
		e := t[int(pid)]
		switch old := before[pid]; {
		case e == nil:
		case old != nil:
			now[pid] = r.refreshEntry(t, e, old, running)
		default:
			now[pid] = r.process(t, e, running)
		}
	}
	return now, nil
}

func (r *Reader) details(pid int) (*Details, error) {
	t, e, err := r.lookup(pid)
	if err != nil {
		return nil, err
	}
	d := &Details{Process: *r.process(t, e, &services{}), CPU: e.cpu, Memory: e.memory, Threads: e.threads}
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return d, nil // it belongs to another user
	}
	defer windows.CloseHandle(h)
	d.Executable = imagePath(h)
	d.User = d.Account
	d.Cwd = cwdOf(uint32(pid))
	return d, nil
}
