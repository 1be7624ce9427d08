package sockdiag

import "lotop/sockets"

// Watcher receives the kernel's notifications of destroyed sockets, including those
// that no snapshot contained. It needs no privileges.
//
// A goroutine receives the notifications as they come and queues them until they are
// drained. Notifications that are dropped are counted. All methods may be called from
// several goroutines.
type Watcher struct{ watcher }

// Watch subscribes to the notifications. If ports are given, it only receives those
// of sockets whose local or remote port is among them; the kernel filters, so that a
// busy machine cannot overflow the queue.
func Watch(ports []sockets.PortRange) (*Watcher, error) {
	w := &Watcher{}
	if err := w.open(ports); err != nil {
		return nil, err
	}
	return w, nil
}

// Ready returns a channel that receives a value when there is something to drain.
func (w *Watcher) Ready() <-chan struct{} { return w.ready }

// Drain appends the notifications since the last call to dst, and returns about how
// many were dropped since then.
func (w *Watcher) Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, dropped int) {
	return w.drain(dst)
}

// Close ends the subscription and discards what was not drained.
func (w *Watcher) Close() error { return w.close() }
