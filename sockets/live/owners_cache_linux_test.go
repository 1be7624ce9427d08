package live

import (
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// More descriptors of a socket in a process that was read already: nothing but
// their number tells. One of them is far from the others.
func TestDuplicates(t *testing.T) {
	l := newBoundSocket(t)
	far := openObserver(t, SockDiag)
	e := openObserver(t, SockDiag)
	e.refresh()
	want := []socketstest.Sock{l.owner(l.fd)}
	// As many that descriptors of earlier tests that close meanwhile cannot
	// make up for them.
	for range 30 {
		fd, err := unix.FcntlInt(uintptr(l.fd), unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		want = append(want, l.owner(fd))
	}
	const distant = 900
	if err := unix.Dup3(l.fd, distant, unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(distant)
	want = append(want, l.owner(distant))
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), want...)
	far.refresh() // its first: it knows of no descriptor
	far.checkOwners(far.findOne("tcp4", l.local, noAddr), want...)
}
