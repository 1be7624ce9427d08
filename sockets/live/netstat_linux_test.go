package live

import (
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/cakturk/go-netstat/netstat"
	"golang.org/x/sys/unix"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// Both sources see the same of every socket, as far as /proc/net shows.
func TestNetstatMatchesSockDiag(t *testing.T) {
	best, second := openObserver(t, SockDiag), openObserver(t, Netstat)
	p := socketstest.Start(t, socketstest.Name("a name (x) y"))
	for _, shape := range shapes() {
		if shape.want.State == sockets.Bound {
			continue // no /proc/net shows it
		}
		t.Run(shape.name, func(t *testing.T) {
			best.t, second.t = t, t
			s := shape.open(p)
			best.refresh()
			second.refresh()
			want := best.checkOwned(s)
			got := second.findOne(s.Network, s.Local, s.Remote)
			if got.State != want.State || got.V6 != want.V6 || got.V4Mapped != want.V4Mapped {
				t.Errorf("%v, v6 %v, mapped %v", got.State, got.V6, got.V4Mapped)
			}
			if !got.HasUID || got.UID != want.UID || got.HasQueue || got.V6Only != sockets.Unknown {
				t.Errorf("uid %d, %v; queues %v; v6only %v", got.UID, got.HasUID, got.HasQueue, got.V6Only)
			}
			checkNetstatOwner(t, second, got, p)
			p.Close(s)
			second.refresh()
			for _, left := range second.find(s.Network, s.Local, s.Remote) {
				if len(left.Owners) > 0 || left.State != sockets.TimeWait { // of the one that was connected to itself
					t.Errorf("is there after it was closed: %+v", left)
				}
			}
		})
	}
	best.t, second.t = t, t
}

// checkNetstatOwner: the name comes from process.Reader, as go-netstat leaves
// it empty where it has a space.
func checkNetstatOwner(t *testing.T, e *observer, s *sockets.Socket, p *socketstest.Process) {
	t.Helper()
	if len(s.Owners) != 1 || s.Owners[0] != (sockets.Owner{PID: int32(p.PID()), FD: -1}) || s.NoOwner != sockets.NoReason {
		t.Fatalf("owned by %v, %v", s.Owners, s.NoOwner)
	}
	if who := e.Process(int32(p.PID())); who == nil || who.Name.Raw() != "a name (x) y" {
		t.Errorf("owner is %+v", who)
	}
}

func TestNetstatConnections(t *testing.T) {
	e := openObserver(t, Netstat)
	server := socketstest.Start(t)
	l := server.Listen("tcp4", "127.0.0.1:0")
	waiting := socketstest.NotAccepted(t, l)
	gone := socketstest.TimeWait(t, "127.0.0.1:0")
	e.refresh()
	client := e.findOne("tcp4", waiting.Remote, waiting.Local)
	checkState(t, client, sockets.Established)
	id := client.ID
	unaccepted := e.findOne("tcp4", waiting.Local, waiting.Remote)
	checkState(t, unaccepted, sockets.Established)
	e.checkNoOwner(unaccepted, sockets.NotLookedUp)
	left := e.findOne(gone.Network, gone.Local, gone.Remote)
	checkState(t, left, sockets.TimeWait)
	e.checkNoOwner(left, sockets.InTimeWait)
	e.refresh()
	if again := e.findOne("tcp4", waiting.Remote, waiting.Local); again.ID != id || id == 0 {
		t.Errorf("ID %v became %v", id, again.ID)
	}
	if w := e.warning(sockets.FallbackSource); w == nil || !strings.Contains(w.Text, "missing: ") || strings.Contains(w.Text, "not available") {
		t.Errorf("warnings %+v", e.Warnings)
	}
	if e.Source != "netstat" {
		t.Errorf("from %q", e.Source)
	}
}

// The kernel's table can have a line twice: a connection is told once all the
// same. Two that are bound to one address are two.
func TestNetstatDuplicateLine(t *testing.T) {
	read := netstatTables[0].read
	t.Cleanup(func() { netstatTables[0].read = read })
	netstatTables[0].read = func(accept netstat.AcceptFn) ([]netstat.SockTabEntry, error) {
		all, err := read(accept)
		return slices.Concat(all, all), err
	}
	l := socketstest.Start(t).Listen("tcp4", "127.0.0.1:0")
	client := socketstest.NotAccepted(t, l)
	e := openObserver(t, Netstat)
	e.refresh()
	e.findOne("tcp4", client.Local, client.Remote)
	if all := e.find("tcp4", l.Local, l.Remote); len(all) != 2 {
		t.Errorf("the line of the listener was read twice and is there %d times", len(all))
	}
}

func checkState(t *testing.T, s *sockets.Socket, want sockets.State) {
	t.Helper()
	if s.State != want {
		t.Errorf("%v to %v is %v, not %v", s.Local, s.Remote, s.State, want)
	}
}

// Where a sandbox refuses sock_diag the second source steps in by itself, and
// says why.
func TestAutoFallsBack(t *testing.T) {
	for _, errno := range []syscall.Errno{unix.EPERM, unix.EPROTONOSUPPORT} {
		p := socketstest.Start(t)
		l := p.Listen("tcp4", "127.0.0.1:0")
		e := childSpec{Kind: Auto, DiagErrno: int(errno)}.run(t).observer(t)
		if e.Source != "netstat" {
			t.Errorf("%v: from %q", errno, e.Source)
		}
		checkState(t, e.findOne(l.Network, l.Local, l.Remote), sockets.Listen)
		if w := e.warning(sockets.FallbackSource); w == nil || !strings.Contains(w.Text, unix.ErrnoName(errno)) || !strings.Contains(w.Text, "sock_diag") {
			t.Errorf("%v: warnings %+v", errno, e.Warnings)
		}
		said := childSpec{Kind: SockDiag, DiagErrno: int(errno)}.run(t)
		if !strings.Contains(said.Error, "sock_diag") || !strings.Contains(said.Error, errno.Error()) {
			t.Errorf("forced: %q", said.Error)
		}
	}
}

func TestNoSourceAtAll(t *testing.T) {
	if e := (childSpec{Kind: SockDiag, NoNet: true}).run(t).observer(t); e.Source != "sock_diag" {
		t.Errorf("from %q", e.Source)
	}
	said := childSpec{Kind: Auto, NoNet: true, DiagErrno: int(unix.EPERM)}.run(t)
	for _, part := range []string{"cannot read the socket tables", "sock_diag", "operation not permitted", "read /proc/net", "no such file"} {
		if !strings.Contains(said.Error, part) {
			t.Errorf("%q does not say %q", said.Error, part)
		}
	}
	if said := (childSpec{Kind: Netstat, NoNet: true}).run(t); !strings.Contains(said.Error, "/proc/net") {
		t.Errorf("netstat: %q", said.Error)
	}
}

func TestUnknownSource(t *testing.T) {
	_, err := Open(Options{Kind: "lsof"})
	if err == nil || !strings.Contains(err.Error(), `"lsof"`) || !strings.Contains(err.Error(), "auto, diag, netstat") {
		t.Error(err)
	}
}

func TestNoProc(t *testing.T) {
	if _, err := Open(Options{Kind: SockDiag, Proc: "/nonexistent"}); err == nil || !strings.Contains(err.Error(), "/nonexistent") {
		t.Error(err)
	}
}
