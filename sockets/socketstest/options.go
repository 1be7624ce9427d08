//go:build linux

package socketstest

import (
	"os"
	"strconv"
)

// SockOption is an option of a socket. It is set before the socket is bound.
type SockOption string

// Options without a value.
const (
	ReuseAddr SockOption = "SO_REUSEADDR"
	ReusePort SockOption = "SO_REUSEPORT"
	V6Only    SockOption = "IPV6_V6ONLY=1"
	DualStack SockOption = "IPV6_V6ONLY=0"
	// DeferAccept keeps connections in SYN_RECV until data arrives.
	DeferAccept SockOption = "TCP_DEFER_ACCEPT"
	// MPTCP opens a Multipath TCP socket, as Go's net does for listeners.
	MPTCP SockOption = "MPTCP"
	// NoWait lets Dial return while the connection is still in SYN_SENT.
	NoWait SockOption = "nowait"
)

// Names of the options with a value.
const (
	optBacklog SockOption = "backlog"
	optDevice  SockOption = "SO_BINDTODEVICE"
	optFrom    SockOption = "from"
)

// Backlog sets the limit of a listener's accept queue, 128 by default. The
// kernel accepts one connection more than the limit.
func Backlog(n int) SockOption { return optBacklog + "=" + SockOption(strconv.Itoa(n)) }

// Device binds the socket to a network interface.
func Device(name string) SockOption { return optDevice + "=" + SockOption(name) }

// From binds the local end of Dial or ConnectUDP before it connects.
func From(addr string) SockOption { return optFrom + "=" + SockOption(addr) }

// Option configures a child process.
type Option func(*spec)

// spec is the result of the Options.
type spec struct {
	config       childConfig
	args         []string
	dir          string
	asUserNobody bool
	ownGroup     bool
	ownSession   bool
}

func newSpec(opts []Option) spec {
	s := spec{args: []string{os.Args[0]}}
	for _, o := range opts {
		o(&s)
	}
	return s
}

// AsUserNobody runs the child as user and group 65534. The test is skipped unless
// it, or for Fork the parent, runs as root.
func AsUserNobody() Option { return func(s *spec) { s.asUserNobody = true } }

// OwnGroup makes the child of Start lead a process group, as a shell does with
// each of its jobs.
func OwnGroup() Option { return func(s *spec) { s.ownGroup = true } }

// OwnSession makes the child of Start lead a session, as a daemon does with itself.
func OwnSession() Option { return func(s *spec) { s.ownSession = true } }

// Name sets /proc/PID/comm (the kernel keeps 15 bytes of it). The default is
// the last part of argv[0], as for a program that was started by its path.
func Name(comm string) Option { return func(s *spec) { s.config.Name = comm } }

// IgnoreSIGTERM makes the child ignore SIGTERM, but not its Forks.
func IgnoreSIGTERM() Option { return func(s *spec) { s.config.IgnoreTERM = true } }

// Args sets the whole command line, argv[0] included.
func Args(argv ...string) Option { return func(s *spec) { s.args = argv } }

// Dir sets the working directory.
func Dir(path string) Option { return func(s *spec) { s.dir = path } }
