package ports

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"slices"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/sockets/probe"
	"lotop/sockets/process"
	"lotop/sockets/socketstest"
	"lotop/sockets/untrusted"
)

// blockCases lists the ways in which a port can be held, in the order of the table.
func blockCases() []blockCase {
	return slices.Concat(ownCases, freeCases, managedCases)
}

// ownCases are servers that a user runs.
var ownCases = []blockCase{
	{"a server on 127.0.0.1", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("node", "server.js").Listen("tcp4", b.at("127.0.0.1"), socketstest.ReuseAddr)
	}},
	{"a server on every address, IPv4 and IPv6", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("node", "server.js").Listen("tcp6", b.at("[::]"), socketstest.DualStack, socketstest.ReuseAddr)
	}},
	{"a process that bound the port without listening", bind.CauseBound, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("node", "server.js").Bind("tcp4", b.at("0.0.0.0"))
	}},
	{"a UDP socket", bind.CauseBound, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("named").UDP(b.at("127.0.0.1"))
	}},
	{"two servers, one on 127.0.0.1 and one on ::1", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("vite").Listen("tcp6", b.at("[::1]"))
		b.as("rails").Listen("tcp4", b.at("127.0.0.1"))
	}},
	{"two servers that share the port by SO_REUSEPORT", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("web").Listen("tcp4", b.at("127.0.0.1"), socketstest.ReusePort)
		b.as("web").Listen("tcp4", b.at("127.0.0.1"), socketstest.ReusePort)
	}},
	{"a server and the workers that inherited its listener", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		p := b.as("gunicorn")
		p.Fork([]socketstest.Sock{p.Listen("tcp4", b.at("127.0.0.1"))}, socketstest.Name("worker"))
	}},
	{"a child that inherited the listener of a server that exited", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		p := socketstest.Start(b, socketstest.Name("server"), socketstest.Args("server"), socketstest.OwnGroup())
		child := p.Orphan([]socketstest.Sock{p.Listen("tcp4", b.at("127.0.0.1"))}, socketstest.Name("child"), socketstest.Args("child"))
		if adopter := parentOf(b, child.PID()); sessionOf(b, adopter) == sessionOf(b, os.Getpid()) {
			b.Skip("a process of this session adopts orphans here, as if they were its own children")
		}
	}},
	{"a daemon whose parent has exited", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		// In a group whose leader has exited, as that of these tests may have, it
		// would be an orphan: a daemon has left the session of the shell.
		p := socketstest.Start(b, socketstest.Name("server"), socketstest.Args("server"), socketstest.OwnSession())
		p.Orphan([]socketstest.Sock{p.Listen("tcp4", b.at("127.0.0.1"))}, socketstest.Name("daemon"), socketstest.Args("daemon"))
	}},
	{"a debug server whose editor has exited", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("dlv", "dap", "--listen", b.at("127.0.0.1")).Listen("tcp4", b.at("127.0.0.1"))
	}},
	{"an ssh port forward", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("ssh", "-N", "-L", "3000:db:5432", "host").Listen("tcp4", b.at("127.0.0.1"))
	}},
	{"a suspended server (Ctrl+Z)", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		p := b.as("node", "server.js")
		p.Listen("tcp4", b.at("127.0.0.1"))
		p.Suspend()
	}},
	{"a server that no longer accepts connections", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		l := b.as("node", "server.js").Listen("tcp4", b.at("127.0.0.1"))
		socketstest.NotAccepted(b, l)
	}},
	{"a process of another user", bind.CauseListener, bind.VerdictTaken, notRoot, func(b *caseEnv) {
		b.as("node", "server.js").Listen("tcp4", b.at("127.0.0.1"))
		b.unprivileged = true
	}},
}

// freeCases are what remains of connections, or is none.
var freeCases = []blockCase{
	{"an outgoing connection that uses it as its local port", bind.CauseClient, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.ephemeralPort = true
		l := socketstest.Start(b).Listen("tcp4", "127.0.0.1:0")
		b.target.Port = b.as("firefox").Dial(l.Target()).Local.Port()
	}},
	{"an accepted connection whose server has closed its listener", bind.CauseAccepted, bind.VerdictReuse, nil, func(b *caseEnv) {
		// Without a listener the lower port is taken for the server's, so it
		// must be below those that clients are given.
		b.target.Port = freeBelowEphemeral(b)
		p := b.as("node", "server.js")
		l := p.Listen("tcp4", b.at("127.0.0.1"), socketstest.ReuseAddr)
		socketstest.Start(b).Dial(l.Target())
		p.Accept(l)
		p.Close(l)
	}},
	{"a client connected to itself", bind.CauseSelf, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("client").SelfConnect(b.at("127.0.0.1"))
	}},
	{"TIME_WAIT of a server with SO_REUSEADDR", bind.CauseTimeWait, bind.VerdictReuse, nil, func(b *caseEnv) {
		socketstest.TimeWait(b, b.at("127.0.0.1"), socketstest.ReuseAddr)
	}},
	{"TIME_WAIT of a server without SO_REUSEADDR, or of a client", bind.CauseTimeWait, bind.VerdictTaken, nil, func(b *caseEnv) {
		socketstest.TimeWait(b, b.at("127.0.0.1"))
	}},
	{"an orphaned connection whose peer does not close", bind.CauseClosing, bind.VerdictReuse, nil, func(b *caseEnv) {
		socketstest.InState(b, socketstest.StateFinWait2, b.at("127.0.0.1"), socketstest.ReuseAddr)
	}},
	{"a socket that is not listed (without sock_diag)", bind.CauseUnknown, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("node", "server.js").Bind("tcp4", b.at("127.0.0.1"))
		b.service.Open = func() (sockets.Source, error) { return live.Open(live.Options{Kind: live.Netstat}) }
	}},
	{"nothing: the port requires a privilege", "", bind.VerdictNotPermitted, noPrivilegedPorts, func(b *caseEnv) {
		b.target.Port, b.target.Text = 7, "7"
		b.unprivileged = true
	}},
	{"nothing: the address is not local", "", bind.VerdictNotPermitted, nil, func(b *caseEnv) {
		b.target.Hosts = []netip.Addr{netip.MustParseAddr("192.0.2.77")} // for documentation: RFC 5737
	}},
	{"nothing, but it is in the ephemeral port range", "", bind.VerdictFree, nil, func(b *caseEnv) {
		b.ephemeralPort = true
		b.target.Port = freeEphemeral(b)
	}},
	{"nothing", "", bind.VerdictFree, nil, func(*caseEnv) {}},
}

