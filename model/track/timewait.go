package track

import (
	"net/netip"

	"lotop/model"
	"lotop/sockets"
)

// fiveTuple identifies a connection where the kernel provides no cookie.
type fiveTuple struct {
	protocol      sockets.Protocol
	local, remote netip.AddrPort
}

func fiveTupleOf(s *sockets.Socket) fiveTuple { return fiveTuple{s.Protocol, s.Local, s.Remote} }

// linkTimeWait links a TIME_WAIT socket to the connection that just closed. With cookies
// it is the same socket; without, its ID changes with its owner, and it would be emitted
// as a connection of its own.
func (tr *Tracker) linkTimeWait() {
	var timeWaits map[fiveTuple]*track
	for i := range tr.changes {
		switch c := &tr.changes[i]; {
		case c.kind == EventOpened && c.track.state == sockets.TimeWait:
			if timeWaits == nil {
				timeWaits = map[fiveTuple]*track{}
			}
			timeWaits[fiveTupleOf(&tr.cur.snap.Sockets[c.track.index])] = c.track
		case c.kind == EventClosed && timeWaits != nil: // these follow the opened ones
			if t := timeWaits[fiveTupleOf(&tr.prev.snap.Sockets[c.track.index])]; t != nil {
				t.continueFrom(c.track)
				tr.markEmitted(t)
				if tr.cur.pairs.peer[t.index] < 0 {
					tr.cur.pairs.server[t.index] = t.isServer
				}
			}
		}
	}
}

// continueFrom makes t, a TIME_WAIT, continue the connection of closed.
func (t *track) continueFrom(closed *track) {
	t.firstSeen, t.firstSeenExact = closed.firstSeen, closed.firstSeenExact
	t.roleKnown, t.isServer = closed.roleKnown, closed.isServer
	t.mark, t.closeEmitted = model.Changed, true
	closed.hasTimeWait = true
}
