package debugger

import (
	"strings"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// testSuffix is what go test gives the binary of a package's tests.
const testSuffix = ".test"

// DebuggeeName names what the debug server p debugs and gives its PID, 0 where that
// is not known; the name is empty where neither the command nor the process
// tells, and both are for a program that carries its debugger within and has no
// name but its own. find looks a process up.
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

// DisplayName names a process as its owner would. The kernel's name is the first 15
// bytes of the file's name, and delve builds what it debugs into a file such as
// __debug_bin1346812: that is named by the package, in whose directory the file
// lies, with .test for its tests.
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

// directoryName names the directory of a file, empty if that says nothing, as
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

// isDots tells that a path is a directory without a name of its own: ".", ".." and
// "./...".
func isDots(path string) bool { return strings.Trim(path, `./\`) == "" }
