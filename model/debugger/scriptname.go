package debugger

import (
	"path/filepath"
	"strings"

	"lotop/sockets/process"
)

// ScriptName names what an interpreter runs, such as "vite" for node or "gradle"
// for java; empty for other programs and where the command does not tell. It is
// text from outside: clean it before it is shown.
func ScriptName(p *process.Process) string {
	if len(p.Args) < 2 {
		return ""
	}
	if i := interpreterNamed(programName(p.Args[0])); i != "" {
		return scriptOf(i, p.Args[1:])
	}
	return ""
}

// interpreterNamed tells which interpreter a program is, whatever its version;
// empty if none: these are programs whose name says little, what they run says
// more.
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

// scriptOf finds the first argument that is not an option of the interpreter.
func scriptOf(interpreter string, args []string) string {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case takesModule(interpreter, a):
			if i+1 < len(args) {
				return shortName(args[i+1])
			}
			return ""
		case isInlineCode(interpreter, a):
			return ""
		case takesValue(interpreter, a):
			i++
		case a == "" || a[0] == '-' || interpreter == "java" && a[0] == '@':
		case isRunCommand(interpreter, a):
		case interpreter == "java" && !strings.HasSuffix(a, ".java"):
			return a[strings.LastIndexByte(a, '.')+1:] // the main class
		default:
			return shortName(a)
		}
	}
	return ""
}

// takesModule tells whether the program stands behind this option.
func takesModule(interpreter, option string) bool {
	switch option {
	case "-m":
		return interpreter == "python" || interpreter == "java"
	case "--module", "-jar":
		return interpreter == "java"
	case "-f", "--file":
		return interpreter == "php"
	}
	return false
}

// isInlineCode tells whether the program itself stands in the command: it has no
// name.
func isInlineCode(interpreter, option string) bool {
	switch option {
	case "-c":
		return interpreter == "python" || interpreter == "sh"
	case "-e":
		return interpreter != "sh" && interpreter != "java" // there it is errexit
	case "-p", "--eval", "--print":
		return interpreter == "node" || interpreter == "bun"
	case "-E":
		return interpreter == "perl"
	case "-r":
		return interpreter == "php"
	}
	return false
}

// isRunCommand tells whether an argument only says that the next one is to be run.
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
	case "-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-opens", "--add-exports", "--add-reads", "--add-modules":
		return interpreter == "java"
	case "-r", "--require":
		return interpreter == "node" || interpreter == "ruby"
	case "--import", "--loader", "--env-file":
		return interpreter == "node"
	case "-W", "-X":
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

// shortName drops the folder and an ending that says only which language it is.
func shortName(path string) string {
	if path == "" {
		return ""
	}
	name := filepath.Base(path)
	switch ending := filepath.Ext(name); ending {
	case name: // a dot file
	case ".js", ".mjs", ".cjs", ".ts", ".mts", ".py", ".rb", ".pl", ".php", ".jar", ".java", ".lua", ".R", ".sh", ".dll":
		return strings.TrimSuffix(name, ending)
	}
	return name
}
