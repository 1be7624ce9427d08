// Package probe tests one address or one socket with system calls: it binds,
// connects, reads options and port ranges, and closes a socket.
package probe

import (
	"net/netip"

	"lotop/sockets"
)

// BindOptions are the socket options that affect a bind.
type BindOptions struct {
	ReuseAddr bool // SO_REUSEADDR, which most servers set
	DualStack bool // on an IPv6 wildcard: IPV6_V6ONLY off, so that it occupies IPv4 too
}

// Bind tests whether an address can be bound, by binding it. The socket never listens
// and is closed at once. If the kernel refuses, the error wraps its errno, so
// errors.Is(err, syscall.EADDRINUSE) works.
//
// On Windows SO_REUSEADDR takes an address away from its owner, so servers do not set
// it; ReuseAddr has no effect there.
func Bind(p sockets.Protocol, a netip.AddrPort, o BindOptions) error { return bind(p, a, o) }

// Destroy closes one socket, a TIME_WAIT socket too, without stopping its owner. It
// needs CAP_NET_ADMIN. The socket is identified by its addresses and its ID, so no
// other is closed.
//
// A listener stops listening, but an explicitly bound port stays in use until its
// process closes the socket. Of several sockets that share an address the kernel
// finds one; for the others the error is ENOENT.
func Destroy(s *sockets.Socket) error { return destroy(s) }
