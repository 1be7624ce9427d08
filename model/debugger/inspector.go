package debugger

import (
	"slices"
	"strings"
)

// jsRuntime is a JavaScript runtime with an inspector: a WebSocket server in the
// debuggee itself, so the program's other sockets are not the debug server's.
type jsRuntime struct {
	name        string
	interpreter string   // as interpreterNamed returns it
	port        uint16   // where the inspector listens by default
	commands    []string // what precedes the script: deno run
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
		valued: []string{
			"-r", "--preload", "--require", "--import", "-c", "--config", "--cwd", "--port", "--env-file", "-t", "-F",
			"--filter",
		},
	}
	denoRuntime = jsRuntime{
		name: "deno inspector", interpreter: "deno", port: 9229,
		commands: []string{"run", "test", "serve", "eval", "bench", "repl", "task", "compile"},
		valued: []string{
			"-c", "--config", "--import-map", "--port", "--host", "--cert", "--ext", "--filter", "-L", "--log-level",
		},
	}
)

// takesValue reports whether the argument after an option is its value, which can be
// the program itself.
func (js *jsRuntime) takesValue(option string) bool {
	return slices.Contains(js.valued, option) || isInlineCode(js.interpreter, option)
}

// nodeDebugger recognizes the inspector, and js-debug's stand-alone server:
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

// inspector recognizes --inspect among the options of the runtime. After the script
// they would be the script's own.
func inspector(js jsRuntime, args []string) Server {
	rest := positionalFunc(args, js.takesValue)
	options := optionsBefore(args, rest)
	isFile := true // and not inline code, as in node -e CODE and deno eval CODE
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
			// It sets the address, which a signal opens later. With port 0, as VS
			// Code starts its own helpers, there is none.
			if _, port, ok := splitHostPort(where); ok && port != 0 {
				d.Name, d.scope = js.name, scopePort
			}
		default:
			continue
		}
		if hasWhere {
			where = strings.TrimPrefix(where, "ws://")
			where, _, _ = strings.Cut(where, "/") // bun accepts a path after the port
			d.setListen(where, d.port)
		}
	}
	if d.scope != scopeNone && isFile && len(rest) > 0 {
		d.program = rest[0]
	}
	return d
}

// javaDebugger recognizes a JVM with a JDWP agent that listens.
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

// jdwp parses transport=dt_socket,server=y,suspend=n,address=*:5005. Without
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

// isBrowser reports whether a program is built on Chromium and debugged through it.
// Others can have the same option and ignore it.
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

// browserDebugger recognizes a browser under remote control. Its child processes
// (--type=renderer) may repeat the option and do not listen. Electron programs and their
// helpers are also Node, so --inspect counts too.
func browserDebugger(name string, args []string) Server {
	child := slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "--type=") })
	for i, a := range args {
		where, ok := strings.CutPrefix(a, "--remote-debugging-port")
		if !ok || child {
			continue
		}
		if where == "" && i+1 < len(args) {
			where = args[i+1] // as Firefox accepts it
		}
		d := Server{Name: name, scope: scopePort}
		d.setListen(strings.TrimPrefix(where, "="), 9222)
		return d
	}
	return inspector(nodeRuntime, args)
}
