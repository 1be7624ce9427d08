package model

import (
	"path/filepath"
	"strings"

	"lotop/sockets/process"
)

// interpreters are programs whose name says little: what they run says more.
var interpreters = []string{"java", "node", "python", "ruby", "perl", "php", "deno", "bun", "dotnet", "sh", "bash", "dash", "zsh", "fish", "lua", "Rscript"}

// Program names what an interpreter runs, such as "vite" for node or "gradle"
// for java; empty for other programs and where the command does not tell. It is
// text from outside: clean it before it is shown.
func Program(p *process.Process) string {
	if len(p.Args) < 2 {
		return ""
	}
	name := filepath.Base(p.Args[0])
	for _, i := range interpreters {
		if rest, ok := strings.CutPrefix(name, i); ok && strings.Trim(rest, "0123456789.") == "" {
			return script(i, p.Args[1:])
		}
	}
	return ""
}

// script finds the first argument that is not an option of the interpreter.
func script(interpreter string, args []string) string {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "-m" || a == "-jar":
			if i+1 < len(args) {
				return shortName(args[i+1])
			}
			return ""
		case a == "-c" || a == "-e" || a == "-p" || a == "--eval" || a == "--print":
			return ""
		case takesValue(interpreter, a):
			i++
		case strings.HasPrefix(a, "-"):
		case interpreter == "java":
			return a[strings.LastIndexByte(a, '.')+1:] // the main class
		default:
			return shortName(a)
		}
	}
	return ""
}

func takesValue(interpreter, option string) bool {
	switch option {
	case "-cp", "-classpath", "--class-path", "--module-path", "--add-opens", "--add-modules":
		return interpreter == "java"
	case "-r", "--require", "--import", "--loader":
		return interpreter == "node" || interpreter == "ruby"
	case "-W", "-X":
		return interpreter == "python"
	}
	return false
}

// shortName drops the folder and an ending that says only which language it is.
func shortName(path string) string {
	name := filepath.Base(path)
	for _, ending := range []string{".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".pl", ".php", ".jar", ".sh", ".dll"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}
