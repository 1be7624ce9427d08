package track

import (
	"net/netip"

	"lotop/sockets"
)

// isReset reports whether a socket was reset by its own process: that clears the remote
// port and the counters, and leaves the remote address (tcp_disconnect,
// net/ipv4/tcp.c).
func isReset(s *sockets.Socket) bool { return s.Connected() && s.Remote.Port() == 0 }

// matchReset returns the pending close that waits for such a socket; if there is none, it
// records that the peer need not wait. Only a client can be identified by what is left of
// it, because the address that the kernel chose for it is also cleared. What is left of a
// server's side would match every connection of that server.
func (tr *Tracker) matchReset(s *sockets.Socket) *pendingClose {
	if !s.Local.Addr().IsUnspecified() {
		return nil
	}
	key := resetKey(s.Protocol, s.Local.Port(), s)
	if w, ok := tr.notifications.awaitingReset[key]; ok {
		// Clients of several servers can have the same port: which of them it was
		// shows when the notifications of the others have come.
		if w.n > 1 || w.first == nil {
			return nil
		}
		for i := range w.first.endpoints {
			w.first.endpoints[i].notExpected = !w.first.endpoints[i].notified()
		}
		return w.first
	}
	n := tr.notifications.pendingResets[key].n + 1
	tr.notifications.pendingResets[key] = resetCount{n, tr.generation, tr.cur.snap.Time}
	return nil
}

// waiters are the pending closes that wait for the same client, as far as its reset
// shows: their number, and the first of them until it is removed.
type waiters struct {
	first *pendingClose
	n     int
}

// addWaiter lets a pending close wait for the peer of s.
func (tr *Tracker) addWaiter(p *pendingClose, s *sockets.Socket) {
	if p.waiterKey != 0 {
		return // already waiting
	}
	p.waiterKey = resetKey(s.Protocol, s.Remote.Port(), s)
	w := tr.notifications.awaitingReset[p.waiterKey]
	if w.n++; w.n == 1 {
		w.first = p
	}
	tr.notifications.awaitingReset[p.waiterKey] = w
}

// removeWaiter undoes addWaiter.
func (tr *Tracker) removeWaiter(p *pendingClose) {
	if p.waiterKey == 0 {
		return
	}
	w := tr.notifications.awaitingReset[p.waiterKey]
	if w.first == p {
		w.first = nil
	}
	if w.n--; w.n == 0 {
		delete(tr.notifications.awaitingReset, p.waiterKey)
	} else {
		tr.notifications.awaitingReset[p.waiterKey] = w
	}
	p.waiterKey = 0
}

// takePeerReset reports whether the peer of s was reset recently, and uses that reset up.
func (tr *Tracker) takePeerReset(s *sockets.Socket) bool {
	key := resetKey(s.Protocol, s.Remote.Port(), s)
	r := tr.notifications.pendingResets[key]
	if r.n == 0 {
		return false
	}
	if r.n--; r.n == 0 {
		delete(tr.notifications.pendingResets, key)
	} else {
		tr.notifications.pendingResets[key] = r
	}
	return true
}

// resetKey is the same for an end that was reset by its own process, whose local port
// and remote address are left, and for its peer.
func resetKey(p sockets.Protocol, port uint16, s *sockets.Socket) uint64 {
	a := s.Remote.Addr()
	if !isReset(s) {
		a = s.Local.Addr()
	}
	return endpointHash(netip.AddrPortFrom(a, port)) + uint64(p)
}
