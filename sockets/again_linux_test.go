package sockets

import (
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// What has closed since the table was read is brought up to date; what lives is
// left alone, also where the kernel would find another in its place.
func TestRequery(t *testing.T) {
	e := openObserver(t, Diag)
	d, err := openDiag()
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	server, client := socketstest.Start(t), socketstest.Start(t)
	l := server.Listen("tcp4", "127.0.0.1:0")
	c := client.Dial(l.Target())
	a := server.Accept(l)
	_, twins := socketstest.ReusePortPair(t, "tcp4", "127.0.0.1:0")
	bound, udp := server.Bind("tcp4", "127.0.0.1:0"), server.UDP("127.0.0.1:0")
	e.refresh()
	for _, s := range []socketstest.Sock{l, c, a, twins[0], twins[1], bound, udp} {
		before := *e.checkOwned(s)
		after := before
		if !d.requery(&after) || after.Inode != before.Inode || after.State != before.State {
			t.Errorf("%v %v is open, but reported closed", before.State, before.Local)
		}
	}

	server.Close(a)
	socketstest.AwaitState(t, a.Network, a.Local, a.Remote, socketstest.StateFinWait2)
	s := *e.checkOwned(a)
	if id := s.ID; d.requery(&s) || s.ID != id || s.State != FinWait2 || s.Inode != 0 || s.NoOwner != Orphaned {
		t.Errorf("orphan: %+v", s)
	}
	client.SetLinger0(c)
	client.Close(c) // resets: both ends are gone, the listener is not
	s = *e.checkOwned(c)
	if d.requery(&s) || s.State != Established || s.Inode != 0 || s.NoOwner != Orphaned {
		t.Errorf("gone: %+v", s)
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
	e := openObserver(t, Diag)
	r := e.source.(*liveSource).reader.(*diagReader)
	all, _, err := r.diag.read(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	e.Sockets = all
	p.Close(c)
	if _, err := r.owners.attach(all, time.Now()); err != nil {
		t.Fatal(err)
	}
	s := e.findOne(c.Network, c.Local, c.Remote)
	e.Source = "sock_diag"
	if s.Inode != 0 || len(s.Owners) != 0 || s.NoOwner != Orphaned {
		t.Errorf("%+v", s)
	}
	if len(r.owners.backoffs) > 0 && r.owners.backoffs[uint32(c.Inode)] != (backoff{}) {
		t.Error("it is searched for again")
	}
}

// Without the number of descriptors from stat (before Linux 6.2) owners are
// found all the same.
func TestWithoutFDCounts(t *testing.T) {
	e := openObserver(t, Diag)
	e.source.(*liveSource).reader.(*diagReader).owners.hasFDCount = false
	p := socketstest.Start(t)
	first := p.Listen("tcp4", "127.0.0.1:0")
	e.refresh()
	e.checkOwned(first)
	second := p.Listen("tcp4", "127.0.0.1:0")
	child := p.Fork([]socketstest.Sock{second})
	e.refresh()
	e.checkOwned(first)
	e.checkOwned(second, child.Inherited()[0])
	p.Close(second)
	e.refresh()
	e.checkOwned(child.Inherited()[0])
}

// A kernel that refuses the older request is asked for each family.
func TestPerFamilyDumps(t *testing.T) {
	e := openObserver(t, Diag)
	e.source.(*liveSource).reader.(*diagReader).diag.dumps = perFamilyDumps
	p := socketstest.Start(t)
	socks := []socketstest.Sock{
		p.Listen("tcp4", "127.0.0.1:0"), p.Listen("tcp6", "[::1]:0"), p.Bind("tcp6", "[::]:0", socketstest.DualStack),
		p.UDP("127.0.0.1:0"), p.UDP("[::1]:0"),
	}
	e.refresh()
	for _, s := range socks {
		e.checkOwned(s)
		if all := e.find(s.Network, s.Local, s.Remote); len(all) != 1 {
			t.Errorf("%v is there %d times", s.Local, len(all))
		}
	}
}
