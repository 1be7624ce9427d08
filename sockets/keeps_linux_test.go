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
	l := newBoundSocket(t)
	far := openObserver(t, Diag)
	e := openObserver(t, Diag)
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

// A process that came under the pid of another is looked at, not taken for it;
// one that stayed is not looked at for being told of again.
func TestNewProcessScanned(t *testing.T) {
	me := int32(os.Getpid())
	impostor := &process.Process{PID: int(me), Name: process.NewUntrusted("impostor")}
	p := newProcCache(process.NewReader(""))
	p.byPID[me] = impostor
	if got := p.update(map[int32]bool{me: false})[me]; got != impostor {
		t.Errorf("read again: %v", got)
	}
	if got := p.update(map[int32]bool{me: true})[me]; got == nil || got == impostor {
		t.Errorf("not read again: %v", got)
	}
}

// What has ended is forgotten, else a long watch would grow for ever.
func TestExitedProcessRemoved(t *testing.T) {
	e := openObserver(t, Diag)
	o := e.source.(*liveSource).reader.(*diagReader).owners
	parent := socketstest.Start(t)
	l := parent.Listen("tcp4", "127.0.0.1:0")
	child := parent.Fork([]socketstest.Sock{l})
	e.refresh()
	inode := uint32(l.Inode)
	if o.inodes[inode] == nil || o.shared[inode] == nil || o.procs[int32(child.PID())] == nil {
		t.Fatalf("%v, %v", o.inodes[inode], o.shared[inode])
	}
	child.Kill()
	e.refresh()
	if o.inodes[inode] == nil || o.shared[inode] != nil || o.procs[int32(child.PID())] != nil {
		t.Errorf("after the child: %v, %v", o.inodes[inode], o.shared[inode])
	}
	parent.Kill()
	e.refresh()
	_, missing := o.backoffs[inode]
	if o.inodes[inode] != nil || o.shared[inode] != nil || missing || e.Process(int32(parent.PID())) != nil {
		t.Errorf("after both: %v, %v, %v", o.inodes[inode], o.shared[inode], missing)
	}
}
