//go:build !linux

package sockdiag

import "lotop/sockets"

type watcher struct{ ready chan struct{} }

func (w *watcher) open([]sockets.PortRange) error { return sockets.ErrUnsupported }

func (w *watcher) drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, dropped int) {
	return dst, 0
}

func (w *watcher) close() error { return nil }
