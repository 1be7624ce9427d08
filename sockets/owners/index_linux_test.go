package owners

import (
	"os"
	"slices"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/sockdiag"
	"lotop/sockets/socketstest"
	"lotop/sockets/untrusted"
)

// indexReader reads the tables and finds the owners with an index of its own.
type indexReader struct {
	conn  *sockdiag.Conn
	index *Index
	all   []sockets.Socket
}

func newIndexReader(t *testing.T) *indexReader {
	t.Helper()
	conn, err := sockdiag.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	index, err := NewIndex("/proc", conn.Requery, os.Geteuid() == 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(index.Close)
	return &indexReader{conn: conn, index: index}
}

func (x *indexReader) refresh(t *testing.T) {
	t.Helper()
	x.read(t)
	x.attach(t)
}

func (x *indexReader) read(t *testing.T) {
	t.Helper()
	var err error
	if x.all, _, err = x.conn.Read(t.Context(), nil, nil); err != nil {
		t.Fatal(err)
	}
}

func (x *indexReader) attach(t *testing.T) {
	t.Helper()
	if _, err := x.index.Attach(x.all, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// checkOwned checks that a socket is owned by those who have these descriptors.
func (x *indexReader) checkOwned(t *testing.T, by ...socketstest.Sock) {
	t.Helper()
	var want []sockets.Owner
	for _, b := range by {
		want = append(want, sockets.Owner{PID: int32(b.PID), FD: int32(b.FD)})
	}
	slices.SortFunc(want, sockets.CompareOwners)
	i := slices.IndexFunc(x.all, func(s sockets.Socket) bool { return s.Inode == by[0].Inode })
	if i < 0 || !slices.Equal(x.all[i].Owners, want) {
		t.Errorf("%v is owned by %+v, want %v", by[0].Local, x.all[max(i, 0)], want)
	}
}

// A process that came under the pid of another is looked at, not taken for it;
// one that stayed is not looked at for being told of again.
func TestNewProcessScanned(t *testing.T) {
	me := int32(os.Getpid())
	impostor := &process.Process{PID: int(me), Name: untrusted.New("impostor")}
	p := NewProcessCache(process.NewReader(""))
	p.byPID[me] = impostor
	if got := p.Update(map[int32]bool{me: false})[me]; got != impostor {
		t.Errorf("read again: %v", got)
	}
	if got := p.Update(map[int32]bool{me: true})[me]; got == nil || got == impostor {
		t.Errorf("not read again: %v", got)
	}
}

// What has ended is forgotten, else a long watch would grow for ever.
func TestExitedProcessRemoved(t *testing.T) {
	x := newIndexReader(t)
	o := x.index
	parent := socketstest.Start(t)
	l := parent.Listen("tcp4", "127.0.0.1:0")
	child := parent.Fork([]socketstest.Sock{l})
	x.refresh(t)
	inode := uint32(l.Inode)
	if o.inodes[inode] == nil || o.shared[inode] == nil || o.procs[int32(child.PID())] == nil {
		t.Fatalf("%v, %v", o.inodes[inode], o.shared[inode])
	}
	child.Kill()
	x.refresh(t)
	if o.inodes[inode] == nil || o.shared[inode] != nil || o.procs[int32(child.PID())] != nil {
		t.Errorf("after the child: %v, %v", o.inodes[inode], o.shared[inode])
	}
	parent.Kill()
	x.refresh(t)
	_, missing := o.backoffs[inode]
	if o.inodes[inode] != nil || o.shared[inode] != nil || missing {
		t.Errorf("after both: %v, %v, %v", o.inodes[inode], o.shared[inode], missing)
	}
}

// A socket that closed between the table and the search costs no search of
// every process, and has no owner made up for it.
func TestClosedDuringRead(t *testing.T) {
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	c := p.Dial(l.Target())
	p.Accept(l)
	p.SetLinger0(c)
	x := newIndexReader(t)
	x.read(t)
	i := slices.IndexFunc(x.all, func(s sockets.Socket) bool { return s.Inode == c.Inode })
	p.Close(c)
	x.attach(t)
	s := &x.all[i]
	if s.Inode != 0 || len(s.Owners) != 0 || s.NoOwner != sockets.Orphaned {
		t.Errorf("%+v", s)
	}
	if len(x.index.backoffs) > 0 && x.index.backoffs[uint32(c.Inode)] != (backoff{}) {
		t.Error("it is searched for again")
	}
}

// Without the number of descriptors from stat (before Linux 6.2) owners are
// found all the same.
func TestWithoutFDCounts(t *testing.T) {
	x := newIndexReader(t)
	x.index.hasFDCount = false
	p := socketstest.Start(t)
	first := p.Listen("tcp4", "127.0.0.1:0")
	x.refresh(t)
	x.checkOwned(t, first)
	second := p.Listen("tcp4", "127.0.0.1:0")
	child := p.Fork([]socketstest.Sock{second})
	x.refresh(t)
	x.checkOwned(t, first)
	x.checkOwned(t, second, child.Inherited()[0])
	p.Close(second)
	x.refresh(t)
	x.checkOwned(t, child.Inherited()[0])
}

// Root may read every process, so one that denies it hides its sockets.
func TestHasUnreadable(t *testing.T) {
	for _, denied := range []bool{false, true} {
		x := &Index{readsAll: true, procs: map[int32]*procFDs{4: {pid: 4, denied: denied}, 5: {pid: 5}}}
		if got := x.HasUnreadable(process.NewReader(""), 7); got != denied {
			t.Errorf("%v, want %v", got, denied)
		}
	}
}
