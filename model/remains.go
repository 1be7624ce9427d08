package model

import (
	"net/netip"

	"lotop/sockets"
)

// tuple is what a connection is known by where the kernel gives no cookie.
type tuple struct {
	protocol      sockets.Protocol
	local, remote netip.AddrPort
}

func tupleOf(s *sockets.Socket) tuple { return tuple{s.Protocol, s.Local, s.Remote} }

// joinRemains recognises the TIME_WAIT of a connection that has just gone. With
// cookies it is the same socket; without, its ID changes with its owner, and it
// would be told as a connection of its own that nobody saw.
func (m *Monitor) joinRemains() {
	var remains map[tuple]*track
	for i := range m.changes {
		switch c := &m.changes[i]; {
		case c.kind == EventOpened && c.track.state == sockets.TimeWait:
			if remains == nil {
				remains = map[tuple]*track{}
			}
			remains[tupleOf(&m.cur.snap.Sockets[c.track.at])] = c.track
		case c.kind == EventClosed && remains != nil: // they come after the others
			if t := remains[tupleOf(&m.old.snap.Sockets[c.track.at])]; t != nil {
				t.inherit(c.track)
				m.settle(t)
				if m.cur.pairs.peer[t.at] < 0 {
					m.cur.pairs.server[t.at] = t.server
				}
			}
		}
	}
}

// inherit makes t, a TIME_WAIT, go on as what gone was.
func (t *track) inherit(gone *track) {
	t.first, t.exact, t.sure, t.server = gone.first, gone.exact, gone.sure, gone.server
	t.mark, t.over = Changed, true
	gone.remains = true
}
