package track

import (
	"net/netip"

	"lotop/model"
	"lotop/sockets"
)

// fiveTuple is what a connection is known by where the kernel gives no cookie.
type fiveTuple struct {
	protocol      sockets.Protocol
	local, remote netip.AddrPort
}

func fiveTupleOf(s *sockets.Socket) fiveTuple { return fiveTuple{s.Protocol, s.Local, s.Remote} }

// linkTimeWait recognises the TIME_WAIT of a connection that has just gone. With
// cookies it is the same socket; without, its ID changes with its owner, and it
// would be told as a connection of its own that nobody saw.
func (m *Tracker) linkTimeWait() {
	var remains map[fiveTuple]*track
	for i := range m.changes {
		switch c := &m.changes[i]; {
		case c.kind == EventOpened && c.track.state == sockets.TimeWait:
			if remains == nil {
				remains = map[fiveTuple]*track{}
			}
			remains[fiveTupleOf(&m.cur.snap.Sockets[c.track.index])] = c.track
		case c.kind == EventClosed && remains != nil: // they come after the others
			if t := remains[fiveTupleOf(&m.prev.snap.Sockets[c.track.index])]; t != nil {
				t.continueFrom(c.track)
				m.markEmitted(t)
				if m.cur.pairs.peer[t.index] < 0 {
					m.cur.pairs.server[t.index] = t.isServer
				}
			}
		}
	}
}

// continueFrom makes t, a TIME_WAIT, go on as what gone was.
func (t *track) continueFrom(gone *track) {
	t.firstSeen, t.firstSeenExact, t.roleKnown, t.isServer = gone.firstSeen, gone.firstSeenExact, gone.roleKnown, gone.isServer
	t.mark, t.closeEmitted = model.Changed, true
	gone.hasTimeWait = true
}
