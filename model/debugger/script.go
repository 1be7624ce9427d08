package debugger

import (
	"slices"
	"strings"
)

// pythonDebugger recognizes debugpy, its adapter, its predecessor ptvsd and
// pydevd, run as a module (python -m debugpy) or by path.
func pythonDebugger(args []string) Server {
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case !strings.HasPrefix(a, "-"):
			return pythonModule(moduleOf(a), args[i+1:])
		case a == "-X" || a == "-W" || a == "--check-hash-based-pycs":
			i++
		case a == "-" || a == "-c":
			return Server{}
		case strings.HasPrefix(a, "-X") || strings.HasPrefix(a, "-W") || strings.HasPrefix(a, "--"):
		case strings.HasSuffix(a, "m") && i+1 < len(args): // also python -um debugpy
			return pythonModule(args[i+1], args[i+2:])
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

func pythonModule(module string, args []string) Server {
	switch module {
	case "debugpy", "debugpy.server":
		return debugpy(args)
	case "debugpy.adapter", "debugpy-adapter":
		return debugpyAdapter(args)
	case "ptvsd":
		return pydevdServer("ptvsd", args, slices.Contains(args, "--client"))
	case "pydevd":
		return pydevdServer("pydevd", args, !slices.Contains(args, "--server"))
	}
	return Server{}
}

// debugpy recognizes a program under debugpy --listen; usually the adapter that it starts
// listens instead. With --connect it is a client.
func debugpy(args []string) Server {
	own := optionsBefore(args, positional(args, "--listen", "--connect", "--log-to", "--pid", "--configure-qt", "--adapter-access-token", "--parent-session-pid"))
	where, ok := option(own, "--listen")
	if !ok {
		return Server{}
	}
	d := Server{Name: "debugpy", scope: scopePort}
	d.setListen(where, 5678)
	if pid, ok := option(own, "--pid"); ok {
		d.pid = firstPID([]string{pid})
	} else if rest := args[len(own):]; len(rest) > 0 {
		d.program = rest[0]
	}
	return d
}

// debugpyAdapter recognizes debugpy's adapter. It has two listeners, for the editor
// and for the programs.
func debugpyAdapter(args []string) Server {
	d := Server{Name: "debugpy", scope: scopeAll}
	if back, ok := option(args, "--for-server"); ok {
		_, d.backendPort, _ = splitHostPort(back)
	}
	return d
}

func pydevdServer(name string, args []string, client bool) Server {
	where, ok := option(args, "--port")
	if client || !ok {
		return Server{}
	}
	d := Server{Name: name, scope: scopePort}
	d.setListen(where, 0)
	d.program, _ = option(args, "--file")
	return d
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
	switch programName(rest[0]) {
	case "rdbg":
		return rdbg(rest[1:])
	case "rdebug-ide":
		return rdebugIDE(rest[1:])
	}
	return Server{}
}

// rdbg recognizes rdbg --open with a port; without a port it uses a Unix socket, and
// with --attach it is a client.
func rdbg(args []string) Server {
	rest := positional(args, "--port", "--host", "--sock-path", "--init-script", "-e", "-x", "--session-name", "--cookie")
	own := optionsBefore(args, rest)
	open := false
	for _, a := range own {
		switch {
		case a == "-A" || a == "--attach":
			return Server{}
		case a == "-O" || a == "--open" || strings.HasPrefix(a, "--open="):
			open = true
		}
	}
	where, ok := option(own, "--port")
	if !open || !ok {
		return Server{}
	}
	d := Server{Name: "rdbg", scope: scopePort}
	d.setListen(where, 0)
	if len(rest) > 0 {
		d.program = rest[0]
	}
	return d
}

func rdebugIDE(args []string) Server {
	rest := positional(args, "--port", "-p", "--host", "-h", "--dispatcher-port", "--dispatcher-host", "-I", "--socket-type")
	d := Server{Name: "rdebug-ide", scope: scopePort}
	where, _ := option(optionsBefore(args, rest), "--port", "-p")
	d.setListen(where, 1234)
	if len(rest) > 0 {
		d.program = rest[0]
	}
	return d
}
