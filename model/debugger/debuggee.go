package debugger

import (
	"strings"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// testSuffix is the suffix of go test's binaries.
const testSuffix = ".test"

// DebuggeeName returns the name of what the debug server p debugs and its PID, 0 if
// unknown. The name is empty if neither the command line nor the process shows it; both
// are empty for a program that contains its debug server and has no other name. find
// returns the process of a PID.
func DebuggeeName(p *process.Process, find func(pid int32) *process.Process) (name untrusted.Text, pid int) {
	pid, program, ok := Debuggee(p)
	if pid == p.PID {
		pid = 0
	}
	if p.Tracee != 0 {
		pid = p.Tracee
	}
	if ok {
		if base := programName(strings.TrimRight(program.Raw(), `/\`)); base != "" && !isDots(base) && base != p.Name.Raw() {
			return untrusted.New(base), pid
		}
	}
	if q := find(int32(pid)); pid != 0 && q != nil {
		return DisplayName(q), pid
	}
	return untrusted.Text{}, pid
}

// DisplayName returns the name of a process for display. The kernel's name is the first
// 15 bytes of the file name, and delve builds what it debugs into a file such as
// __debug_bin1346812: that is named after the package, in whose directory the file is,
// with .test for its tests.
func DisplayName(p *process.Process) untrusted.Text {
	if len(p.Args) == 0 {
		return p.Name
	}
	suffix := ""
	switch file := programName(p.Args[0]); {
	case strings.HasPrefix(file, "__debug_bin"):
	case strings.HasPrefix(file, "debug.test"):
		suffix = testSuffix
	default:
		return p.Name
	}
	dir := directoryName(p.Args[0])
	if dir == "" {
		return p.Name
	}
	return untrusted.New(dir + suffix)
}

// directoryName returns the name of a file's directory, empty if that means nothing, as
// /tmp does.
func directoryName(path string) string {
	i := strings.LastIndexAny(path, `/\`)
	if i < 0 {
		return ""
	}
	dir := path[:i]
	dir = dir[strings.LastIndexAny(dir, `/\`)+1:]
	if isDots(dir) || strings.HasSuffix(dir, ":") || strings.EqualFold(dir, "tmp") || strings.EqualFold(dir, "temp") {
		return ""
	}
	return dir
}

// isDots reports whether a path is a directory without a name of its own: ".", ".." and
// "./...".
func isDots(path string) bool { return strings.Trim(path, `./\`) == "" }
