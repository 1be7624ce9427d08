package model

import (
	"encoding/binary"
	"math/bits"
	"net/netip"

	"lotop/sockets"
)

// pairing finds the two ends of every connection inside this machine, and the
// listener behind each server's end. Its memory is used again for the next
// snapshot.
type pairing struct {
	peer     []int32 // index of the other end, -1 for none
	server   []bool  // whether the socket is the server's end
	listener []int32 // for a server's end, index of its listener, -1 for none

	byTuple map[uint64]int32
	byPort  map[portKey][]int32
}

type portKey struct {
	protocol sockets.Protocol
	port     uint16
}

func (p *pairing) build(all []sockets.Socket) {
	p.reset(len(all))
	for i := range all {
		s := &all[i]
		switch {
		case !s.Connected():
			if s.State != sockets.Bound {
				key := portKey{s.Protocol, s.Local.Port()}
				p.byPort[key] = append(p.byPort[key], int32(i))
			}
		case s.Local != s.Remote: // one that is connected to itself has no second end
			p.join(all, int32(i))
		}
	}
	for i := range all {
		if all[i].Connected() {
			p.listener[i] = p.listenerOf(all, &all[i])
		}
	}
	for i := range all {
		p.server[i] = p.isServer(all, i)
	}
}

func (p *pairing) reset(n int) {
	if p.byTuple == nil {
		p.byTuple, p.byPort = map[uint64]int32{}, map[portKey][]int32{}
	}
	clear(p.byTuple)
	for key, list := range p.byPort {
		if len(list) == 0 {
			delete(p.byPort, key) // unused since the last snapshot
		} else {
			p.byPort[key] = list[:0]
		}
	}
	p.peer = fill(p.peer, n, int32(-1))
	p.listener = fill(p.listener, n, int32(-1))
	p.server = fill(p.server, n, false)
}

func fill[T any](s []T, n int, v T) []T {
	if cap(s) < n {
		s = make([]T, n)
	}
	s = s[:n]
	for i := range s {
		s[i] = v
	}
	return s
}

// join pairs socket i with its other end, if that has come by already.
func (p *pairing) join(all []sockets.Socket, i int32) {
	s := &all[i]
	key := tupleKey(s)
	j, ok := p.byTuple[key]
	if !ok {
		p.byTuple[key] = i
		return
	}
	o := &all[j]
	if o.Protocol == s.Protocol && o.Local == s.Remote && o.Remote == s.Local {
		p.peer[i], p.peer[j] = j, i
	}
}

// tupleKey is the same for both ends of a connection, and for nothing else
// within reason: equality is checked by join.
func tupleKey(s *sockets.Socket) uint64 {
	return endKey(s.Local) + endKey(s.Remote) + uint64(s.Protocol)
}

func endKey(a netip.AddrPort) uint64 {
	b := a.Addr().As16()
	hi, lo := binary.LittleEndian.Uint64(b[:8]), binary.LittleEndian.Uint64(b[8:])
	// Two rounds of multiply and fold, as in wyhash: addresses differ in few bits.
	h := mix(lo^0x9e3779b97f4a7c15, hi^0xe7037ed1a0b428db)
	return mix(h^uint64(a.Port()), 0x8ebc6af09c88c6e3)
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

// listenerOf finds the socket that a connection came in by: the one bound to
// just its address before a wildcard, and of several the one whose process
// holds the connection.
func (p *pairing) listenerOf(all []sockets.Socket, s *sockets.Socket) int32 {
	best, bestScore := int32(-1), 0
	for _, i := range p.byPort[portKey{s.Protocol, s.Local.Port()}] {
		l := &all[i]
		if !answers(l, s) {
			continue
		}
		score := 1
		if !l.Local.Addr().IsUnspecified() {
			score += 4
		}
		if l.V6 == s.V6 {
			score += 2
		}
		if shareOwner(l, s) {
			score++
		}
		if score > bestScore {
			best, bestScore = i, score
		}
	}
	return best
}

// answers tells whether what is sent to s's local address reaches the listener.
func answers(l, s *sockets.Socket) bool {
	la, sa := l.Local.Addr(), s.Local.Addr()
	if la == sa {
		return true
	}
	if !la.IsUnspecified() {
		return false
	}
	if la.Is4() == sa.Is4() {
		return true
	}
	return la.Is6() && l.V6Only != sockets.Yes
}

func shareOwner(a, b *sockets.Socket) bool {
	for _, o := range a.Owners {
		if heldBefore(b.Owners, o.PID) {
			return true
		}
	}
	return false
}

// isServer decides which end of a pair is the server's: the one with a listener
// on its port; failing that the one that waits for accept; failing that the
// one with the lower port, since clients get theirs from the high range.
func (p *pairing) isServer(all []sockets.Socket, i int) bool {
	j := p.peer[i]
	if j < 0 {
		return p.listener[i] >= 0
	}
	s, o := &all[i], &all[j]
	mine, theirs := p.listener[i] >= 0, p.listener[j] >= 0
	if mine != theirs {
		return mine
	}
	if a, b := s.NoOwner == sockets.NotAccepted, o.NoOwner == sockets.NotAccepted; a != b {
		return a
	}
	if s.Local.Port() != o.Local.Port() {
		return s.Local.Port() < o.Local.Port()
	}
	return s.ID < o.ID
}
