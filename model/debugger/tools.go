package debugger

import (
	"slices"
	"strings"
)

// launch is how a tool can be started.
type launch uint8

const (
	asProgram launch = 1 << iota
	asModule         // python -m NAME or python PATH
	asScript         // ruby PATH
)

// tool is a debug server whose options show all there is to know.
type tool struct {
	names   []string // of the program, module or script
	launch  launch
	name    string // of the Server
	scope   socketScope
	listen  []string // options for the listen address
	port    uint16   // the default, 0 if the system chooses
	implied bool     // it also listens without such an option
	needs   []string // options of which it needs one to be a server
	client  []string // options with which it is a client
	// valued are the options whose value is the next argument, if the first positional
	// argument is the debuggee; nil if options can be anywhere.
	valued []string
	// pid, program and backend are the options for the debuggee and for the port of the
	// connection to it, empty if there are none.
	pid, program, backend string
}

var tools = [...]tool{
	// The adapter that debugpy starts usually listens instead of the program itself.
	{
		names: []string{"debugpy", "debugpy.server"}, launch: asProgram | asModule, name: "debugpy", scope: scopePort,
		listen: []string{"--listen"}, port: 5678, pid: "--pid",
		valued: []string{
			"--listen", "--connect", "--log-to", "--pid", "--configure-qt", "--adapter-access-token",
			"--parent-session-pid",
		},
	},
	// It has two listeners, for the editor and for the programs.
	{
		names: []string{"debugpy-adapter", "debugpy.adapter"}, launch: asProgram | asModule, name: "debugpy",
		scope: scopeAll, implied: true, backend: "--for-server",
	},
	{
		names: []string{"ptvsd"}, launch: asModule, name: "ptvsd", scope: scopePort,
		listen: []string{"--port"}, client: []string{"--client"}, program: "--file",
	},
	{
		names: []string{"pydevd"}, launch: asModule, name: "pydevd", scope: scopePort,
		listen: []string{"--port"}, needs: []string{"--server"}, program: "--file",
	},
	// Without a port it uses a Unix socket.
	{
		names: []string{"rdbg"}, launch: asProgram | asScript, name: "rdbg", scope: scopePort,
		listen: []string{"--port"}, needs: []string{"-O", "--open"}, client: []string{"-A", "--attach"},
		valued: []string{
			"--port", "--host", "--sock-path", "--init-script", "-e", "-x", "--session-name", "--cookie",
		},
	},
	{
		names: []string{"rdebug-ide"}, launch: asProgram | asScript, name: "rdebug-ide", scope: scopePort,
		listen: []string{"--port", "-p"}, port: 1234, implied: true,
		valued: []string{
			"--port", "-p", "--host", "-h", "--dispatcher-port", "--dispatcher-host", "-I", "--socket-type",
		},
	},
	{
		names: []string{"lldb-dap", "lldb-vscode"}, launch: asProgram, name: "lldb-dap", scope: scopeAll,
		listen: []string{"--connection", "--port", "-p"},
	},
	{names: []string{"codelldb"}, launch: asProgram, name: "codelldb", scope: scopeAll, listen: []string{"--port"}},
	{
		names: []string{"netcoredbg"}, launch: asProgram, name: "netcoredbg", scope: scopeAll,
		listen: []string{"--server"}, port: 4711,
	},
}

// toolServer returns the debug server of a tool that was started in that way.
func toolServer(name string, by launch, args []string) Server {
	for i := range tools {
		if t := &tools[i]; t.launch&by != 0 && slices.Contains(t.names, name) {
			return t.server(args)
		}
	}
	return Server{}
}

func (t *tool) server(args []string) Server {
	var rest []string
	if t.valued != nil {
		rest = positional(args, t.valued...)
	}
	own := optionsBefore(args, rest)
	where, listens := option(own, t.listen...)
	if !listens && !t.implied || t.needs != nil && !hasOption(own, t.needs) || hasOption(own, t.client) {
		return Server{}
	}
	d := Server{Name: t.name, scope: t.scope}
	d.setListen(where, t.port)
	if t.backend != "" {
		port, _ := option(own, t.backend)
		_, d.backendPort, _ = splitHostPort(port)
	}
	if t.program != "" {
		d.program, _ = option(own, t.program)
	}
	if t.pid != "" {
		if pid, ok := option(own, t.pid); ok {
			d.pid = firstPID([]string{pid})
			return d
		}
	}
	if len(rest) > 0 {
		d.program = rest[0]
	}
	return d
}

func hasOption(args, names []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		name, _, _ := strings.Cut(a, "=")
		return slices.Contains(names, name)
	})
}
