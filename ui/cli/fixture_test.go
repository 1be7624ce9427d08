package cli

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/live"
	"lotop/sockets/process"
	"lotop/sockets/socketstest"
	"lotop/sockets/untrusted"
	"lotop/ui/tui"
)

// lotopRole is the role of a test binary that is lotop itself: so the tests need
// no compiler, and run as any user.
const lotopRole = "lotop"

func TestMain(m *testing.M) {
	time.Local = time.UTC // golden files have times; set before anything reads it
	socketstest.Parallel(8)
	os.Exit(socketstest.Main(m, socketstest.Role{Name: lotopRole, Run: func(string) error {
		os.Exit(Run(os.Args[1:]))
		return nil
	}}))
}

// fixedSource gives the same snapshot again and again.
type fixedSource struct {
	snap sockets.Snapshot
	err  error
	wait bool // for the end of the context
}

func (f *fixedSource) Read(ctx context.Context, into *sockets.Snapshot) error {
	if f.wait {
		<-ctx.Done()
		return ctx.Err()
	}
	*into = f.snap
	into.Sockets = append([]sockets.Socket(nil), f.snap.Sockets...)
	return f.err
}

func (f *fixedSource) Close() error { return nil }

// result is what a command line did.
type result struct {
	code     int
	out, err string
	screen   *tui.Options // nil if the screen was not run
}

// setting is the world in which a command line runs.
type setting struct {
	source   sockets.Source
	openErr  error
	terminal terminal
	env      map[string]string
	screen   error
	config   string     // the file
	left     *tui.Shown // with what the screen is left, nil for nothing
	access   []access.Answer

	processes detailsReader
}

// getenv is the environment: of UTF-8 if nothing else is said.
func (s setting) getenv(key string) string {
	if value, ok := s.env[key]; ok || key != "LANG" {
		return value
	}
	return "C.UTF-8"
}

func (s setting) run(t testing.TB, args ...string) result {
	t.Helper()
	var out, err bytes.Buffer
	var r result
	if s.source == nil {
		s.source = &fixedSource{snap: shop()}
	}
	a := &app{
		out: &out, err: &err, terminal: s.terminal,
		getenv:     s.getenv,
		open:       func(live.Options) (sockets.Source, error) { return s.source, s.openErr },
		configFile: func() string { return s.config },
		access:     func() []access.Answer { return s.access },
		processes:  s.processes,
		screen: func(o tui.Options) error {
			if r.screen = &o; o.Notifications != nil {
				_ = o.Notifications.Close() // as the screen does
			}
			if s.left != nil && o.Left != nil {
				o.Left(*s.left)
			}
			return s.screen
		},
	}
	r.code = a.run(context.Background(), args)
	r.out, r.err = out.String(), err.String()
	return r
}

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	ada  = uint32(1000)
)

func proc(pid int, name, command string, age time.Duration) *process.Process {
	return &process.Process{
		PID: pid, Start: uint64(pid), Started: noon.Add(-age), UID: ada,
		Name: untrusted.New(name), Command: untrusted.New(command),
	}
}

func addrPort(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

// owned makes a socket of user ada.
func owned(id sockets.ID, state sockets.State, local string, pid, fd int32) sockets.Socket {
	s := sockets.Socket{
		ID: id, Protocol: sockets.TCP, State: state, Local: addrPort(local), Inode: 7000 + uint64(id),
		UID: ada, HasUID: true,
	}
	s.V6 = s.Local.Addr().Is6()
	if pid != 0 {
		s.Owners = []sockets.Owner{{PID: pid, FD: fd}}
	}
	return s
}

// shop is a machine with a bit of everything.
func shop() sockets.Snapshot {
	node := owned(1, sockets.Listen, "127.0.0.1:3000", 4411, 18)
	node.HasQueue, node.RecvQueue, node.SendQueue = true, 1, 511
	server := owned(2, sockets.Established, "127.0.0.1:3000", 4411, 21)
	server.Remote = addrPort("127.0.0.1:51234")
	client := owned(3, sockets.Established, "127.0.0.1:51234", 3302, 40)
	client.Remote = server.Local
	java := owned(4, sockets.Listen, "[::]:8080", 0, 0)
	java.V6Only, java.HasUID, java.UID, java.NoOwner = sockets.No, true, 0, sockets.OtherUser
	unit := process.ParseCgroup("/system.slice/shop.service")
	java.Cgroup = &unit
	mdns := owned(5, sockets.Unconn, "0.0.0.0:5353", 812, -1)
	mdns.Protocol = sockets.UDP
	gone := owned(6, sockets.TimeWait, "127.0.0.1:3000", 0, 0)
	gone.Remote, gone.Inode, gone.HasUID = addrPort("127.0.0.1:51222"), 0, false
	gone.NoOwner, gone.Timer, gone.TimerLeft = sockets.InTimeWait, sockets.TimeWaitTimer, 41_612*time.Millisecond
	web := owned(7, sockets.Established, "10.0.0.5:40000", 3302, 41)
	web.Remote = addrPort("93.184.216.34:443")
	mapped := owned(8, sockets.Listen, "127.0.0.1:9000", 812, 4)
	mapped.V6, mapped.V4Mapped, mapped.V6Only = true, true, sockets.No
	only6 := owned(9, sockets.Listen, "[::]:8081", 812, 5)
	only6.V6Only, only6.Interface = sockets.Yes, 3
	return sockets.Snapshot{
		Time:    noon,
		Sockets: []sockets.Socket{node, server, client, java, mdns, gone, web, mapped, only6},
		Processes: map[int32]*process.Process{
			4411: proc(4411, "node", "node /home/ada/shop/server.js --port 3000", 12*time.Minute),
			3302: proc(3302, "chrome", "chrome", 3*time.Hour),
			812:  proc(812, "misc", "", time.Minute),
		},
		Users:      map[uint32]untrusted.Text{0: untrusted.New("root"), ada: untrusted.New("ada")},
		Interfaces: map[uint32]untrusted.Text{3: untrusted.New("eth0")},
		Addresses:  []netip.Addr{netip.MustParseAddr("10.0.0.5")},
		Ephemeral:  sockets.PortRange{First: 32768, Last: 60999},
		Warnings:   []sockets.Warning{{Kind: sockets.OwnersHidden, Count: 1, Text: "1 socket of another user: no process name; run as root to see it"}},
		Source:     "sock_diag",
	}
}
