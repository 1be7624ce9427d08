package debugger

import (
	"path/filepath"
	"strings"

	"lotop/sockets/process"
)

// ScriptName returns the name of what an interpreter runs, such as "vite" for node or
// "gradle" for java; empty for other programs and where the command line does not show
// it. It is untrusted text: sanitize it before display.
func ScriptName(p *process.Process) string {
	if len(p.Args) < 2 {
		return ""
	}
	if i := interpreterNamed(programName(p.Args[0])); i != "" {
		return scriptOf(i, p.Args[1:])
	}
	return ""
}

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

// scriptOf returns the name of the first argument that is not an option of the
// interpreter.
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

// takesModule reports whether the argument after an option is the program.
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
