package debugger

import (
	"strconv"
	"strings"
)

// delve recognizes dlv. Without --headless it serves its terminal and has no sockets; dlv
// connect is a client.
func delve(args []string) Server {
	valued := []string{
		"-l", "--listen", "--client-addr", "--backend", "--init", "--log-output", "--log-dest", "--wd",
		"--build-flags", "--output", "--api-version", "-r", "--redirect", "--tty",
	}
	own, _, _ := cutArgs(args, "--") // after it are the program's own
	rest := positional(own, valued...)
	if len(rest) == 0 {
		return Server{}
	}
	d := Server{Name: "delve", scope: scopeAll}
	if where, ok := option(own, "--listen", "-l"); ok {
		d.setListen(where, 0)
	}
	what := positional(rest[1:], valued...)
	switch rest[0] {
	case "dap":
		if client, ok := option(own, "--client-addr"); ok {
			_, d.clientPort, _ = splitHostPort(client)
		}
	case "attach":
		d.pid = firstPID(what)
	case "debug", "exec", "test", "core", "trace", "replay", "run":
		if len(what) > 0 && !isDots(what[0]) {
			d.program = what[0]
		}
		if rest[0] == "test" && d.program != "" {
			d.program = strings.TrimRight(d.program, "/") + testSuffix
		}
	default:
		return Server{}
	}
	return d
}

// cutArgs cuts args around the first sep.
func cutArgs(args []string, sep string) (head, tail []string, found bool) {
	for i, a := range args {
		if a == sep {
			return args[:i], args[i+1:], true
		}
	}
	return args, nil, false
}

// firstPID returns the PID that args begin with, 0 if there is none.
func firstPID(args []string) int {
	if len(args) == 0 {
		return 0
	}
	pid, err := strconv.Atoi(args[0])
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}

// isGDBServer reports whether a program is a gdbserver, also one for another
// architecture (aarch64-linux-gnu-gdbserver), or the debugserver of Apple's LLDB, which has
// the same arguments.
func isGDBServer(name string) bool {
	return name == "gdbserver" || name == "debugserver" || strings.HasSuffix(name, "-gdbserver")
}

// gdbServer recognizes gdbserver [OPTION]… COMM PROGRAM, --attach COMM PID and
// --multi COMM.
func gdbServer(args []string) Server {
	attach := false
	for i := 0; i < len(args); i++ {
		switch a := args[i]; {
		case a == "--attach":
			attach = true
		case a == "--wrapper":
			_, tail, _ := cutArgs(args[i:], "--")
			args, i = tail, -1
		case a == "--version" || a == "--help":
			return Server{}
		case strings.HasPrefix(a, "-") && a != "-":
		default:
			return gdbServerAt(a, args[i+1:], attach)
		}
	}
	return Server{}
}

func gdbServerAt(where string, what []string, attach bool) Server {
	host, port, ok := splitHostPort(where)
	if !ok || strings.HasPrefix(host, "/") {
		return Server{} // a serial line, or stdio
	}
	d := Server{Name: "gdbserver", scope: scopeAll, port: port}
	if attach {
		d.pid = firstPID(what)
	} else if len(what) > 0 {
		d.program = what[0]
	}
	return d
}

// lldbDebugger recognizes lldb-server platform and gdbserver, also with a version
// (lldb-server-18), and the adapter lldb-dap, formerly lldb-vscode.
func lldbDebugger(name string, args []string) Server {
	if i := strings.LastIndexByte(name, '-'); i > len("lldb") && isVersion(name[i+1:]) {
		name = name[:i]
	}
	if name == "lldb-server" {
		return lldbServer(args)
	}
	return toolServer(name, asProgram, args)
}

func lldbServer(args []string) Server {
	if len(args) == 0 {
		return Server{}
	}
	d := Server{Name: "lldb-server", scope: scopeAll}
	switch args[0] {
	case "platform", "p":
		// It starts a gdbserver for each program, on ports that it chooses.
		return d
	case "gdbserver", "g":
		own, program, found := cutArgs(args[1:], "--")
		if pid, ok := option(own, "--attach"); ok {
			d.pid = firstPID([]string{pid})
		}
		what := positional(own, "--attach", "-a", "--log-file", "--log-channels", "--named-pipe", "--pipe", "--fd")
		if !found && len(what) > 1 {
			program = what[1:]
		}
		if len(program) > 0 {
			d.program = program[0]
		}
		return d
	}
	return Server{}
}
