//go:build !linux

package sockdiag

import "lotop/sockets"

type watcher struct{ ready chan struct{} }

func (n *watcher) open([]sockets.PortRange) error { return sockets.ErrUnsupported }

func (n *watcher) drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int) {
	return dst, 0
}

func (n *watcher) close() error { return nil }
