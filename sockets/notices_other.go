//go:build !linux

package sockets

type destroyWatcher struct{ ready chan struct{} }

func (n *destroyWatcher) open([]PortRange) error { return ErrUnsupported }

func (n *destroyWatcher) drain(dst []DestroyNotification) (_ []DestroyNotification, lost int) {
	return dst, 0
}

func (n *destroyWatcher) close() error { return nil }
