package program

import (
	"slices"
	"strings"

	"lotop/model/debugger"
	"lotop/sockets/process"
)

// Restarter returns which of a process's parents, nearest first, starts it again, at once
// or when a file changes, or nil. It is known by its name and arguments, and between it
// and p are only programs that end with what they run, such as sh -c and npm run.
// Programs that end with what they started, as foreman and honcho do, are none.
func Restarter(p *process.Process, parents []*process.Process) *process.Process {
	child := p
	for _, parent := range parents {
		switch {
		case parent == nil:
			return nil
		case restarts(parent, child):
			return parent
		case !passesOn(parent):
			return nil
		}
		child = parent
	}
	return nil
}

// supervisors are programs that do nothing but run others again.
var supervisors = []string{
	"supervisord", "runsv", "s6-supervise", "supervise", "perpd", "immortal", "respawn",
	"watchexec", "reflex", "air", "wgo", "gow", "CompileDaemon", "cargo-watch",
}

// The supervisors that are scripts, without extension, by their interpreter: a script of
// another language with such a name is something else.
var (
	nodeSupervisors   = []string{"nodemon", "node-dev", "ts-node-dev", "tsnd", "forever", "pm2-runtime", "respawn"}
	pythonSupervisors = []string{"supervisord", "circusd", "watchfiles"}
	shellSupervisors  = []string{"mysqld_safe", "mariadbd-safe", "respawn"}
)

// restarts reports whether q starts its child again.
func restarts(q, child *process.Process) bool {
	if len(q.Args) == 0 {
		return false
	}
	if s, ok := debugger.ScriptOf(q); ok {
		return scriptRestarts(q, &s, child)
	}
	if strings.IndexByte(q.Args[0], ' ') >= 0 && titleRestarts(q.Args[0], child) {
		return true
	}
	name, args := debugger.ProgramName(q), q.Args[1:]
	switch name {
	case "sh", "bash", "dash", "zsh", "ksh":
		return loops(args)
	case "entr":
		return hasFlag(args, 'r', "")
	case "cargo":
		return len(args) > 0 && args[0] == "watch"
	case "go":
		return len(args) > 1 && args[0] == "tool" && args[1] == "air"
	case "uwsgi", "uwsgi-core":
		return sameCommand(q, child) && hasFlag(args, 'M', "--master")
	case "apache2", "httpd":
		return sameCommand(q, child)
	}
	return slices.Contains(supervisors, name)
}

// masters are the titles of processes that start their workers again, and the titles of
// the workers.
var masters = []struct{ master, worker string }{
	{"nginx: master process ", "nginx: worker process"},
	{"php-fpm: master process ", "php-fpm: pool "},
	{"gunicorn: master ", "gunicorn: worker "},
	{"unicorn master ", "unicorn worker["},
	{"uWSGI master", "uWSGI worker "},
	{"puma ", "puma: cluster worker "},
}

// titleRestarts recognizes the supervisors that have made their state their title, which
// is one argument.
func titleRestarts(title string, child *process.Process) bool {
	if strings.HasPrefix(title, "PM2 v") && strings.Contains(title, ": God Daemon ") {
		return true
	}
	if len(child.Args) == 0 {
		return false
	}
	for _, m := range masters {
		if strings.HasPrefix(title, m.master) && strings.HasPrefix(child.Args[0], m.worker) {
			return true
		}
	}
	return false
}

// scriptRestarts recognizes supervisors that are scripts, and the runtimes and servers
// that run what they watch in a child.
func scriptRestarts(q *process.Process, s *debugger.Script, child *process.Process) bool {
	name := base(s.Path)
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	switch s.Interpreter {
	case "node":
		if hasFlag(s.Options, 0, "--watch") || hasFlag(s.Options, 0, "--watch-path") {
			return true
		}
		return nodeRestarts(s, name)
	case "python":
		return pythonRestarts(q, s, name, child)
	case "dotnet":
		return name == "dotnet-watch" || s.Path == "watch"
	case "sh":
		return slices.Contains(shellSupervisors, name)
	}
	return false
}

// nodeRestarts recognizes the tools of node, which may be in a file such as
// tsx/dist/cli.mjs.
func nodeRestarts(s *debugger.Script, name string) bool {
	tool := withoutExt(base(packageOf(s.Path)))
	switch {
	case tool == "tsx":
		return len(s.Args) > 0 && s.Args[0] == "watch"
	case tool == "nest" || tool == "cli" && strings.Contains(s.Path, "@nestjs/cli/"):
		return len(s.Args) > 0 && s.Args[0] == "start" && hasFlag(s.Args[1:], 'w', "--watch")
	case name == "Daemon":
		return strings.HasSuffix(s.Path, "/pm2/lib/Daemon.js")
	case name == "monitor":
		return strings.HasSuffix(s.Path, "/forever/bin/monitor")
	}
	return slices.Contains(nodeSupervisors, tool)
}

