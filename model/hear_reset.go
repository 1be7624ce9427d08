package model

import (
	"net/netip"

	"lotop/sockets"
)

// wasReset tells whether a socket was reset by its own process: that takes the
// remote port off it, sets its counters back, and leaves the remote address
// (tcp_disconnect, net/ipv4/tcp.c).
func wasReset(s *sockets.Socket) bool { return s.Connected() && s.Remote.Port() == 0 }

// noteReset finds the parting that waits for such a socket; if none does it
// remembers that the other end has nobody to wait for. Only a client can be told by
// what is left of it: the address that the kernel chose for it is taken off as well.
// What is left of a server's end would fit every connection of that server.
func (m *Monitor) noteReset(s *sockets.Socket) *parting {
	if !s.Local.Addr().IsUnspecified() {
		return nil
	}
	key := resetKey(s.Protocol, s.Local.Port(), s)
	if one, ok := m.hears.alone[key]; ok {
		// Clients of several servers can have one port: which of them it was
		// shows when the others have been heard of.
		if one.n > 1 || one.parting == nil {
			return nil
		}
		for i := range one.parting.ends {
			one.parting.ends[i].waived = !one.parting.ends[i].heard()
		}
		return one.parting
	}
	m.hears.resets[key] = resets{m.hears.resets[key].n + 1, m.pass, m.cur.snap.Time}
	return nil
}

// alone are the partings that wait for one and the same client, as far as its reset
// can tell: how many, and the first of them as long as it does.
type alone struct {
	parting *parting
	n       int
}

// await lets a parting wait for the end of which s, which was heard of, is the
// other.
func (m *Monitor) await(p *parting, s *sockets.Socket) {
	if p.alone != 0 {
		return // it waits already
	}
	p.alone = resetKey(s.Protocol, s.Remote.Port(), s)
	one := m.hears.alone[p.alone]
	if one.n++; one.n == 1 {
		one.parting = p
	}
	m.hears.alone[p.alone] = one
}

// leaveAlone ends that a parting waits.
func (m *Monitor) leaveAlone(p *parting) {
	if p.alone == 0 {
		return
	}
	one := m.hears.alone[p.alone]
	if one.parting == p {
		one.parting = nil
	}
	if one.n--; one.n == 0 {
		delete(m.hears.alone, p.alone)
	} else {
		m.hears.alone[p.alone] = one
	}
	p.alone = 0
}

// otherWasReset tells whether the other end of s was reset a moment ago.
func (m *Monitor) otherWasReset(s *sockets.Socket) bool {
	key := resetKey(s.Protocol, s.Remote.Port(), s)
	r := m.hears.resets[key]
	if r.n == 0 {
		return false
	}
	if r.n--; r.n == 0 {
		delete(m.hears.resets, key)
	} else {
		m.hears.resets[key] = r
	}
	return true
}

// resetKey is the same for an end that was reset by its own process, whose port
// and remote address are left, and for its other end.
func resetKey(p sockets.Protocol, port uint16, s *sockets.Socket) uint64 {
	a := s.Remote.Addr()
	if !wasReset(s) {
		a = s.Local.Addr()
	}
	return endKey(netip.AddrPortFrom(a, port)) + uint64(p)
}