// managedCases are ports owned on behalf of another process, which a signal would not reach.
var managedCases = []blockCase{
	{"a systemd service", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("postgres").Listen("tcp4", b.at("127.0.0.1"))
		b.tamper = changed(func(p *process.Process) { p.Cgroup = process.ParseCgroup("/system.slice/postgresql.service") })
	}},
	{"a systemd socket unit", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("systemd").Listen("tcp4", b.at("127.0.0.1"))
		b.service.UnitPaths = []string{b.TempDir(), b.TempDir()}
		unit := fmt.Sprintf("[Socket]\nListenStream = 127.0.0.1:%s\n", b.port())
		if err := os.WriteFile(filepath.Join(b.service.UnitPaths[1], "cockpit.socket"), []byte(unit), 0o644); err != nil {
			b.Fatal(err)
		}
		b.tamper = changed(func(p *process.Process) { p.PID = 1 })
	}},
	{"a container port published by docker", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("docker-proxy", "-proto", "tcp", "-host-port", b.port(), "-container-ip", "172.17.0.2", "-container-port", "80").
			Listen("tcp4", b.at("0.0.0.0"))
		b.service.Engines = []Engine{{"podman", "/nowhere"}, {"docker", "/nowhere"}, {"docker", b.engine(`[
				{"Names":["/other"],"NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.9"}}}},
				{"Names":["/shop-web"],"NetworkSettings":{"Networks":{"bridge":{"IPAddress":"172.17.0.2"}}}}]`)}}
	}},
	{"a container port published by docker, without access to docker", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("docker-proxy", "-container-ip", "172.17.0.2").Listen("tcp4", b.at("0.0.0.0"))
		b.service.Engines = []Engine{{"docker", "/nowhere"}}
	}},
	{"a container port published by podman", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("rootlessport").Listen("tcp6", b.at("[::]"), socketstest.DualStack)
		b.service.Engines = []Engine{{"podman", b.engine(fmt.Sprintf(
			`[{"Names":["shop-db"],"Ports":[{"PublicPort":%s,"Type":"udp"}]},{"Names":["shop-web"],"Ports":[{"PublicPort":%s,"Type":"tcp"}]}]`, b.port(), b.port()))}}
	}},
	{"a server in a container on the host network", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("nginx").Listen("tcp4", b.at("0.0.0.0"))
		b.tamper = changed(func(p *process.Process) {
			p.Cgroup = process.Cgroup{Path: untrusted.New("/docker/0123"), Container: untrusted.New("shop-web"), Engine: "docker"}
		})
	}},
	{"the kernel (NFS, a tunnel)", bind.CauseListener, bind.VerdictTaken, nil, func(b *caseEnv) {
		b.as("nfsd").Listen("tcp4", b.at("0.0.0.0"))
		b.tamper = func(e *bind.Evidence) {
			s := e.Rows[0].Socket
			s.Owners, s.NoOwner = nil, sockets.KernelOwned
		}
	}},
}

func notRoot() string {
	if os.Geteuid() != 0 {
		return "only root can be two users"
	}
	return ""
}

func noPrivilegedPorts() string {
	if r := probe.ReadPortRanges(); r.FirstUnprivileged <= 7 {
		return "every user may have every port here (ip_unprivileged_port_start)"
	}
	return ""
}

// freeBelowEphemeral gives a port that no client is given by the system and that
// nobody has.
func freeBelowEphemeral(b *caseEnv) uint16 {
	b.Helper()
	first := probe.ReadPortRanges().Ephemeral.First
	for range 1000 {
		if port := socketstest.FreePort(b, "tcp"); port < first {
			return port
		}
	}
	b.Skip("no port below the ephemeral range is free")
	return 0
}

// freeEphemeral returns a port of the ephemeral range that is not in use.
func freeEphemeral(b *caseEnv) uint16 {
	s, err := net.Listen("tcp", ":0")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	return uint16(s.Addr().(*net.TCPAddr).Port)
}

// changed replaces the first blocker by another.
func changed(how func(*process.Process)) func(*bind.Evidence) {
	return func(e *bind.Evidence) {
		r := &e.Rows[0]
		p := *r.Owner(r.Socket)
		how(&p)
		snap := *r.Snapshot
		snap.Processes = map[int32]*process.Process{int32(p.PID): &p}
		r.Snapshot = &snap
		r.Socket.Owners = []sockets.Owner{{PID: int32(p.PID), FD: 3}}
	}
}

// engine answers as a container engine does, on a unix socket.
func (b *caseEnv) engine(containers string) string {
	path := filepath.Join(b.TempDir(), "engine.sock")
	l, err := net.Listen("unix", path)
	if err != nil {
		b.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /containers/json", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(containers)) })
	server := &http.Server{Handler: mux}
	go func() { _ = server.Serve(l) }()
	b.Cleanup(func() { _ = server.Close() })
	return path
}
