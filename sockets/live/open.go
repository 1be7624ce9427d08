// Package live opens the best source of this system. It is the only package that
// knows all readers.
package live

import (
	"lotop/sockets"
	"lotop/sockets/sockdiag"
)

// Kind selects a source.
type Kind string

// The values of --source.
const (
	Auto     Kind = "auto"    // the best that works
	SockDiag Kind = "diag"    // NETLINK_SOCK_DIAG
	Netstat  Kind = "netstat" // /proc/net, through github.com/cakturk/go-netstat
)

// Options are the options of Open.
type Options struct {
	Kind Kind   // empty means Auto
	Proc string // root of the proc file system, empty means /proc
	// Ports limits reading to sockets whose local or remote port is in one of these
	// ranges. That is cheap enough to do often; owners are then looked up again once
	// a second.
	Ports []sockets.PortRange
}

// Open opens a source of the running kernel. The error lists what was tried and why
// each failed.
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
