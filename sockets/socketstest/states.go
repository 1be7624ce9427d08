//go:build linux

package socketstest

import (
	"net/netip"
	"slices"
	"testing"
)

// Conn is a connection, with the addresses as seen from the end under test.
type Conn struct {
	Network       string
	Local, Remote netip.AddrPort
	// PeerProcess owns Peer, the other end; it is nil if no process does.
	PeerProcess *Process
	Peer        Sock
}

// InState opens a connection of which one end is in the state and waits until
// the kernel reports that. The end comes from a listener at addr, which is
// opened with the options and has been closed, as its process has exited; for
// SYN_SENT it is a client's end instead, and for SYN_SENT and SYN_RECV the
// listener stays open.
//
// The end has no owner any more (inode 0) in FIN_WAIT1, FIN_WAIT2, CLOSING,
// LAST_ACK, TIME_WAIT and SYN_RECV; the last is not accepted yet. In
// ESTABLISHED and CLOSE_WAIT the server keeps running and owns it.
func InState(t testing.TB, state State, addr string, options ...SockOption) Conn {
	t.Helper()
	switch state {
	case StateSynSent:
		return synSent(t, addr, options)
	case StateSynRecv:
		return synRecv(t, addr, options)
	}
	server, client := Start(t), Start(t)
	l := server.Listen(networkOf("tcp", addr), addr, options...)
	c := client.Dial(l.Target())
	a := server.Accept(l)
	server.Close(l)
	switch state {
	case StateEstablished:
	case StateCloseWait:
		client.Shutdown(c)
	case StateFinWait1:
		server.Fill(a)
		server.Exit()
	case StateFinWait2:
		server.Exit()
	case StateClosing:
		server.Fill(a)
		server.Exit()
		AwaitState(t, a.Network, a.Local, a.Remote, StateFinWait1)
		client.Shutdown(c)
	case StateLastAck:
		client.Shutdown(c)
		AwaitState(t, a.Network, a.Local, a.Remote, StateCloseWait)
		server.Fill(a)
		server.Exit()
	case StateTimeWait:
		server.Exit()
		// Close the client after the server, and only after its ACK: on a
		// loaded machine the ACK can arrive late, and the answer to a late
		// one ends a TIME_WAIT (RFC 1337).
		AwaitState(t, a.Network, a.Local, a.Remote, StateFinWait2)
		client.Exit()
	default:
		t.Fatalf("cannot create a connection in state %d", state)
	}
	AwaitState(t, a.Network, a.Local, a.Remote, state)
	ends := Conn{Network: a.Network, Local: a.Local, Remote: a.Remote}
	if state != StateTimeWait {
		ends.PeerProcess, ends.Peer = client, c
	}
	return ends
}

// synSent needs a listener whose accept queue is full, which accepts no more
// connections.
func synSent(t testing.TB, addr string, options []SockOption) Conn {
	t.Helper()
	server, client := Start(t), Start(t)
	l := server.Listen(networkOf("tcp", addr), addr, slices.Concat([]SockOption{Backlog(0)}, options)...)
	NotAccepted(t, l)
	c := client.Dial(l.Target(), NoWait)
	remote := netip.MustParseAddrPort(l.Target())
	AwaitState(t, c.Network, c.Local, remote, StateSynSent)
	return Conn{Network: c.Network, Local: c.Local, Remote: remote, PeerProcess: server, Peer: l}
}

// synRecv needs a listener that completes connections only when data arrives.
func synRecv(t testing.TB, addr string, options []SockOption) Conn {
	t.Helper()
	server, client := Start(t), Start(t)
	l := server.Listen(networkOf("tcp", addr), addr, slices.Concat(options, []SockOption{DeferAccept})...)
	c := client.Dial(l.Target())
	AwaitState(t, c.Network, c.Remote, c.Local, StateSynRecv)
	return Conn{Network: c.Network, Local: c.Remote, Remote: c.Local, PeerProcess: client, Peer: c}
}

// TimeWait leaves a server's end in TIME_WAIT at addr. The options are the
// listener's, and the TIME_WAIT has inherited them.
func TimeWait(t testing.TB, addr string, options ...SockOption) Conn {
	t.Helper()
	return InState(t, StateTimeWait, addr, options...)
}

// ClientTimeWait leaves a client's end in TIME_WAIT at addr, whose port may be
// 0. The options are the client's.
func ClientTimeWait(t testing.TB, addr string, options ...SockOption) Conn {
	t.Helper()
	local := netip.MustParseAddrPort(addr)
	p := Start(t)
	network := networkOf("tcp", addr)
	l := p.Listen(network, netip.AddrPortFrom(local.Addr(), 0).String())
	c := p.Dial(l.Target(), slices.Concat(options, []SockOption{From(addr)})...)
	p.Accept(l)
	p.Close(c)
	AwaitState(t, network, c.Local, c.Remote, StateFinWait2)
	p.Exit()
	AwaitState(t, network, c.Local, c.Remote, StateTimeWait)
	return Conn{Network: network, Local: c.Local, Remote: c.Remote}
}

// NotAccepted connects to the listener, which must not accept, and waits
// until the connection is in its queue. The addresses are those of the
// server's end.
func NotAccepted(t testing.TB, listener Sock) Conn {
	t.Helper()
	client := Start(t)
	c := client.Dial(listener.Target())
	AwaitState(t, listener.Network, c.Remote, c.Local, StateEstablished)
	return Conn{Network: listener.Network, Local: c.Remote, Remote: c.Local, PeerProcess: client, Peer: c}
}

// SelfConnect starts a process with a TCP socket that is connected to itself,
// at a port that the kernel chooses.
func SelfConnect(t testing.TB) (*Process, Sock) {
	t.Helper()
	p := Start(t)
	s := p.SelfConnect("127.0.0.1:0")
	AwaitState(t, s.Network, s.Local, s.Local, StateEstablished)
	return p, s
}

// ReusePortPair starts two processes, each with its own socket on the same
// address: listeners for TCP, bound for UDP.
func ReusePortPair(t testing.TB, network, addr string) ([2]*Process, [2]Sock) {
	t.Helper()
	var ps [2]*Process
	var socks [2]Sock
	for i := range ps {
		ps[i] = Start(t)
		if network == "udp4" || network == "udp6" {
			socks[i] = ps[i].Bind(network, addr, ReusePort)
		} else {
			socks[i] = ps[i].Listen(network, addr, ReusePort)
		}
		addr = socks[i].Local.String()
	}
	return ps, socks
}
