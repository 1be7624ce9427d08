package track

import (
	"net/netip"
	"slices"
	"time"

	"lotop/model"
	"lotop/sockets"
)

// pendingClose is a connection that has ended, until all that will be heard of it
// has come.
type pendingClose struct {
	endpoints [2]closedEndpoint
	// row is what a snapshot has shown of it.
	row        model.Row
	hasRow     bool
	leftTable  bool   // the table does not have it any more
	generation uint32 // in which the first was heard of it
	startedAt  time.Time
	waiterKey  uint64 // its key in hearing.alone, 0 if it is not there
}

// closedEndpoint is one end of a parting.
type closedEndpoint struct {
	id            sockets.ID // 0 not known
	local, remote netip.AddrPort
	notification  *sockets.DestroyNotification // nil if it has not come
	track         *track                       // nil if no snapshot has shown it
	notExpected   bool                         // its notice will not come, or has come and said nothing
}

func (p *pendingClose) setNotification(side int, n *sockets.DestroyNotification, t *track) {
	p.endpoints[side].id, p.endpoints[side].notification, p.endpoints[side].track = n.Socket.ID, n, t
}

func (p *pendingClose) complete() bool {
	return p.endpoints[0].notification != nil && p.endpoints[1].notification != nil
}

// matches tells which end of the parting a socket is: one that has not been heard
// of yet, with these addresses, and with that ID if one is known.
func (p *pendingClose) matches(s *sockets.Socket, id sockets.ID) (side int, ok bool) {
	for side := range p.endpoints {
		e := &p.endpoints[side]
		if e.notification == nil && e.local == s.Local && e.remote == s.Remote && (e.id == 0 || e.id == id) {
			return side, true
		}
	}
	return 0, false
}

// pendingCloseFor finds the parting that a socket belongs to, or begins one.
func (m *Tracker) pendingCloseFor(s *sockets.Socket, id sockets.ID) (*pendingClose, int) {
	key := connHash(s)
	list := m.notifications.pendingCloses[key]
	for _, p := range list {
		for side := range p.endpoints {
			if p.endpoints[side].id == id {
				return p, side
			}
		}
	}
	for _, p := range list {
		if side, ok := p.matches(s, id); ok {
			return p, side
		}
	}
	p := &pendingClose{generation: m.generation, startedAt: m.cur.snap.Time}
	p.endpoints[0] = closedEndpoint{local: s.Local, remote: s.Remote}
	p.endpoints[1] = closedEndpoint{local: s.Remote, remote: s.Local}
	m.notifications.pendingCloses[key] = append(m.notifications.pendingCloses[key], p)
	return p, 0
}

func (m *Tracker) dropPending(p *pendingClose) {
	m.removeWaiter(p)
	e := &p.endpoints[0]
	if !e.remote.IsValid() {
		return // it was never kept
	}
	s := sockets.Socket{Protocol: p.protocol(), Local: e.local, Remote: e.remote}
	key := connHash(&s)
	list := m.notifications.pendingCloses[key]
	i := slices.Index(list, p)
	if i < 0 {
		return
	}
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(m.notifications.pendingCloses, key)
	} else {
		m.notifications.pendingCloses[key] = list
	}
}

func (p *pendingClose) protocol() sockets.Protocol {
	for i := range p.endpoints {
		if n := p.endpoints[i].notification; n != nil {
			return n.Socket.Protocol
		}
	}
	return p.row.Socket.Protocol
}

// emitClose makes the event of a parting, and lets go of it.
func (m *Tracker) emitClose(p *pendingClose) Event {
	m.dropPending(p)
	e := Event{Kind: EventClosed, Time: m.cur.snap.Time}
	for i := range p.endpoints {
		if n := p.endpoints[i].notification; n != nil && (e.Time.Before(n.Time) || !p.endpoints[1-i].notified()) {
			e.Time = n.Time
		}
	}
	if !p.hasRow {
		if t := p.endpoints[0].track; t != nil {
			p.row, p.hasRow = m.cloneRow(m.cur, t.index), true
		}
	}
	switch e.ShortLived = !p.hasRow; {
	case e.ShortLived:
		p.row = m.shortLivedRow(p)
	case !p.row.Folded:
		m.foldPeer(p)
	}
	e.Row = p.row
	e.Row.Mark = model.Closed
	if !e.ShortLived {
		e.Lifetime = lifetime(&e.Row, e.Time)
	}
	for i := range p.endpoints {
		end := &p.endpoints[i]
		if t := end.track; t != nil {
			t.closeEmitted = true
			if t.peer != nil && t.peer.state == sockets.TimeWait {
				t.peer.closeEmitted = true // it can have another ID than the notice
			}
		}
		if end.notification == nil && !end.notExpected && end.local.IsValid() {
			m.notifications.expired.add(end.id, p.protocol(), end.local, end.remote)
		}
	}
	e.setBytes(p)
	if !e.ShortLived && !p.leftTable {
		m.notifications.emittedCloses = append(m.notifications.emittedCloses, e)
	}
	return e
}

