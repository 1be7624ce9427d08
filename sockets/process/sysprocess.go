package process

import (
	"encoding/binary"
	"errors"
	"strings"
	"time"
	"unicode/utf16"
)

// entry is what Windows returns to any user about any process.
type entry struct {
	name    string // of the executable, without directory
	pid     int
	parent  int // its PID at the start; another process may have it by now
	threads int
	start   uint64 // FILETIME: 100 ns since 1601
	cpu     time.Duration
	memory  uint64
}

// errSystemTable is returned for an invalid SYSTEM_PROCESS_INFORMATION.
var errSystemTable = errors.New("process table truncated or in an unknown format")

// Offsets of the fields of SYSTEM_PROCESS_INFORMATION on a 64-bit system (winternl.h,
// the reserved ones as in phnt's ntexapi.h).
const (
	entryNext    = 0   // u32, from this entry to the next, 0 for the last
	entryThreads = 4   // u32
	entryStart   = 32  // i64
	entryUser    = 40  // i64, 100 ns of CPU time
	entryKernel  = 48  // i64
	entryName    = 56  // UNICODE_STRING
	entryPID     = 80  // u64
	entryParent  = 88  // u64
	entryMemory  = 144 // u64, the working set
	entrySize    = 256
)

// parseEntries parses the result of SystemProcessInformation. The names are pointers
// into the result itself, which was at base.
func parseEntries(b []byte, base uint64) ([]entry, error) {
	var all []entry
	for {
		if len(b) < entrySize {
			return all, errSystemTable
		}
		e := entry{
			pid:     int(uint32(binary.LittleEndian.Uint64(b[entryPID:]))),
			parent:  int(uint32(binary.LittleEndian.Uint64(b[entryParent:]))),
			threads: int(binary.LittleEndian.Uint32(b[entryThreads:])),
			start:   binary.LittleEndian.Uint64(b[entryStart:]),
			memory:  binary.LittleEndian.Uint64(b[entryMemory:]),
		}
		used := binary.LittleEndian.Uint64(b[entryUser:]) + binary.LittleEndian.Uint64(b[entryKernel:])
		e.cpu = time.Duration(used) * 100
		var err error
		if e.name, err = unicodeString(b, entryName, base); err != nil {
			return all, err
		}
		// PID 0 stands for the idle time of the processors, and a process without
		// threads has exited: only a handle of it is still open.
		if e.pid > 0 && e.threads > 0 {
			all = append(all, e)
		}
		next := uint64(binary.LittleEndian.Uint32(b[entryNext:]))
		if next == 0 {
			return all, nil
		}
		if next < entrySize || next > uint64(len(b)) {
			return all, errSystemTable
		}
		b, base = b[next:], base+next
	}
}

// unicodeString reads the UNICODE_STRING at an offset of b: u16 length and capacity
// in bytes, and at 8 a pointer, which must refer to b itself.
func unicodeString(b []byte, at int, base uint64) (string, error) {
	if len(b) < at+16 {
		return "", errSystemTable
	}
	size := uint64(binary.LittleEndian.Uint16(b[at:]))
	if size == 0 {
		return "", nil
	}
	from := binary.LittleEndian.Uint64(b[at+8:]) - base
	if from > uint64(len(b)) || size > uint64(len(b))-from {
		return "", errSystemTable
	}
	return utf16Text(b[from:][:size]), nil
}

func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// filetime returns the time of day of a FILETIME, the zero time for none.
func filetime(t uint64) time.Time {
	const unixEpoch = 116444736000000000 // 1970 in 100 ns since 1601
	if t < unixEpoch {
		return time.Time{}
	}
	t -= unixEpoch
	return time.Unix(int64(t/1e7), int64(t%1e7)*100)
}

// processTable has every process of one read by PID.
type processTable map[int]*entry

func newProcessTable(all []entry) processTable {
	t := make(processTable, len(all))
	for i := range all {
		t[all[i].pid] = &all[i]
	}
	return t
}

// parent returns the PID of the parent, 0 if that has exited: Windows keeps its
// number with its children and may reuse it.
func (t processTable) parent(e *entry) int {
	if p := t[e.parent]; p == nil || p.start > e.start || p == e {
		return 0
	}
	return e.parent
}

// descendsFrom reports whether a process is a descendant of another.
func (t processTable) descendsFrom(pid, from int) bool {
	for range maxAncestors {
		e := t[pid]
		if e == nil {
			return false
		}
		if pid = t.parent(e); pid == from {
			return pid != 0
		}
	}
	return false
}

// consoleSharer returns a process that shares a console with the target and would
// also receive a Ctrl event meant for that; nil if there is none. Descendants of the
// target receive it as they do when a user types Ctrl+C, and the shell that waits for
// the target survives it.
func (t processTable) consoleSharer(console []int, target, self int) *entry {
	for _, pid := range console {
		e := t[pid]
		switch {
		case e == nil || pid == target || pid == self:
		case t.descendsFrom(pid, target):
		case isShell(e.name) && t.descendsFrom(target, pid):
		default:
			return e
		}
	}
	return nil
}

func isShell(name string) bool {
	switch strings.TrimSuffix(strings.ToLower(name), ".exe") {
	case "cmd", "powershell", "pwsh", "bash", "sh", "zsh", "fish", "nu":
		return true
	}
	return false
}
