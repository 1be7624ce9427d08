package debugger

import (
	"path/filepath"
	"strings"

	"lotop/sockets/process"
)

// ScriptKind is how a command line names what an interpreter runs.
type ScriptKind uint8

// The kinds.
const (
	ScriptFile   ScriptKind = iota // a file, or what the interpreter finds by that name
	ScriptModule                   // after python -m, java -m
	ScriptClass                    // the main class of java
)

// Script is what an interpreter runs, as its command line has it. All of it but
// Interpreter is untrusted text: sanitize it before display. Options and Args can
// contain secrets: never display them.
type Script struct {
	Interpreter string // such as "node" and "python", whatever its version
	Kind        ScriptKind
	Path        string   // a path, a module or a class, as written
	Options     []string // before the script
	Args        []string // after the script
}

// ScriptOf returns what an interpreter runs. ok is false for other programs and where the
// command line does not show it. It does not allocate.
func ScriptOf(p *process.Process) (s Script, ok bool) {
	if len(p.Args) < 2 {
		return Script{}, false
	}
	interpreter := interpreterNamed(programName(p.Args[0]))
	if interpreter == "" {
		return Script{}, false
	}
	args := p.Args[1:]
	at, kind := findScript(interpreter, args)
	if at >= len(args) || args[at] == "" {
		return Script{}, false
	}
	return Script{interpreter, kind, args[at], args[:at], args[at+1:]}, true
}

// ScriptName returns the name of what an interpreter runs, such as "vite" for node or
// "gradle" for java; empty for other programs and where the command line does not show
// it. It is untrusted text: sanitize it before display.
func ScriptName(p *process.Process) string {
	s, ok := ScriptOf(p)
	if !ok {
		return ""
	}
	return shortScript(s.Path, s.Kind)
}

func shortScript(path string, kind ScriptKind) string {
	if kind == ScriptClass {
		return path[strings.LastIndexByte(path, '.')+1:]
	}
	return shortName(path)
}

// ProgramName returns the file name of the program that p runs by its command line,
// without .exe and the dash of a login shell; empty if there is no command line. It is
// untrusted text: sanitize it before display.
func ProgramName(p *process.Process) string {
	if len(p.Args) == 0 {
		return ""
	}
	return programName(p.Args[0])
}

// IsInterpreter reports whether p runs an interpreter by its command line.
func IsInterpreter(p *process.Process) bool { return interpreterNamed(ProgramName(p)) != "" }

// interpreterNamed returns the interpreter that a program is, whatever its version; empty
// if it is none. Interpreters are programs whose name means less than that of the script
// they run.
func interpreterNamed(name string) string {
	switch name = strings.TrimRight(name, "0123456789."); name {
	case "nodejs":
		return "node"
	case "pypy":
		return "python"
	case "bash", "dash", "zsh", "fish", "ksh":
		return "sh"
	case "java", "node", "python", "ruby", "perl", "php", "deno", "bun", "dotnet", "sh", "lua", "Rscript":
		return name
	}
	return ""
}

// findScript returns the index of what is run: of the first argument that is not an
// option of the interpreter. It is at least len(args) if there is none.
func findScript(interpreter string, args []string) (at int, kind ScriptKind) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case isModuleOption(interpreter, a):
			return i + 1, ScriptModule
		case takesFile(interpreter, a):
			return i + 1, ScriptFile
		case isInlineCode(interpreter, a):
			return len(args), ScriptFile
		case takesValue(interpreter, a):
			i++
		case a == "" || a[0] == '-' || interpreter == "java" && a[0] == '@':
		case isRunCommand(interpreter, a):
		case interpreter == "java" && !strings.HasSuffix(a, ".java"):
			return i, ScriptClass
		default:
			return i, ScriptFile
		}
	}
	return len(args), ScriptFile
}

// isModuleOption reports whether the argument after an option is the module to run.
// Python takes the option behind others in one argument, too: python -um.
func isModuleOption(interpreter, option string) bool {
	switch interpreter {
	case "python":
		flags, ok := strings.CutSuffix(option, "m")
		return ok && len(flags) > 0 && flags[0] == '-' && strings.Trim(flags[1:], "bBdEiIOPqsSuvx") == ""
	case "java":
		return option == "-m" || option == "--module"
	}
	return false
}

// takesFile reports whether the argument after an option is the file to run.
func takesFile(interpreter, option string) bool {
	switch option {
	case "-jar":
		return interpreter == "java"
	case "-f", "--file":
		return interpreter == "php"
	}
	return false
}

// isInlineCode reports whether the argument after an option is the code itself, which
// has no name.
func isInlineCode(interpreter, option string) bool {
	switch option {
	case "-c":
		return interpreter == "python" || interpreter == "sh"
	case "-e":
		return interpreter != "sh" && interpreter != "java" // in sh it is errexit
	case "-p", "--eval", "--print":
		return interpreter == "node" || interpreter == "bun"
	case "-E":
		return interpreter == "perl"
	case "-r":
		return interpreter == "php"
	}
	return false
}

// isRunCommand reports whether an argument is a subcommand that runs the next one.
func isRunCommand(interpreter, arg string) bool {
	switch interpreter {
	case "deno", "bun":
		return arg == "run" || arg == "serve"
	case "dotnet":
		return arg == "exec"
	}
	return false
}

func takesValue(interpreter, option string) bool {
	switch option {
	case "-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-opens", "--add-exports", "--add-reads",
		"--add-modules":
		return interpreter == "java"
	case "-r", "--require":
		return interpreter == "node" || interpreter == "ruby"
	case "--import", "--loader", "--env-file", "--experimental-loader", "-C", "--conditions", "--title",
		"--watch-path", "--input-type":
		return interpreter == "node"
	case "-W", "-X", "--check-hash-based-pycs":
		return interpreter == "python"
	case "-I":
		return interpreter == "ruby" || interpreter == "perl"
	case "-o", "-O":
		return interpreter == "sh"
	case "-S", "-t", "-d":
		return interpreter == "php"
	}
	return false
}

// shortName drops the directory and an extension that only shows the language.
func shortName(path string) string {
	if path == "" {
		return ""
	}
	name := filepath.Base(path)
	switch ext := filepath.Ext(name); ext {
	case name: // a dot file
	case ".js", ".mjs", ".cjs", ".ts", ".mts", ".py", ".rb", ".pl", ".php", ".jar", ".java", ".lua", ".R", ".sh", ".dll":
		return strings.TrimSuffix(name, ext)
	}
	return name
}
