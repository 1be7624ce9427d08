package debugger

import (
	"slices"
	"strings"
)

// jsRuntime is a JavaScript runtime with an inspector: a web socket within the
// program itself, so that the program's other sockets are not the debugger's.
type jsRuntime struct {
	name        string
	interpreter string   // the interpreter
	port        uint16   // where the inspector listens if nothing else is said
	commands    []string // what stands before the script: deno run
	valued      []string // options whose value is the next argument
}

var (
	nodeRuntime = jsRuntime{
		name: "node inspector", interpreter: "node", port: 9229,
		valued: []string{
			"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--title",
			"--env-file", "--stack-trace-limit", "--input-type", "--max-http-header-size", "--icu-data-dir",
		},
	}
	bunRuntime = jsRuntime{
		name: "bun inspector", interpreter: "bun", port: 6499,
		commands: []string{"run", "test", "x", "exec", "repl"},
		valued:   []string{"-r", "--preload", "--require", "--import", "-c", "--config", "--cwd", "--port", "--env-file", "-t", "-F", "--filter"},
	}
	denoRuntime = jsRuntime{
		name: "deno inspector", interpreter: "deno", port: 9229,
		commands: []string{"run", "test", "serve", "eval", "bench", "repl", "task", "compile"},
		valued:   []string{"-c", "--config", "--import-map", "--port", "--host", "--cert", "--ext", "--filter", "-L", "--log-level"},
	}
)

// takesValue tells whether the argument behind an option is its value, which can be
// the program itself.
func (js *jsRuntime) takesValue(option string) bool {
	return slices.Contains(js.valued, option) || isInlineCode(js.interpreter, option)
}

// nodeDebugger recognises the inspector, and js-debug's stand-alone server:
// node dapDebugServer.js [PORT] [HOST].
func nodeDebugger(args []string) Server {
	rest := positionalFunc(args, nodeRuntime.takesValue)
	if len(rest) > 0 && programName(rest[0]) == "dapDebugServer.js" {
		d := Server{Name: "js-debug", scope: scopeAll, port: 8123}
		if len(rest) > 1 {
			d.setListen(rest[1], 8123)
		}
		return d
	}
	return inspector(nodeRuntime, args)
}

// inspector looks for --inspect among the options of the runtime. Behind the
// script they would be the script's own.
func inspector(js jsRuntime, args []string) Server {
	rest := positionalFunc(args, js.takesValue)
	options := optionsBefore(args, rest)
	isFile := true // and not the program itself, as in node -e CODE and deno eval CODE
	if len(rest) > 0 && slices.Contains(js.commands, rest[0]) {
		isFile = rest[0] != "eval"
		script := positionalFunc(rest[1:], js.takesValue)
		options = optionsBefore(args, script)
		rest = script
	}
	d := Server{port: js.port}
	for _, a := range options {
		if isInlineCode(js.interpreter, a) {
			isFile = false
		}
		name, where, hasWhere := strings.Cut(a, "=")
		switch name {
		case "--inspect", "--inspect-brk", "--inspect-wait", "--inspect-brk-node":
			d.Name, d.scope = js.name, scopePort
		case "--inspect-port", "--debug-port":
			// It says where, and opens nothing before a signal asks for it. With
			// port 0, as VS Code starts its own helpers, that is nowhere.
			if _, port, ok := splitHostPort(where); ok && port != 0 {
				d.Name, d.scope = js.name, scopePort
			}
		default:
			continue
		}
		if hasWhere {
			where = strings.TrimPrefix(where, "ws://")
			where, _, _ = strings.Cut(where, "/") // bun takes a path behind the port
			d.setListen(where, d.port)
		}
	}
	if d.scope != scopeNone && isFile && len(rest) > 0 {
		d.program = rest[0]
	}
	return d
}

// javaDebugger recognises a JVM with a JDWP agent that listens.
func javaDebugger(args []string) Server {
	rest := positional(args, "-cp", "-classpath", "--class-path", "-p", "--module-path", "--add-modules",
		"--add-opens", "--add-exports", "--add-reads", "--upgrade-module-path", "-jar", "-m", "--module")
	for _, a := range optionsBefore(args, rest) {
		agent, ok := strings.CutPrefix(a, "-agentlib:jdwp=")
		if !ok {
			agent, ok = strings.CutPrefix(a, "-Xrunjdwp:")
		}
		if ok {
			return jdwp(agent)
		}
	}
	return Server{}
}

// jdwp reads transport=dt_socket,server=y,suspend=n,address=*:5005. Without
// server=y the JVM connects to a waiting debugger.
func jdwp(agent string) Server {
	d := Server{Name: "jdwp", scope: scopePort}
	server := false
	for part := range strings.SplitSeq(agent, ",") {
		key, value, _ := strings.Cut(part, "=")
		switch {
		case key == "server":
			server = value == "y"
		case key == "transport" && value != "dt_socket":
			return Server{} // shared memory, on Windows
		case key == "address":
			d.setListen(value, 0)
		}
	}
	if !server {
		return Server{}
	}
	return d
}

// isBrowser knows the programs that are built on Chromium and are debugged
// through it. Others can carry the same option and do nothing with it.
func isBrowser(name string) bool {
	switch name {
	case "chrome", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "google-chrome-beta",
		"headless_shell", "chrome-headless-shell", "msedge", "microsoft-edge", "brave", "brave-browser", "opera",
		"vivaldi", "vivaldi-bin", "electron", "code", "code-insiders", "codium", "cursor", "slack", "Discord",
		"Google Chrome", "Chromium", "Electron", "nw", "QtWebEngineProcess":
		return true
	}
	return false
}

// browserDebugger recognises a browser that is remote controlled. Its child
// processes (--type=renderer) may repeat the option and do not hold the port.
// Electron programs and their helpers are Node as well, so --inspect counts
// too.
func browserDebugger(name string, args []string) Server {
	child := slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--type=") })
	for i, a := range args {
		where, ok := strings.CutPrefix(a, "--remote-debugging-port")
		if !ok || child {
			continue
		}
		if where == "" && i+1 < len(args) {
			where = args[i+1] // Firefox takes it so
		}
		d := Server{Name: name, scope: scopePort}
		d.setListen(strings.TrimPrefix(where, "="), 9222)
		return d
	}
	return inspector(nodeRuntime, args)
}
