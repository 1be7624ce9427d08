package sockets

// DestroyWatcher hears from the kernel of every socket that ends, also of those that
// no snapshot has ever shown. It needs no rights.
//
// A goroutine of its own takes the notices in as they come; whoever wants them
// drains them. What comes faster than it can be taken in is counted as lost,
// never passed over in silence.
type DestroyWatcher struct{ destroyWatcher }

// WatchDestroyed begins to listen. If ports are given, only sockets with one of
// them at either end are told of; the kernel leaves the others out, so that a
// busy machine cannot drown what is wanted.
func WatchDestroyed(ports []PortRange) (*DestroyWatcher, error) {
	n := &DestroyWatcher{}
	if err := n.open(ports); err != nil {
		return nil, err
	}
	return n, nil
}

// Ready tells, without blocking whoever sends, that there is something to drain.
func (n *DestroyWatcher) Ready() <-chan struct{} { return n.ready }

// Drain appends what has come since the last call, and tells about how many
// notices were lost since then.
func (n *DestroyWatcher) Drain(dst []DestroyNotification) (_ []DestroyNotification, lost int) {
	return n.drain(dst)
}

// Close ends it. What was not drained is gone.
func (n *DestroyWatcher) Close() error { return n.close() }
