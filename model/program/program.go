// Package program says in a developer's words what a process is: what its owner calls
// it, where the port that it forwards leads, and what starts it again.
//
// All of it is concluded from command lines. Arguments can be secrets, so only names of
// scripts and modules and the ends of forwards are shown, never other arguments.
package program

import (
	"strconv"
	"strings"

	"lotop/model/debugger"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Name returns what a process is called for a person who started it: "node server.js",
// "python3 -m http.server", "npm run dev"; the kernel's name if the command line shows
// no more. What delve builds is called after its package: NameUnder knows more.
func Name(p *process.Process) untrusted.Text {
	if len(p.Args) == 0 {
		return p.Name
	}
	// A script that is read from a descriptor has no name.
	if s, ok := debugger.ScriptOf(p); ok && !strings.HasPrefix(s.Path, "/dev/fd/") && !strings.HasPrefix(s.Path, "/proc/self/fd/") {
		return scriptName(p, &s)
	}
	if debugger.IsInterpreter(p) {
		return interpreterName(p)
	}
	if name := debugger.DisplayName(p); name.Raw() != p.Name.Raw() {
		return name
	}
	if name := titledCommand(p.Args); name != "" {
		return untrusted.New(name)
	}
	if name := titledScript(p.Args); name != "" {
		return untrusted.New(name)
	}
	return kernelName(p)
}

// NameUnder returns the name of a process that tracer debugs, or nil. What delve builds
// is called what delve was told to build: "dbg.go".
func NameUnder(p, tracer *process.Process) untrusted.Text {
	name := Name(p)
	if tracer == nil || debugger.DisplayName(p).Raw() == p.Name.Raw() {
		return name
	}
	if d, ok := debugger.Recognize(tracer); !ok || d.Name != "delve" {
		return name
	}
	if built, _ := debugger.DebuggeeName(tracer, noProcess); built.Raw() != "" {
		return built
	}
	return name
}

func noProcess(int32) *process.Process { return nil }

// Note returns what is particular about a process that serves on a port, or nothing:
// "under dlv", "under dlv, paused", "suspended". tracer is the process that debugs p, or
// nil.
func Note(p, tracer *process.Process) untrusted.Text {
	switch {
	case tracer != nil && p.State == 't':
		return untrusted.New("under " + Name(tracer).Raw() + ", paused")
	case tracer != nil:
		return untrusted.New("under " + Name(tracer).Raw())
	case p.State == 't':
		return untrusted.New("paused by a debugger")
	case p.State == 'T':
		return untrusted.New("suspended")
	}
	return untrusted.Text{}
}

// Leads returns what a debug server debugs, such as "dbg.go (1871)"; nothing if p is no
// debug server, if that is unknown, or if p contains its debug server: then its own name
// says it. find returns the process of a PID, or nil.
func Leads(p *process.Process, find func(pid int32) *process.Process) untrusted.Text {
	if _, ok := debugger.Recognize(p); !ok {
		return untrusted.Text{}
	}
	if pid, _, ok := debugger.Debuggee(p); ok && pid == p.PID {
		return untrusted.Text{}
	}
	name, pid := debugger.DebuggeeName(p, find)
	switch {
	case name.Raw() != "" && pid != 0:
		return untrusted.New(name.Raw() + " (" + strconv.Itoa(pid) + ")")
	case name.Raw() != "":
		return name
	case pid != 0:
		return untrusted.New("PID " + strconv.Itoa(pid))
	}
	return untrusted.Text{}
}

// scriptName names a process after what its interpreter runs.
func scriptName(p *process.Process, s *debugger.Script) untrusted.Text {
	script := s.Path
	switch s.Kind {
	case debugger.ScriptClass:
		script = script[strings.LastIndexByte(script, '.')+1:]
	case debugger.ScriptModule:
		if s.Interpreter == "python" {
			return untrusted.New(interpreter(p) + " -m " + script)
		}
		script = base(script)
	case debugger.ScriptFile:
		if s.Interpreter == "node" || s.Interpreter == "bun" {
			if name := scriptRunner(s); name != "" {
				return untrusted.New(name)
			}
			script = packageOf(script)
		}
		script = fileName(script)
	}
	// A script that was started by its own name has that in the kernel.
	if name := p.Name.Raw(); s.Kind == debugger.ScriptFile && name != "" && isKernelName(name, script) {
		return untrusted.New(script)
	}
	return untrusted.New(interpreter(p) + " " + script)
}

// interpreter returns the name of the interpreter that p runs, such as python3.
func interpreter(p *process.Process) string { return debugger.ProgramName(p) }

// interpreterName returns the name of an interpreter whose script is not shown. Node
// calls its main thread MainThread. Without any argument what looks like an interpreter
// may be a title.
func interpreterName(p *process.Process) untrusted.Text {
	if p.Name.Raw() == "" || strings.HasSuffix(p.Name.Raw(), "MainThread") {
		return untrusted.New(interpreter(p))
	}
	return kernelName(p)
}

// nameLength is the length of the kernel's names, which are cut off there.
const nameLength = 15

// isKernelName reports whether the kernel calls a program by that file name.
func isKernelName(name, file string) bool {
	return name == file || len(name) == nameLength && strings.HasPrefix(file, name)
}

// kernelName returns the kernel's name: whole, where the command line shows what was cut
// off, and without the title that a program gave itself, as in "gunicorn: maste".
func kernelName(p *process.Process) untrusted.Text {
	name := p.Name.Raw()
	if i := strings.Index(name, ": "); i > 0 {
		return untrusted.New(name[:i])
	}
	if i := strings.Index(name, " (v"); i > 0 {
		return untrusted.New(name[:i])
	}
	if len(name) == nameLength && strings.IndexByte(name, ' ') < 0 {
		if file := debugger.ProgramName(p); len(file) > nameLength && isKernelName(name, file) && isWord(file) {
			return untrusted.New(file)
		}
	}
	return p.Name
}

// fileName returns the name of a script's file; of python's __main__.py that of its
// directory.
func fileName(path string) string {
	path = strings.TrimRight(path, `/\`)
	name := base(path)
	if name == "__main__.py" && len(path) > len(name) {
		if dir := base(path[:len(path)-len(name)-1]); dir != "" {
			return dir
		}
	}
	return name
}

// base returns the last part of a path, of either kind of slash.
func base(path string) string { return path[strings.LastIndexAny(path, `/\`)+1:] }

// isWord reports whether an argument can be shown as the name of a script, a task or a
// program: without spaces and signs that a password or an assignment would have.
func isWord(s string) bool {
	const longest = 64
	if s == "" || len(s) > longest || s[0] == '-' {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("._-:+@/", c) >= 0) {
			return false
		}
	}
	return true
}
