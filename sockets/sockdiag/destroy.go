package sockdiag

import "lotop/sockets"

// Watcher hears from the kernel of every socket that ends, also of those that
// no snapshot has ever shown. It needs no rights.
//
// A goroutine of its own takes the notices in as they come; whoever wants them
// drains them. What comes faster than it can be taken in is counted as lost,
// never passed over in silence.
type Watcher struct{ watcher }

// Watch begins to listen. If ports are given, only sockets with one of
// them at either end are told of; the kernel leaves the others out, so that a
// busy machine cannot drown what is wanted.
func Watch(ports []sockets.PortRange) (*Watcher, error) {
	n := &Watcher{}
	if err := n.open(ports); err != nil {
		return nil, err
	}
	return n, nil
}

// Ready tells, without blocking whoever sends, that there is something to drain.
func (n *Watcher) Ready() <-chan struct{} { return n.ready }

// Drain appends what has come since the last call, and tells about how many
// notices were lost since then.
func (n *Watcher) Drain(dst []sockets.DestroyNotification) (_ []sockets.DestroyNotification, lost int) {
	return n.drain(dst)
}

// Close ends it. What was not drained is gone.
func (n *Watcher) Close() error { return n.close() }
