package track

import (
	"net/netip"

	"lotop/sockets"
)

// isReset tells whether a socket was reset by its own process: that takes the
// remote port off it, sets its counters back, and leaves the remote address
// (tcp_disconnect, net/ipv4/tcp.c).
func isReset(s *sockets.Socket) bool { return s.Connected() && s.Remote.Port() == 0 }

// matchReset finds the parting that waits for such a socket; if none does it
// remembers that the other end has nobody to wait for. Only a client can be told by
// what is left of it: the address that the kernel chose for it is taken off as well.
// What is left of a server's end would fit every connection of that server.
func (m *Tracker) matchReset(s *sockets.Socket) *pendingClose {
	if !s.Local.Addr().IsUnspecified() {
		return nil
	}
	key := resetKey(s.Protocol, s.Local.Port(), s)
	if one, ok := m.notifications.awaitingReset[key]; ok {
		// Clients of several servers can have one port: which of them it was
		// shows when the others have been heard of.
		if one.n > 1 || one.first == nil {
			return nil
		}
		for i := range one.first.endpoints {
			one.first.endpoints[i].notExpected = !one.first.endpoints[i].notified()
		}
		return one.first
	}
	m.notifications.pendingResets[key] = resetCount{m.notifications.pendingResets[key].n + 1, m.generation, m.cur.snap.Time}
	return nil
}

// waiters are the partings that wait for one and the same client, as far as its reset
// can tell: how many, and the first of them as long as it does.
type waiters struct {
	first *pendingClose
	n     int
}

// addWaiter lets a parting wait for the end of which s, which was heard of, is the
// other.
func (m *Tracker) addWaiter(p *pendingClose, s *sockets.Socket) {
	if p.waiterKey != 0 {
		return // it waits already
	}
	p.waiterKey = resetKey(s.Protocol, s.Remote.Port(), s)
	one := m.notifications.awaitingReset[p.waiterKey]
	if one.n++; one.n == 1 {
		one.first = p
	}
	m.notifications.awaitingReset[p.waiterKey] = one
}

// removeWaiter ends that a parting waits.
func (m *Tracker) removeWaiter(p *pendingClose) {
	if p.waiterKey == 0 {
		return
	}
	one := m.notifications.awaitingReset[p.waiterKey]
	if one.first == p {
		one.first = nil
	}
	if one.n--; one.n == 0 {
		delete(m.notifications.awaitingReset, p.waiterKey)
	} else {
		m.notifications.awaitingReset[p.waiterKey] = one
	}
	p.waiterKey = 0
}

// takePeerReset tells whether the other end of s was reset a moment ago.
func (m *Tracker) takePeerReset(s *sockets.Socket) bool {
	key := resetKey(s.Protocol, s.Remote.Port(), s)
	r := m.notifications.pendingResets[key]
	if r.n == 0 {
		return false
	}
	if r.n--; r.n == 0 {
		delete(m.notifications.pendingResets, key)
	} else {
		m.notifications.pendingResets[key] = r
	}
	return true
}

// resetKey is the same for an end that was reset by its own process, whose port
// and remote address are left, and for its other end.
func resetKey(p sockets.Protocol, port uint16, s *sockets.Socket) uint64 {
	a := s.Remote.Addr()
	if !isReset(s) {
		a = s.Local.Addr()
	}
	return endpointHash(netip.AddrPortFrom(a, port)) + uint64(p)
}