func (p *closedEndpoint) notified() bool { return p.notification != nil }

// setBytes gives the event its bytes, seen from the row's socket. What one end has
// sent is what the other has received: an end's own count of that has the FIN
// in it, and of an end that was reset there is no count.
func (e *Event) setBytes(p *pendingClose) {
	var mine, theirs sockets.TCPInfo
	for i := range p.endpoints {
		n := p.endpoints[i].notification
		switch {
		case n == nil || isReset(&n.Socket) || !n.Socket.Connected():
		case n.Socket.ID == e.Row.Socket.ID || n.Socket.Local == e.Row.Socket.Local && n.Socket.Remote == e.Row.Socket.Remote:
			mine = n.TCPInfo
		default:
			theirs = n.TCPInfo
		}
	}
	switch {
	case mine.Known && theirs.Known:
		e.Sent, e.Received, e.RTT = mine.Sent, theirs.Sent, mine.RTT
	case mine.Known:
		e.Sent, e.Received, e.RTT = mine.Sent, mine.Received, mine.RTT
	case theirs.Known:
		e.Sent, e.Received, e.RTT = theirs.Received, theirs.Sent, theirs.RTT
	default:
		return
	}
	e.HasBytes = true
}

// readyToEmit tells whether a closed event that a snapshot has shown can be told at
// once. If not, it waits for its notices, and comes back from Hear or overdue.
func (m *Tracker) readyToEmit(e *Event) bool {
	s, peer := e.Row.Socket, e.Row.Peer
	if !s.Connected() || e.ShortLived {
		m.expireRow(&e.Row)
		return true
	}
	if e.Row.Folded && notificationID(s) == 0 {
		s, peer = peer, s
	}
	p, side := m.pendingCloseFor(s, s.ID)
	p.leftTable = true
	if !p.endpoints[side].notified() {
		p.endpoints[side].id = notificationID(s)
	}
	if e.Row.Folded && !p.endpoints[1-side].notified() {
		p.endpoints[1-side].id = notificationID(peer)
	}
	if !p.hasRow || !p.row.Folded {
		p.row, p.hasRow = e.Row, true
	}
	if !p.complete() {
		return false
	}
	*e = m.emitClose(p)
	return true
}

// notificationID is the ID that a socket's notice will have, 0 if that is not known:
// what comes before the socket, and what stays after it, can have another.
func notificationID(s *sockets.Socket) sockets.ID {
	if s.State == sockets.SynRecv || s.State == sockets.TimeWait {
		return 0
	}
	return s.ID
}

// expireRow remembers the notices of a row that was told without them.
func (m *Tracker) expireRow(r *model.Row) {
	for i, s := range []*sockets.Socket{r.Socket, r.Peer} {
		switch {
		case s != nil && (i == 0 || r.Folded):
			m.notifications.expired.add(notificationID(s), s.Protocol, s.Local, s.Remote)
		case i == 1 && r.Socket.Connected():
			m.notifications.expired.add(0, r.Socket.Protocol, r.Socket.Remote, r.Socket.Local)
		}
	}
}

// expiredCloses finds the connections whose other end has not been heard of for long,
// and for two snapshots, unless it is still in the table.
func (m *Tracker) expiredCloses() []*pendingClose {
	if len(m.notifications.pendingCloses) == 0 {
		return nil
	}
	alive := map[*pendingClose]bool{}
	for i, t := range m.cur.tracks {
		s := &m.cur.snap.Sockets[i]
		if !s.Connected() || s.State == sockets.TimeWait || t.closeEmitted {
			continue
		}
		for _, p := range m.notifications.pendingCloses[m.matcher.keys[i]] {
			if _, ok := p.matches(s, s.ID); ok {
				alive[p] = true
			}
		}
	}
	var due []*pendingClose
	for _, list := range m.notifications.pendingCloses {
		for _, p := range list {
			if !alive[p] && m.generation-p.generation >= 2 && m.timedOut(p.startedAt) {
				due = append(due, p)
			}
		}
	}
	return due
}

// emitCloses makes the events of partings, in the order of time.
func (m *Tracker) emitCloses(due []*pendingClose) []Event {
	var events []Event
	for _, p := range due {
		events = append(events, m.emitClose(p))
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return events
}
