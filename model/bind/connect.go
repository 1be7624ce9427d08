package bind

import (
	"net/netip"
)

// ConnectListening is the status of an address at which a listener would answer: it
// was not connected to.
const ConnectListening = "listening"

// ConnectResult is what a client meets at one address, connected or not.
type ConnectResult struct {
	Host netip.Addr
	// Status is ConnectListening, or what became of a connection: "open",
	// "refused", "timeout" or the name of an errno.
	Status string
	Queue  *AcceptQueue // of the listener, nil if it is not known
}

// AcceptQueue is how many connections a listener has not accepted yet, and its backlog.
type AcceptQueue struct{ Length, Limit uint32 }

// Full reports whether the kernel drops the next connection. It queues one more than
// the limit says.
func (q AcceptQueue) Full() bool { return q.Length > q.Limit }

// ListeningResult returns what the listener of host shows without a connection.
func (e *Evidence) ListeningResult(host netip.Addr) (ConnectResult, bool) {
	l := e.ReceivingListener(host)
	if l == nil {
		return ConnectResult{}, false
	}
	c := ConnectResult{Host: host, Status: ConnectListening}
	if l.Socket.HasQueue {
		c.Queue = &AcceptQueue{l.Socket.RecvQueue, l.Socket.SendQueue}
	}
	return c, true
}

// addElsewhere lists what serves the port at other addresses: a question about
// 127.0.0.1 can be about the server that listens on ::1.
func (d *Diagnosis) addElsewhere(e *Evidence) {
	for i := range e.Rows {
		r := &e.Rows[i]
		if !r.Socket.Serves() {
			continue
		}
		if d.Target.OccupiedBy(r.Socket) {
			d.Elsewhere = nil // something answers at the target
			return
		}
		d.Elsewhere = append(d.Elsewhere, *r)
	}
}
