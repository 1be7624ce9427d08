package live

import (
	"net/netip"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

var noAddr netip.AddrPort

// stagedSocket is a TCP socket of the test process itself, brought up step by step.
type stagedSocket struct {
	t     testing.TB
	fd    int
	local netip.AddrPort
}

// newUnboundSocket makes a socket that is in no table yet.
func newUnboundSocket(t testing.TB) *stagedSocket {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	l := &stagedSocket{t: t, fd: fd}
	t.Cleanup(l.close)
	return l
}

// newBoundSocket makes a socket that is bound and does not listen.
func newBoundSocket(t testing.TB) *stagedSocket {
	t.Helper()
	l := newUnboundSocket(t)
	l.bind()
	return l
}

func (l *stagedSocket) bind() {
	l.t.Helper()
	if err := unix.Bind(l.fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		l.t.Fatal(err)
	}
	sa, err := unix.Getsockname(l.fd)
	if err != nil {
		l.t.Fatal(err)
	}
	l.local = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(sa.(*unix.SockaddrInet4).Port))
}

func (l *stagedSocket) listen() {
	l.t.Helper()
	if err := unix.Listen(l.fd, 1); err != nil {
		l.t.Fatal(err)
	}
}

func (l *stagedSocket) close() {
	if l.fd >= 0 {
		_ = unix.Close(l.fd)
	}
	l.fd = -1
}

// owner is how the test process holds it.
func (l *stagedSocket) owner(fd int) socketstest.Sock {
	return socketstest.Sock{PID: os.Getpid(), FD: fd}
}

// It was held, in no table, before the first snapshot; no new descriptor shows it.
func TestBoundLater(t *testing.T) {
	l := newUnboundSocket(t)
	e := openObserver(t, SockDiag)
	e.refresh()
	l.bind()
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), l.owner(l.fd))
	l.listen()
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), l.owner(l.fd))
	local := l.local
	l.close()
	e.refresh()
	if len(e.find("tcp4", local, noAddr)) != 0 {
		t.Error("is there after it was closed")
	}
}

// A new socket takes the place of a file: as many descriptors as before, and
// no process has lost a socket.
func TestDup2OverFile(t *testing.T) {
	file, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(file)
	e := openObserver(t, SockDiag)
	e.refresh()
	e.refresh()
	l := newBoundSocket(t)
	if err := unix.Dup3(l.fd, file, unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	fd := l.fd
	l.close()
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), l.owner(file))
	if fd == file {
		t.Fatal("the same descriptor")
	}
}

// Two descriptors of one process are two owners; of one only, the other goes.
func TestTwoDescriptors(t *testing.T) {
	parent := socketstest.Start(t)
	l := parent.Listen("tcp4", "127.0.0.1:0")
	child := parent.Fork([]socketstest.Sock{l, l})
	first, second := child.Inherited()[0], child.Inherited()[1]
	e := openObserver(t, SockDiag)
	e.refresh()
	e.checkOwned(l, first, second)
	child.Close(first)
	e.refresh()
	e.checkOwned(l, second)
}

// The first connection is closed and the next accepted under the same number:
// as many descriptors as before, another socket.
func TestDescriptorReused(t *testing.T) {
	server, client := socketstest.Start(t), socketstest.Start(t)
	l := server.Listen("tcp4", "127.0.0.1:0")
	client.Dial(l.Target())
	old := server.Accept(l)
	e := openObserver(t, SockDiag)
	e.refresh()
	e.checkOwned(old)
	client.Dial(l.Target())
	server.Close(old)
	next := server.Accept(l)
	if next.FD != old.FD {
		t.Fatalf("accepted as %d, not %d", next.FD, old.FD)
	}
	e.refresh()
	e.checkOwned(next)
	if e.has(old) {
		t.Error("the old one is there")
	}
}

// The same, but the first lives on in a child: its process has lost a socket
// that has not gone.
func TestDescriptorReusedShared(t *testing.T) {
	server, client := socketstest.Start(t), socketstest.Start(t)
	l := server.Listen("tcp4", "127.0.0.1:0")
	client.Dial(l.Target())
	old := server.Accept(l)
	child := server.Fork([]socketstest.Sock{old})
	kept := child.Inherited()[0]
	e := openObserver(t, SockDiag)
	e.refresh()
	e.checkOwned(old, kept)
	client.Dial(l.Target())
	server.Close(old)
	next := server.Accept(l)
	if next.FD != old.FD {
		t.Fatalf("accepted as %d, not %d", next.FD, old.FD)
	}
	e.refresh()
	e.checkOwned(next)
	e.checkOwned(kept)
}

// Nothing reports that one of two owners has closed its copy and opened something
// else: no new socket, and as many descriptors as before.
func TestOwnerReplacesSocketByFile(t *testing.T) {
	l := newBoundSocket(t)
	p := inheritor(t, l.fd)
	e := openObserver(t, SockDiag)
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), l.owner(l.fd), p)
	file, err := unix.Open(os.DevNull, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	e.refresh()
	if err := unix.Dup3(file, l.fd, unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), p)
	_ = unix.Close(file)
}
