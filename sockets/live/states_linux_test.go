package live

import (
	"fmt"
	"testing"
	"time"

	"lotop/sockets"
	"lotop/sockets/socketstest"
)

// Every state of a connection, over each family: seen with its name and, where
// it has no owner, the reason.
func TestStates(t *testing.T) {
	reasons := map[sockets.State]sockets.NoOwnerReason{
		sockets.SynRecv: sockets.NotAccepted, sockets.FinWait1: sockets.Orphaned, sockets.FinWait2: sockets.Orphaned, sockets.TimeWait: sockets.InTimeWait, sockets.LastAck: sockets.Orphaned, sockets.Closing: sockets.Orphaned,
	}
	for _, state := range sockets.States() {
		if state > sockets.Closing || state == sockets.Close || state == sockets.Listen {
			continue
		}
		for _, addr := range []string{"127.0.0.1:0", "[::1]:0", "[::ffff:127.0.0.1]:0"} {
			t.Run(fmt.Sprint(state, " ", addr), func(t *testing.T) {
				t.Parallel()
				ends := socketstest.InState(t, socketstest.State(state), addr)
				e := openObserver(t, SockDiag)
				e.refresh()
				s := e.findOne(ends.Network, ends.Local, ends.Remote)
				if s.State != state || s.V4Mapped != (addr[1] == ':' && addr[3] == 'f') {
					t.Errorf("%v, mapped %v", s.State, s.V4Mapped)
				}
				if why, ok := reasons[state]; ok {
					e.checkNoOwner(s, why)
				} else if len(s.Owners) != 1 || !s.HasUID {
					t.Errorf("owned by %v", s.Owners)
				}
			})
		}
	}
}

func TestTimeWaitTimer(t *testing.T) {
	e := openObserver(t, SockDiag)
	for _, ends := range []socketstest.Conn{
		socketstest.TimeWait(t, "127.0.0.1:0"), socketstest.TimeWait(t, "[::1]:0"), socketstest.ClientTimeWait(t, "127.0.0.1:0"),
	} {
		e.refresh()
		s := e.findOne(ends.Network, ends.Local, ends.Remote)
		e.checkNoOwner(s, sockets.InTimeWait)
		if s.Timer != sockets.TimeWaitTimer || s.TimerLeft == 0 || s.TimerLeft > time.Minute {
			t.Errorf("%v: timer %q, %v", s.Local, s.Timer, s.TimerLeft)
		}
		if s.UID != 0 || s.Inode != 0 {
			t.Errorf("%v: uid %d, inode %d", s.Local, s.UID, s.Inode)
		}
	}
}

// What a listener has not accepted has no owner; once accepted it has, and
// stays the same socket.
func TestAcceptQueue(t *testing.T) {
	e := openObserver(t, SockDiag)
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0", socketstest.Backlog(7))
	first, second := socketstest.NotAccepted(t, l), socketstest.NotAccepted(t, l)
	e.refresh()
	if s := e.checkOwned(l); s.RecvQueue != 2 || s.SendQueue != 7 || !s.HasQueue {
		t.Errorf("queue %d of %d", s.RecvQueue, s.SendQueue)
	}
	var ids []sockets.ID
	for _, ends := range []socketstest.Conn{first, second} {
		waiting := e.findOne(ends.Network, ends.Local, ends.Remote)
		e.checkNoOwner(waiting, sockets.NotAccepted)
		if waiting.Inode != 0 || waiting.State != sockets.Established {
			t.Errorf("%v, inode %d", waiting.State, waiting.Inode)
		}
		ids = append(ids, waiting.ID)
	}
	a := p.Accept(l)
	e.refresh()
	if s := e.checkOwned(l); s.RecvQueue != 1 {
		t.Errorf("queue %d after one was accepted", s.RecvQueue)
	}
	if s := e.checkOwned(a); s.ID != ids[0] || ids[0] == ids[1] {
		t.Errorf("accepted as %v, waited as %v", s.ID, ids)
	}
	p.Close(a)
	e.refresh()
	if e.has(a) {
		t.Error("is there after it was closed")
	}
}

// The server has been told that no more comes, and has not closed.
func TestHalfClosed(t *testing.T) {
	e := openObserver(t, SockDiag)
	server, client := socketstest.Start(t), socketstest.Start(t)
	l := server.Listen("tcp4", "127.0.0.1:0")
	c := client.Dial(l.Target())
	a := server.Accept(l)
	client.Shutdown(c)
	socketstest.AwaitState(t, a.Network, a.Local, a.Remote, socketstest.StateCloseWait)
	socketstest.AwaitState(t, c.Network, c.Local, c.Remote, socketstest.StateFinWait2)
	e.refresh()
	if s := e.checkOwned(a); s.State != sockets.CloseWait {
		t.Errorf("server's end in %v", s.State)
	}
	if s := e.checkOwned(c); s.State != sockets.FinWait2 {
		t.Errorf("client's end in %v", s.State)
	}
}

func TestOrphan(t *testing.T) {
	e := openObserver(t, SockDiag)
	server, client := socketstest.Start(t), socketstest.Start(t)
	l := server.Listen("tcp4", "127.0.0.1:0")
	c := client.Dial(l.Target())
	a := server.Accept(l)
	e.refresh()
	before := e.checkOwned(a).ID
	server.Close(a)
	socketstest.AwaitState(t, a.Network, a.Local, a.Remote, socketstest.StateFinWait2)
	e.refresh()
	s := e.findOne(a.Network, a.Local, a.Remote)
	e.checkNoOwner(s, sockets.Orphaned)
	if s.ID != before {
		t.Errorf("ID %v became %v", before, s.ID)
	}
	client.Close(c)
}

// The cookie names a socket through its life: the kernel hands it on from
// BOUND to LISTEN (the same struct sock) and from ESTABLISHED to TIME_WAIT
// (inet_twsk_alloc copies sk_cookie).
func TestIDStable(t *testing.T) {
	e := openObserver(t, SockDiag)
	l := newBoundSocket(t)
	e.refresh()
	before := e.findOne("tcp4", l.local, noAddr)
	id := before.ID
	l.listen()
	e.refresh()
	after := e.findOne("tcp4", l.local, noAddr)
	if before := id; after.State != sockets.Listen || after.ID != before {
		t.Errorf("%v, %v became %v", after.State, before, after.ID)
	}

	server, client := socketstest.Start(t), socketstest.Start(t)
	listener := server.Listen("tcp4", "127.0.0.1:0")
	c := client.Dial(listener.Target())
	a := server.Accept(listener)
	e.refresh()
	id = e.checkOwned(c).ID
	if server := e.checkOwned(a); server.ID == id {
		t.Errorf("both ends are %v", id)
	}
	client.Close(c)
	server.Recv(a, 1) // the client's FIN is here: the server's comes second
	server.Close(a)
	socketstest.AwaitState(t, c.Network, c.Local, c.Remote, socketstest.StateTimeWait)
	e.refresh()
	if s := e.findOne(c.Network, c.Local, c.Remote); s.ID != id || s.State != sockets.TimeWait {
		t.Errorf("ESTABLISHED %v became %v %v", id, s.State, s.ID)
	}
}
