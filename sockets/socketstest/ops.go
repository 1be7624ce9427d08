//go:build linux

package socketstest

import (
	"fmt"
	"net/netip"
)

// Listen opens a TCP listener. The network is tcp4 or tcp6; an IPv4 address
// in tcp6 is written mapped, as ::ffff:127.0.0.1.
func (p *Process) Listen(network, addr string, options ...SockOption) Sock {
	p.t.Helper()
	return p.sock(p.TryListen(network, addr, options...))
}

// TryListen is Listen that returns the error; errors.Is matches its errno.
func (p *Process) TryListen(network, addr string, options ...SockOption) (Sock, error) {
	return p.openSock(request{Do: cmdListen, Network: network, Address: addr, Options: options})
}

// Bind opens a socket that is bound and, if it is TCP, does not listen. The
// network is tcp4, tcp6, udp4 or udp6.
func (p *Process) Bind(network, addr string, options ...SockOption) Sock {
	p.t.Helper()
	return p.sock(p.TryBind(network, addr, options...))
}

// TryBind is Bind that returns the error; errors.Is matches its errno.
func (p *Process) TryBind(network, addr string, options ...SockOption) (Sock, error) {
	return p.openSock(request{Do: cmdBind, Network: network, Address: addr, Options: options})
}

// UDP opens an unconnected UDP socket of the address's family.
func (p *Process) UDP(addr string, options ...SockOption) Sock {
	p.t.Helper()
	return p.sock(p.TryUDP(addr, options...))
}

// TryUDP is UDP that returns the error; errors.Is matches its errno.
func (p *Process) TryUDP(addr string, options ...SockOption) (Sock, error) {
	return p.TryBind(networkOf("udp", addr), addr, options...)
}

// QuietUDP opens a UDP socket on a port outside the ephemeral range, because
// a test of notifications would also see the socket of a client there. The
// port was not probed before by another socket: the kernel's notification of
// that could arrive late.
func (p *Process) QuietUDP(host string) Sock {
	p.t.Helper()
	for range 1000 {
		if s, err := p.TryUDP(fmt.Sprintf("%s:%d", host, RandomPort(p.t))); err == nil {
			return s
		}
	}
	p.t.Fatal("no free UDP port outside the ephemeral port range")
	return Sock{}
}

// ConnectUDP opens a UDP socket with a remote address.
func (p *Process) ConnectUDP(addr string, options ...SockOption) Sock {
	p.t.Helper()
	return p.sock(p.TryConnectUDP(addr, options...))
}

// TryConnectUDP is ConnectUDP that returns the error; errors.Is matches its
// errno.
func (p *Process) TryConnectUDP(addr string, options ...SockOption) (Sock, error) {
	return p.openSock(request{
		Do: cmdConnect, Network: networkOf("udp", addr), Address: addr, Options: options,
	})
}

// Dial opens a TCP connection from a socket of the address's family, for a
// mapped address an IPv6 one.
func (p *Process) Dial(addr string, options ...SockOption) Sock {
	p.t.Helper()
	return p.sock(p.TryDial(addr, options...))
}

// TryDial is Dial that returns the error; errors.Is matches its errno.
func (p *Process) TryDial(addr string, options ...SockOption) (Sock, error) {
	return p.openSock(request{
		Do: cmdConnect, Network: networkOf("tcp", addr), Address: addr, Options: options,
	})
}

// SelfConnect opens a TCP socket that is connected to itself: its local and
// remote address are addr, whose port may be 0.
func (p *Process) SelfConnect(addr string, options ...SockOption) Sock {
	p.t.Helper()
	return p.sock(p.openSock(request{
		Do: cmdSelf, Network: networkOf("tcp", addr), Address: addr, Options: options,
	}))
}

// Accept accepts the next connection of a listener of this process.
func (p *Process) Accept(listener Sock) Sock {
	p.t.Helper()
	p.checkOwned(listener)
	return p.sock(p.openSock(request{Do: cmdAccept, FD: listener.FD}))
}

// Close closes the socket in this process.
func (p *Process) Close(s Sock) { p.t.Helper(); p.fdCommand(cmdClose, s, 0) }

// Shutdown shuts down sending; the socket still receives.
func (p *Process) Shutdown(s Sock) { p.t.Helper(); p.fdCommand(cmdShutdown, s, 0) }

// SetLinger0 makes Close reset the connection, which leaves no TIME_WAIT.
func (p *Process) SetLinger0(s Sock) { p.t.Helper(); p.fdCommand(cmdLinger0, s, 0) }

// Send sends n bytes, over UDP as one datagram.
func (p *Process) Send(s Sock, n int) { p.t.Helper(); p.fdCommand(cmdSend, s, n) }

// Recv receives n bytes, fewer only if the peer has shut down its end, and
// returns how many.
func (p *Process) Recv(s Sock, n int) int { p.t.Helper(); return p.fdCommand(cmdRecv, s, n) }

// Fill sends until the buffers of both ends are full and returns the number
// of bytes.
func (p *Process) Fill(s Sock) int { p.t.Helper(); return p.fdCommand(cmdFill, s, 0) }

func (p *Process) fdCommand(do command, s Sock, n int) int {
	p.t.Helper()
	p.checkOwned(s)
	return p.mustSend(request{Do: do, FD: s.FD, N: n}).N
}

func (p *Process) openSock(q request) (Sock, error) {
	a, err := p.send(q)
	if err != nil {
		return Sock{}, err
	}
	return a.Socks[0], nil
}

func (p *Process) sock(s Sock, err error) Sock {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	return s
}

// networkOf adds the address's family to tcp or udp; an invalid address is
// left for the child to report.
func networkOf(protocol, addr string) string {
	a, err := netip.ParseAddrPort(addr)
	if err == nil && a.Addr().Is4() {
		return protocol + "4"
	}
	return protocol + "6"
}
