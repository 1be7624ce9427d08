package tui

import (
	"net/netip"
	"strings"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// noon is when the tests take place.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// sock makes a socket. A remote address of "" means none.
func sock(id sockets.ID, p sockets.Protocol, state sockets.State, local, remote string, owners ...int32) sockets.Socket {
	s := sockets.Socket{
		ID: id, Protocol: p, State: state, Local: netip.MustParseAddrPort(local),
		Inode: uint64(id), HasUID: true, UID: 1000, HasQueue: true,
	}
	if remote != "" {
		s.Remote = netip.MustParseAddrPort(remote)
	}
	if s.V6 = s.Local.Addr().Is6(); s.V6 {
		s.V6Only = sockets.No
	}
	if state == sockets.Listen {
		s.SendQueue = 128
	}
	for i, pid := range owners {
		s.Owners = append(s.Owners, sockets.Owner{PID: pid, FD: int32(3 + i)})
	}
	return s
}

func proc(pid, parent int, age time.Duration, args ...string) *process.Process {
	name := args[0][strings.LastIndexByte(args[0], '/')+1:]
	return &process.Process{
		PID: pid, Parent: parent, Start: uint64(pid), Started: noon.Add(-age), State: 'R', UID: 1000,
		Name: untrusted.New(name), Command: untrusted.New(strings.Join(args, " ")), Args: args,
	}
}

func crew() map[int32]*process.Process {
	all := map[int32]*process.Process{}
	for _, p := range []*process.Process{
		proc(1, 0, 9*24*time.Hour, "/sbin/init"),
		proc(812, 1, 3*24*time.Hour, "/usr/lib/postgresql/16/bin/postgres", "-D", "/var/lib/postgresql/16/main"),
		proc(813, 812, 40*time.Minute, "postgres:", "ada", "shop", "127.0.0.1(51001)", "idle"),
		proc(990, 1, 12*time.Minute, "/usr/bin/java", "-Xmx2g", "-cp", "/opt/gradle/lib/launcher.jar", "org.gradle.launcher.daemon.bootstrap.GradleDaemon", "8.7"),
		proc(2001, 1500, 40*time.Minute, "node", "/home/ada/shop/server.js", "--port", "3000", "--inspect=127.0.0.1:9229",
			"--database", "postgres://ada@127.0.0.1:5432/shop?sslmode=disable&application_name=shop", "--log-level", "debug", "--workers", "4"),
		proc(1500, 1, 2*time.Hour, "npm", "run", "dev"),
		proc(3001, 1500, 5*time.Minute, "python3", "-m", "http.server", "7000"),
		proc(3100, 1500, 5*time.Minute, "slowd"),
		proc(3333, 1500, 5*time.Minute, "服务器🚀", "--端口", "3333"),
		proc(4400, 1, 26*time.Hour, "code", "."),
		proc(5120, 4400, 3*time.Second, "/home/ada/go/bin/dlv", "dap", "--listen=127.0.0.1:62893"),
		proc(6001, 1, time.Hour, "shop-db"),
		proc(6379, 1, time.Hour, "redis-server", "[::1]:6379"),
		proc(7100, 1, 3*time.Hour, "firefox"),
		proc(7200, 1500, time.Second, "curl", "http://localhost:8080/"),
	} {
		all[int32(p.PID)] = p
	}
	all[812].UID = 114
	all[812].Cgroup = process.ParseCgroup("/system.slice/postgresql.service")
	all[813].Cgroup = all[812].Cgroup
	all[6001].Cgroup = process.ParseCgroup("/system.slice/docker-" + strings.Repeat("3f1c0d2e4b5a", 5) + "abcd.scope")
	all[3100].State = 'T'
	return all
}

// street is a machine with a bit of everything.
func street() sockets.Snapshot {
	const tcp, udp = sockets.TCP, sockets.UDP
	list := []sockets.Socket{
		sock(1, tcp, sockets.Listen, "127.0.0.1:5432", "", 812),
		sock(2, tcp, sockets.Established, "127.0.0.1:5432", "127.0.0.1:51001", 813),
		sock(3, tcp, sockets.Established, "127.0.0.1:51001", "127.0.0.1:5432", 2001),
		sock(4, tcp, sockets.Established, "127.0.0.1:5432", "127.0.0.1:51002", 813),
		sock(5, tcp, sockets.Established, "127.0.0.1:51002", "127.0.0.1:5432", 3333),
		sock(6, tcp, sockets.TimeWait, "127.0.0.1:5432", "127.0.0.1:51000"),
		sock(7, tcp, sockets.Listen, "[::]:8080", "", 990),
		sock(8, tcp, sockets.Established, "127.0.0.1:8080", "127.0.0.1:53000", 990),
		sock(9, tcp, sockets.Established, "127.0.0.1:53000", "127.0.0.1:8080", 7200),
		sock(10, tcp, sockets.Listen, "127.0.0.1:62893", "", 5120),
		sock(11, tcp, sockets.Established, "127.0.0.1:62893", "127.0.0.1:51234", 5120),
		sock(12, tcp, sockets.Established, "127.0.0.1:51234", "127.0.0.1:62893", 4400),
		sock(13, udp, sockets.Unconn, "127.0.0.1:5353", ""),
		sock(14, tcp, sockets.Bound, "127.0.0.1:7000", "", 3001),
		sock(15, tcp, sockets.Listen, "127.0.0.1:9000", "", 3100),
		sock(16, tcp, sockets.Established, "127.0.0.1:9000", "127.0.0.1:52000"),
		sock(17, tcp, sockets.Established, "127.0.0.1:52000", "127.0.0.1:9000", 2001),
		sock(18, tcp, sockets.FinWait2, "127.0.0.1:9100", "127.0.0.1:52001"),
		sock(19, tcp, sockets.Listen, "0.0.0.0:2024", ""),
		sock(20, tcp, sockets.Listen, "[::1]:6379", "", 6379),
		sock(21, tcp, sockets.Listen, "[::]:8443", "", 2001),
		sock(22, tcp, sockets.Listen, "[fd12:3456:789a:1:aaaa:bbbb:cccc:dddd]:3000", "", 2001),
		sock(23, tcp, sockets.Listen, "0.0.0.0:6000", "", 6001),
		sock(24, tcp, sockets.Listen, "127.0.0.1:3333", "", 3333),
		sock(25, tcp, sockets.Listen, "127.0.0.1:3000", "", 2001),
		sock(26, tcp, sockets.Established, "192.168.1.5:44000", "93.184.216.34:443", 7100),
	}
	at := func(id sockets.ID) *sockets.Socket { return &list[id-1] }
	at(1).UID = 114
	at(6).NoOwner, at(6).HasUID, at(6).Timer, at(6).TimerLeft, at(6).Inode = sockets.InTimeWait, false, sockets.TimeWaitTimer, 40_612*time.Millisecond, 0
	at(8).V6, at(8).V4Mapped = true, true
	avahi := process.ParseCgroup("/system.slice/avahi-daemon.service")
	at(13).NoOwner, at(13).UID, at(13).Cgroup = sockets.OtherUser, 101, &avahi
	at(15).RecvQueue, at(15).SendQueue = 1, 0
	at(16).NoOwner, at(16).Inode, at(16).HasUID = sockets.NotAccepted, 0, false
	at(18).NoOwner, at(18).Inode, at(18).HasUID = sockets.Orphaned, 0, false
	at(19).NoOwner, at(19).UID = sockets.Unreadable, 0
	at(21).V6Only = sockets.Yes
	text := untrusted.New
	return sockets.Snapshot{
		Sockets: list, Processes: crew(), Source: "sock_diag",
		Users:     map[uint32]untrusted.Text{0: text("root"), 101: text("avahi"), 114: text("postgres"), 1000: text("ada")},
		Addresses: []netip.Addr{netip.MustParseAddr("192.168.1.5"), netip.MustParseAddr("fd12:3456:789a:1:aaaa:bbbb:cccc:dddd")},
		AddressInterfaces: map[netip.Addr]untrusted.Text{
			netip.MustParseAddr("192.168.1.5"): text("wlan0"), netip.MustParseAddr("fd12:3456:789a:1:aaaa:bbbb:cccc:dddd"): text("wlan0"),
		},
		Ephemeral: sockets.PortRange{First: 32768, Last: 60999},
	}
}

// somePeople knows more about node and its parents.
func somePeople() *fakeProcessReader {
	all := crew()
	return &fakeProcessReader{
		details: map[int]*process.Details{
			2001: {
				Process: *all[2001], User: untrusted.New("ada"), Cwd: untrusted.New("/home/ada/shop"),
				Executable: untrusted.New("/usr/bin/node"), CPU: 72 * time.Second, Memory: 84 << 20, Threads: 11,
			},
			812: {
				Process: *all[812], User: untrusted.New("postgres"), Cwd: untrusted.New("/var/lib/postgresql/16/main"),
				Executable: untrusted.New("/usr/lib/postgresql/16/bin/postgres"), CPU: 5 * time.Second, Memory: 30 << 20, Threads: 1,
			},
		},
		parents:   map[int][]*process.Process{2001: {all[1500], all[1]}, 812: {all[1]}},
		protected: map[int]string{6379: "lotop runs inside it: stop redis-server from another terminal"},
	}
}

// without leaves sockets out of a snapshot.
func without(snap sockets.Snapshot, ids ...sockets.ID) sockets.Snapshot {
	gone := map[sockets.ID]bool{}
	for _, id := range ids {
		gone[id] = true
	}
	var kept []sockets.Socket
	for _, s := range snap.Sockets {
		if !gone[s.ID] {
			kept = append(kept, s)
		}
	}
	snap.Sockets = kept
	return snap
}

// with adds sockets to a snapshot.
func with(snap sockets.Snapshot, more ...sockets.Socket) sockets.Snapshot {
	snap.Sockets = append(snap.Sockets[:len(snap.Sockets):len(snap.Sockets)], more...)
	return snap
}
