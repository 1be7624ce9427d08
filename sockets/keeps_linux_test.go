package sockets

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/process"
	"lotop/sockets/socketstest"
)

// More descriptors of a socket in a process that was read already: nothing but
// their number tells. One of them is far from the others.
func TestDuplicates(t *testing.T) {
	l := listenLater(t)
	far := openEye(t, Diag)
	e := openEye(t, Diag)
	e.look()
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
	e.look()
	e.owned(e.one("tcp4", l.local, noAddr), want...)
	far.look() // its first: it knows of no descriptor
	far.owned(far.one("tcp4", l.local, noAddr), want...)
}

// A process that came under the pid of another is looked at, not taken for it;
// one that stayed is not looked at for being told of again.
func TestNewcomerIsLookedAt(t *testing.T) {
	me := int32(os.Getpid())
	impostor := &process.Process{PID: int(me), Name: process.NewText("impostor")}
	p := newPeople(process.NewReader(""))
	p.known[me] = impostor
	if got := p.update(map[int32]bool{me: false})[me]; got != impostor {
		t.Errorf("looked at again: %v", got)
	}
	if got := p.update(map[int32]bool{me: true})[me]; got == nil || got == impostor {
		t.Errorf("not looked at: %v", got)
	}
}

// What has ended is forgotten, else a long watch would grow for ever.
func TestForgets(t *testing.T) {
	e := openEye(t, Diag)
	o := e.source.(*live).reader.(*diagReader).owners
	parent := socketstest.Start(t)
	l := parent.Listen("tcp4", "127.0.0.1:0")
	child := parent.Fork([]socketstest.Sock{l})
	e.look()
	inode := uint32(l.Inode)
	if o.sockets[inode] == nil || o.shared[inode] == nil || o.procs[int32(child.PID())] == nil {
		t.Fatalf("%v, %v", o.sockets[inode], o.shared[inode])
	}
	child.Kill()
	e.look()
	if o.sockets[inode] == nil || o.shared[inode] != nil || o.procs[int32(child.PID())] != nil {
		t.Errorf("after the child: %v, %v", o.sockets[inode], o.shared[inode])
	}
	parent.Kill()
	e.look()
	_, missing := o.missing[inode]
	if o.sockets[inode] != nil || o.shared[inode] != nil || missing || e.Process(int32(parent.PID())) != nil {
		t.Errorf("after both: %v, %v, %v", o.sockets[inode], o.shared[inode], missing)
	}
}
