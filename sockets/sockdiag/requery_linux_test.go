package sockdiag

import (
	"testing"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// readOne reads the tables and returns the only socket with that inode.
func readOne(t *testing.T, d *Conn, inode uint64) sockets.Socket {
	t.Helper()
	all, _, err := d.Read(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	var found []sockets.Socket
	for _, s := range all {
		if s.Inode == inode {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		t.Fatalf("inode %d: %d sockets in the table", inode, len(found))
	}
	return found[0]
}

// What has closed since the table was read is brought up to date; what lives is
// left alone, also where the kernel would find another in its place.
func TestRequery(t *testing.T) {
	d, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	server, client := socketstest.Start(t), socketstest.Start(t)
	l := server.Listen("tcp4", "127.0.0.1:0")
	c := client.Dial(l.Target())
	a := server.Accept(l)
	_, twins := socketstest.ReusePortPair(t, "tcp4", "127.0.0.1:0")
	bound, udp := server.Bind("tcp4", "127.0.0.1:0"), server.UDP("127.0.0.1:0")
	for _, s := range []socketstest.Sock{l, c, a, twins[0], twins[1], bound, udp} {
		before := readOne(t, d, s.Inode)
		after := before
		if !d.Requery(&after) || after.Inode != before.Inode || after.State != before.State {
			t.Errorf("%v %v is open, but reported closed", before.State, before.Local)
		}
	}

	orphan, old := readOne(t, d, a.Inode), readOne(t, d, c.Inode)
	server.Close(a)
	socketstest.AwaitState(t, a.Network, a.Local, a.Remote, socketstest.StateFinWait2)
	s := orphan
	if id := s.ID; d.Requery(&s) || s.ID != id || s.State != sockets.FinWait2 || s.Inode != 0 || s.NoOwner != sockets.Orphaned {
		t.Errorf("orphan: %+v", s)
	}
	client.SetLinger0(c)
	client.Close(c) // resets: both ends are gone, the listener is not
	s = old
	if d.Requery(&s) || s.State != sockets.Established || s.Inode != 0 || s.NoOwner != sockets.Orphaned {
		t.Errorf("gone: %+v", s)
	}
}

// A kernel that refuses the older request is asked for each family.
func TestPerFamilyDumps(t *testing.T) {
	d, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	d.dumps = perFamilyDumps
	p := socketstest.Start(t)
	socks := []socketstest.Sock{
		p.Listen("tcp4", "127.0.0.1:0"), p.Listen("tcp6", "[::1]:0"), p.Bind("tcp6", "[::]:0", socketstest.DualStack),
		p.UDP("127.0.0.1:0"), p.UDP("[::1]:0"),
	}
	for _, s := range socks {
		if found := readOne(t, d, s.Inode); found.Local.Port() != s.Local.Port() {
			t.Errorf("%v is read as %v", s.Local, found.Local)
		}
	}
}

// The kernel leaves out what has other ports, whichever request it is asked by.
func TestConnPorts(t *testing.T) {
	p := socketstest.Start(t)
	wanted := p.Listen("tcp4", "127.0.0.1:0")
	client := p.Dial(wanted.Target())
	server := p.Accept(wanted)
	udp := p.QuietUDP("127.0.0.1")
	p.Listen("tcp4", "127.0.0.1:0")
	var ports []sockets.PortRange
	for _, s := range []socketstest.Sock{wanted, udp} {
		ports = append(ports, sockets.PortRange{First: s.Local.Port(), Last: s.Local.Port()})
	}
	d, err := Open(ports)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for range 2 {
		all, _, err := d.Read(t.Context(), nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		found := map[uint64]bool{}
		for _, s := range all {
			if s.State != sockets.TimeWait { // of earlier tests, on these ports
				found[s.Inode] = true
			}
		}
		if len(found) != 4 || !found[wanted.Inode] || !found[client.Inode] || !found[server.Inode] || !found[udp.Inode] {
			t.Errorf("read %+v", all)
		}
		d.dumps = perFamilyDumps
	}
}
