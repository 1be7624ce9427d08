// Package debugger recognizes debug servers, and the scripts that interpreters
// run, from a command line alone.
package debugger

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// Server is a process through which programs are debugged over TCP, and which of its
// sockets serve that. The zero value is no debug server.
//
// It is recognized by its command line alone, so what that does not show stays unknown:
// NODE_OPTIONS, JAVA_TOOL_OPTIONS and RUBYOPT, an inspector opened by a signal,
// debugpy.listen() in a program. Xdebug works the other way round: it connects to the
// editor, and the editor listens.
type Server struct {
	Name  string // such as "delve"; always a literal of this package
	scope socketScope
	// port is where it listens, 0 if the system chooses; addr the address,
	// invalid for any.
	port uint16
	addr netip.Addr
	// clientPort is the port of a client that it connects to, as dlv dap
	// --client-addr does.
	clientPort uint16
	// backendPort is the remote port of its connection to something other than a
	// client: of debugpy's adapter to the program.
	backendPort uint16
	// pid or program is the debuggee, if the command line shows it.
	pid     int
	program string // untrusted: sanitize before display
}

// socketScope is which sockets of a process are the debug server's.
type socketScope uint8

const (
	scopeNone socketScope = iota
	scopePort             // the process is the debuggee itself: only those at that port
	scopeAll              // the process is only a debug server
)

// Debuggee returns what the debug server p debugs: a process, a program, or p itself if p
// contains its debug server. ok is false if p is no debug server or its command line does
// not show the debuggee.
func Debuggee(p *process.Process) (pid int, program untrusted.Text, ok bool) {
	d, ok := Recognize(p)
	if !ok || d.pid == 0 && d.program == "" {
		return 0, untrusted.Text{}, false
	}
	return d.pid, untrusted.New(d.program), true
}

// Owns reports whether s, a socket of the process, serves debugging: a listener of the
// debug server, or a connection with its client.
func (d Server) Owns(s *sockets.Socket) bool {
	if d.scope == scopeNone || s.Protocol != sockets.TCP || s.State == sockets.SynSent {
		return false
	}
	listens, connected := s.State == sockets.Listen, s.Connected()
	switch {
	case d.clientPort != 0 && connected && s.Remote.Port() == d.clientPort:
		return true
	case d.scope == scopeAll && d.port == 0:
		return listens || connected && d.clientPort == 0 && (d.backendPort == 0 || s.Remote.Port() != d.backendPort)
	case d.scope == scopeAll:
		return listens || connected && s.Local.Port() == d.port
	case d.port == 0:
		return listens && isChosenPort(s.Local)
	}
	return (listens || connected) && s.Local.Port() == d.port && d.listensAt(s.Local.Addr())
}

// isChosenPort reports whether the system may have chosen this port for an inspector.
// Where the ephemeral port range was changed the result can be wrong.
func isChosenPort(ap netip.AddrPort) bool {
	const lowest = 32768 // the default on Linux; other systems begin higher
	return ap.Port() >= lowest && ap.Addr().Unmap().IsLoopback()
}

func (d *Server) listensAt(a netip.Addr) bool {
	return !d.addr.IsValid() || d.addr == a.Unmap().WithZone("")
}

// setListen sets where the server listens, from HOST:PORT, :PORT, PORT or HOST, also after
// a scheme as in listen://HOST:PORT.
func (d *Server) setListen(where string, defaultPort uint16) {
	if _, rest, ok := strings.Cut(where, "://"); ok {
		where = rest
	}
	host, port, ok := splitHostPort(where)
	if !ok {
		port = defaultPort
	}
	d.port = port
	d.addr = netip.Addr{}
	// A name may resolve to any address, and a wildcard covers every one.
	if a, err := netip.ParseAddr(host); err == nil && !a.IsUnspecified() {
		d.addr = a.Unmap().WithZone("")
	}
}

// splitHostPort splits HOST:PORT, [HOST]:PORT, :PORT, PORT or HOST; ok reports whether
// there is a port.
func splitHostPort(s string) (host string, port uint16, ok bool) {
	s = strings.TrimPrefix(s, "tcp:")
	host, digits := "", s
	if i := strings.LastIndexByte(s, ':'); i >= 0 {
		host, digits = s[:i], s[i+1:]
	}
	n, err := strconv.ParseUint(digits, 10, 16)
	if err != nil {
		host = s
	}
	return strings.Trim(host, "[]"), uint16(n), err == nil
}

// Recognize returns the debug server that p is by its command line. For other processes
// it costs a few comparisons of the program's name.
func Recognize(p *process.Process) (d Server, ok bool) {
	if len(p.Args) == 0 {
		return Server{}, false
	}
	name, args := programName(p.Args[0]), p.Args[1:]
	switch {
	case strings.HasPrefix(name, "python"), strings.HasPrefix(name, "pypy"):
		d = pythonDebugger(args)
	case name == "ruby" || strings.HasPrefix(name, "ruby") && isVersion(name[len("ruby"):]):
		d = rubyDebugger(args)
	case isGDBServer(name):
		d = gdbServer(args)
	case strings.HasPrefix(name, "lldb-"):
		d = lldbDebugger(name, args)
	default:
		d = recognizeByName(name, args)
	}
	if d.scope == scopeNone {
		return Server{}, false
	}
	if d.pid == 0 && d.scope == scopePort {
		d.pid = p.PID // the program contains its debug server
	}
	return d, true
}

func recognizeByName(name string, args []string) Server {
	switch name {
	case "dlv", "dlv-dap":
		return delve(args)
	case "node", "nodejs":
		return nodeDebugger(args)
	case "bun":
		return inspector(bunRuntime, args)
	case "deno":
		return inspector(denoRuntime, args)
	case "firefox", "firefox-bin", "firefox-esr":
		return browserDebugger("firefox remote", args)
	case "java", "javaw", "jsvc":
		return javaDebugger(args)
	}
	if isBrowser(name) {
		return browserDebugger("chrome devtools", args)
	}
	return toolServer(name, asProgram, args)
}

// programName returns the file name of an argv[0]: without its directory, the dash of a
// login shell and .exe.
func programName(arg0 string) string {
	if i := strings.LastIndexAny(arg0, `/\`); i >= 0 {
		arg0 = arg0[i+1:]
	}
	return strings.TrimSuffix(strings.TrimPrefix(arg0, "-"), ".exe")
}

func isVersion(s string) bool { return strings.Trim(s, "0123456789.") == "" }

// option returns the value of the last of those options that is present, as
// --option=value or --option value.
func option(args []string, names ...string) (value string, given bool) {
	for i, a := range args {
		for _, name := range names {
			rest, found := strings.CutPrefix(a, name)
			switch {
			case !found:
			case rest == "":
				value, given = "", true
				if i+1 < len(args) {
					value = args[i+1]
				}
			case rest[0] == '=':
				value, given = rest[1:], true
			}
		}
	}
	return value, given
}

// positional returns args from the first positional argument on: one that is neither an
// option nor the value of one of the options in valued.
func positional(args []string, valued ...string) []string {
	return positionalFunc(args, func(a string) bool { return slices.Contains(valued, a) })
}

func positionalFunc(args []string, takesValue func(option string) bool) []string {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return args[i+1:]
		case !strings.HasPrefix(a, "-"):
			return args[i:]
		case takesValue(a):
			i++
		}
	}
	return nil
}

// optionsBefore returns the part of args before rest, which is its tail.
func optionsBefore(args, rest []string) []string { return args[:len(args)-len(rest)] }
