// Package live opens the best source of this system. It is the only package that
// knows which readers there are.
package live

import (
	"lotop/sockets"
	"lotop/sockets/sockdiag"
)

// Kind selects a source.
type Kind string

// The kinds of source that --source takes.
const (
	Auto     Kind = "auto"    // the best that works
	SockDiag Kind = "diag"    // NETLINK_SOCK_DIAG
	Netstat  Kind = "netstat" // /proc/net, through github.com/cakturk/go-netstat
)

// Options say how to open the live source.
type Options struct {
	Kind Kind   // empty means Auto
	Proc string // root of the proc file system, empty means /proc
	// Ports narrows what is read to the sockets that have one of these ports at
	// either end, which costs next to nothing and can be done often. Who holds
	// a socket is then looked at anew once a second.
	Ports []sockets.PortRange
}

// Open opens the live kernel. The error says which ways were tried and why each
// failed.
func Open(o Options) (sockets.Source, error) {
	if o.Kind == "" {
		o.Kind = Auto
	}
	if o.Proc == "" {
		o.Proc = "/proc"
	}
	return open(o)
}

// WatchDestroyed subscribes to the notifications of sockets that are destroyed; see
// [sockdiag.Watch].
func WatchDestroyed(ports []sockets.PortRange) (*sockdiag.Watcher, error) {
	return sockdiag.Watch(ports)
}
