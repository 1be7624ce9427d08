package debugger

import "strings"

// pythonDebugger recognizes debugpy, its adapter, its predecessor ptvsd and
// pydevd, run as a module (python -m debugpy) or by path.
func pythonDebugger(args []string) Server {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case !strings.HasPrefix(a, "-"):
			return toolServer(moduleOf(a), asModule, args[i+1:])
		case a == "-X" || a == "-W" || a == "--check-hash-based-pycs":
			i++
		case a == "-" || a == "-c":
			return Server{}
		case strings.HasPrefix(a, "-X") || strings.HasPrefix(a, "-W") || strings.HasPrefix(a, "--"):
		case strings.HasSuffix(a, "m") && i+1 < len(args): // also python -um debugpy
			return toolServer(args[i+1], asModule, args[i+2:])
		}
	}
	return Server{}
}

// moduleOf returns the name of the debugger's module that a script is or lies in, else
// the script's own name.
func moduleOf(script string) string {
	script = strings.TrimSuffix(strings.TrimSuffix(script, "/"), "/__main__.py")
	switch {
	case strings.HasSuffix(script, "debugpy/adapter"):
		return "debugpy.adapter"
	case strings.HasSuffix(script, "debugpy/launcher"):
		return "debugpy.launcher" // a client of the adapter
	}
	return strings.TrimSuffix(programName(script), ".py")
}

// rubyDebugger recognizes rdbg and rdebug-ide as scripts, and a program that requires
// debug/open. Once rdbg has started the program, the command line does not show it.
func rubyDebugger(args []string) Server {
	rest := positional(args, "-r", "-I", "-C")
	for i, a := range optionsBefore(args, rest) {
		lib, ok := strings.CutPrefix(a, "-r")
		if ok && lib == "" && i+1 < len(args) {
			lib = args[i+1]
		}
		if ok && (strings.HasSuffix(lib, "debug/open") || strings.HasSuffix(lib, "debug/open_nonstop")) {
			return Server{Name: "rdbg", scope: scopePort}
		}
	}
	if len(rest) == 0 {
		return Server{}
	}
	return toolServer(programName(rest[0]), asScript, rest[1:])
}