// pythonRestarts recognizes reloaders. That of werkzeug and django runs the same command
// in a child, uvicorn's has a child of multiprocessing.
func pythonRestarts(q *process.Process, s *debugger.Script, name string, child *process.Process) bool {
	if s.Kind == debugger.ScriptModule {
		name = s.Path
	}
	switch name {
	case "uvicorn":
		return hasFlag(s.Args, 0, "--reload")
	case "fastapi":
		return len(s.Args) > 0 && s.Args[0] == "dev" && !hasFlag(s.Args, 0, "--no-reload") || hasFlag(s.Args, 0, "--reload")
	case "flask":
		debug := hasFlag(s.Args, 0, "--debug") || hasFlag(s.Args, 0, "--reload")
		return debug && !hasFlag(s.Args, 0, "--no-reload") && sameCommand(q, child)
	case "manage", "django":
		return slices.Contains(s.Args, "runserver") && !hasFlag(s.Args, 0, "--noreload") && sameCommand(q, child)
	case "gunicorn":
		return sameCommand(q, child)
	case "watchmedo":
		return len(s.Args) > 0 && s.Args[0] == "auto-restart"
	}
	return slices.Contains(pythonSupervisors, name)
}

// loops reports whether the code of sh -c runs a command again and again.
func loops(args []string) bool {
	for i, a := range args {
		if a != "-c" || i+1 == len(args) {
			continue
		}
		code := strings.TrimSpace(args[i+1])
		for _, loop := range [...]string{"while true", "while :", "while sleep ", "until false"} {
			if strings.HasPrefix(code, loop) {
				return true
			}
		}
		return false
	}
	return false
}

// hasBackground reports whether the code of a shell has a &, other than && and those of
// redirections.
func hasBackground(code string) bool {
	for i := 0; i < len(code); i++ {
		if code[i] != '&' {
			continue
		}
		next := byte(0)
		if i+1 < len(code) {
			next = code[i+1]
		}
		switch {
		case next == '&':
			i++
		case next == '>', i > 0 && (code[i-1] == '>' || code[i-1] == '<'):
		default:
			return true
		}
	}
	return false
}

// passesOn reports whether q only runs something else and ends with it, so that what
// starts q again starts that again.
func passesOn(q *process.Process) bool {
	if len(q.Args) == 0 {
		return false
	}
	if titledCommand(q.Args) != "" {
		return true
	}
	if s, ok := debugger.ScriptOf(q); ok {
		// A shell script can do other things besides.
		return scriptRunner(&s) != "" || s.Interpreter == "node" && base(packageOf(s.Path)) == "cross-env"
	}
	args := q.Args[1:]
	switch debugger.ProgramName(q) {
	case "sh", "bash", "dash", "zsh", "ksh", "fish":
		// Without -c its commands are typed.
		i := slices.Index(args, "-c")
		return i >= 0 && i+1 < len(args) && !hasBackground(args[i+1])
	case "env", "sudo", "doas", "setpriv", "runuser", "nice", "ionice", "nohup", "timeout", "stdbuf", "time", "tini",
		"dumb-init", "catatonit", "npm", "yarn", "pnpm", "npx":
		return true
	case "go", "cargo", "uv", "poetry", "pipenv":
		return len(args) > 0 && args[0] == "run"
	}
	return false
}

// sameCommand reports whether two processes have the same arguments, but for the
// directory of the program, which a child may be started with.
func sameCommand(q, child *process.Process) bool {
	return len(child.Args) > 0 && base(q.Args[0]) == base(child.Args[0]) && slices.Equal(q.Args[1:], child.Args[1:])
}

// hasFlag reports whether a long option or, if letter is not 0, a group of short ones with
// that letter is there. What follows the first argument that is no option may belong to
// the command that is run, and counts for long options only.
func hasFlag(args []string, letter byte, long string) bool {
	positional := false
	for _, a := range args {
		switch {
		case a == "--":
			return false
		case !strings.HasPrefix(a, "-"):
			positional = true
		case strings.HasPrefix(a, "--"):
			name, value, _ := strings.Cut(a, "=")
			if name == long && value != "false" {
				return true
			}
		case letter != 0 && !positional && strings.IndexByte(a, letter) > 0:
			return true
		}
	}
	return false
}
