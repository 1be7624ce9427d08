package process

import (
	"bytes"
	"errors"
	"math"
	"strings"
)

// errTruncated is returned for a file of /proc that ends too early or has an unknown
// format.
var errTruncated = errors.New("truncated or in an unknown format")

// kernelThread is PF_KTHREAD, the flag of kernel threads (field 9 of /proc/PID/stat).
const kernelThread = 0x00200000

// stat is what lotop uses of /proc/PID/stat.
type stat struct {
	name     []byte // in the parsed bytes
	pid      int
	parent   int
	group    int // process group
	session  int
	threads  int
	flags    uint64
	cpuTicks uint64 // CPU time used, user and system
	start    uint64
	state    byte
}

// parseStat parses /proc/PID/stat. The name is in parentheses and may contain
// parentheses, spaces and line breaks itself; only numbers follow it, so it ends at
// the last parenthesis.
func parseStat(b []byte) (stat, error) {
	var s stat
	begin, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if begin < 0 || end < begin {
		return stat{}, errTruncated
	}
	var ok bool
	if s.pid, ok = pidNumber(bytes.TrimSpace(b[:begin])); !ok {
		return stat{}, errTruncated
	}
	s.name = b[begin+1 : end]
	rest := bytes.TrimPrefix(b[end+1:], []byte(" "))
	for n := 3; n <= 22; n++ {
		// Without the space after it a number may be truncated.
		field, after, found := bytes.Cut(rest, []byte(" "))
		if !found || !s.setField(n, field) {
			return stat{}, errTruncated
		}
		rest = after
	}
	return s, nil
}

// setField sets the field with number n as counted in proc(5), and reports whether it
// is valid.
func (s *stat) setField(n int, field []byte) bool {
	ok := len(field) > 0
	switch n {
	case 3:
		ok = len(field) == 1 && field[0] > ' ' && field[0] < 0x7f
		if ok {
			s.state = field[0]
		}
	case 4:
		s.parent, ok = pidNumber(field)
	case 5:
		s.group, _ = pidNumber(field) // -1 of a process that is exiting
	case 6:
		s.session, _ = pidNumber(field)
	case 9:
		s.flags, ok = number(field)
	case 14:
		s.cpuTicks, ok = number(field)
	case 15:
		var system uint64
		system, ok = number(field)
		s.cpuTicks += system
	case 20:
		s.threads, ok = pidNumber(field)
	case 22:
		s.start, ok = number(field)
	}
	return ok
}

// status is what lotop uses of /proc/PID/status.
type status struct {
	tgid   int    // the process of a thread; its own PID for a process
	tracer int    // 0 for none
	uid    uint32 // effective
	hasUID bool
	memory uint64 // resident, in bytes
	sigIgn uint64 // one bit per signal, the lowest is signal 1
}

// parseStatus parses /proc/PID/status. The kernel escapes line breaks in the name
// there. Missing values are zero.
func parseStatus(b []byte) status {
	var s status
	for line := range bytes.Lines(b) {
		key, value, found := bytes.Cut(line, []byte(":"))
		if !found || !bytes.HasSuffix(value, []byte("\n")) {
			continue
		}
		switch string(key) {
		case "Tgid":
			s.tgid, _ = pidNumber(bytes.TrimSpace(value))
		case "TracerPid":
			s.tracer, _ = pidNumber(bytes.TrimSpace(value))
		case "Uid": // real, effective, saved, file system
			s.uid, s.hasUID = effectiveUID(value)
		case "VmRSS":
			kilobytes, ok := number(bytes.TrimSuffix(bytes.TrimSpace(value), []byte(" kB")))
			if ok && kilobytes <= math.MaxUint64>>10 {
				s.memory = kilobytes << 10
			}
		case "SigIgn":
			s.sigIgn = hexNumber(bytes.TrimSpace(value))
		}
	}
	return s
}

// effectiveUID returns the second of several numbers.
func effectiveUID(b []byte) (uint32, bool) {
	_, rest, _ := bytes.Cut(bytes.TrimSpace(b), []byte("\t"))
	field, _, _ := bytes.Cut(rest, []byte("\t"))
	n, ok := number(field)
	if !ok || n > math.MaxUint32 {
		return 0, false
	}
	return uint32(n), true
}

// number parses a decimal number with nothing around it.
func number(b []byte) (uint64, bool) {
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' || n > (math.MaxUint64-9)/10 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return n, len(b) > 0
}

// pidNumber parses a number that fits a PID. 0 means none, or one that is not visible
// in this PID namespace.
func pidNumber(b []byte) (int, bool) {
	n, ok := number(b)
	if !ok || n > math.MaxInt32 {
		return 0, false
	}
	return int(n), true
}

// hexNumber parses a hexadecimal number, and returns 0 if it is invalid.
func hexNumber(b []byte) uint64 {
	var n uint64
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | uint64(c-'0')
		case c >= 'a' && c <= 'f':
			n = n<<4 | uint64(c-'a'+10)
		default:
			return 0
		}
	}
	return n
}

// trimArgs removes the NULs at the end of /proc/PID/cmdline. One follows each
// argument, and a process that writes its title there leaves many.
func trimArgs(b []byte) []byte { return bytes.TrimRight(b, "\x00") }

// parseArgs parses /proc/PID/cmdline: nil for a kernel thread, a zombie or a process
// that has cleared it.
func parseArgs(b []byte) []string {
	b = trimArgs(b)
	if len(b) == 0 {
		return nil
	}
	return strings.Split(string(b), "\x00")
}

// sameArgs reports whether parseArgs(b) would return args, without allocating.
func sameArgs(b []byte, args []string) bool {
	b = trimArgs(b)
	if len(b) == 0 || len(args) == 0 {
		return len(b) == 0 && len(args) == 0
	}
	for i, arg := range args {
		if i > 0 {
			if len(b) == 0 || b[0] != 0 {
				return false
			}
			b = b[1:]
		}
		if len(b) < len(arg) || string(b[:len(arg)]) != arg {
			return false
		}
		b = b[len(arg):]
	}
	return len(b) == 0
}

// parseCgroupFile returns the most specific path of /proc/PID/cgroup: that of the
// unified hierarchy, or if that is not in use that of systemd's own, or the first
// that is not the root.
func parseCgroupFile(b []byte) string {
	var unified, systemd, other string
	for line := range bytes.Lines(b) {
		line, complete := bytes.CutSuffix(line, []byte("\n"))
		number, rest, found := bytes.Cut(line, []byte(":"))
		controllers, path, found2 := bytes.Cut(rest, []byte(":"))
		if !complete || !found || !found2 {
			continue
		}
		switch {
		case string(number) == "0":
			unified = string(path)
		case string(controllers) == "name=systemd":
			systemd = string(path)
		case other == "" && string(path) != "/":
			other = string(path)
		}
	}
	for _, path := range []string{unified, systemd, other} {
		if path != "" && path != "/" {
			return path
		}
	}
	if unified != "" || systemd != "" {
		return "/"
	}
	return ""
}
