// Package probe asks the kernel about one address or one socket: by binding, by
// connecting, by reading its options, and it closes a socket.
package probe

import (
	"net/netip"
	"runtime"

	"lotop/sockets"
)

// BindOptions are the socket options that decide about a bind.
type BindOptions struct {
	ReuseAddr bool // SO_REUSEADDR, as nearly all servers set it
	DualStack bool // on an IPv6 wildcard: IPV6_V6ONLY off, so that it takes IPv4 too
}

// Bind asks the kernel whether an address can be bound, by binding it. The
// socket never listens and is closed at once. A refusal is the kernel's errno,
// wrapped, so errors.Is(err, syscall.EADDRINUSE) holds.
//
// On Windows SO_REUSEADDR takes an address away from who holds it, so servers do
// not set it; ReuseAddr changes nothing there.
func Bind(p sockets.Protocol, a netip.AddrPort, o BindOptions) error { return bind(p, a, o) }

// Destroy closes one socket without ending anyone, whoever holds it; a
// TIME_WAIT too. It needs CAP_NET_ADMIN. The socket is named by its addresses
// and its ID, so no other can be hit.
//
// A listener stops to listen, but keeps a port that it asked for until its
// process closes it. Of several sockets that share an address the kernel finds
// one; for the others the error is ENOENT.
func Destroy(s *sockets.Socket) error { return destroy(s) }

// CanDestroy tells whether Destroy does anything on this system: no other than
// Linux closes a connection for somebody else.
const CanDestroy = runtime.GOOS == "linux"
