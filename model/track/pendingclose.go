package track

import (
	"net/netip"
	"slices"
	"time"

	"lotop/model"
	"lotop/sockets"
)

// pendingClose is a closed connection until all of its notifications have come.
type pendingClose struct {
	endpoints [2]closedEndpoint
	// row is the row of a snapshot, if hasRow.
	row        model.Row
	hasRow     bool
	leftTable  bool   // it is no longer in the table
	generation uint32 // in which the first notification came
	startedAt  time.Time
	waiterKey  uint64 // its key in awaitingReset, 0 if it is not there
}

// closedEndpoint is one end of a pendingClose.
type closedEndpoint struct {
	id            sockets.ID // 0 if unknown
	local, remote netip.AddrPort
	notification  *sockets.DestroyNotification // nil if it has not come yet
	track         *track                       // nil if no snapshot had it
	notExpected   bool                         // its notification will not come, or came without addresses
}

func (p *pendingClose) setNotification(side int, n *sockets.DestroyNotification, t *track) {
	p.endpoints[side].id, p.endpoints[side].notification, p.endpoints[side].track = n.Socket.ID, n, t
}

func (p *pendingClose) complete() bool {
	return p.endpoints[0].notification != nil && p.endpoints[1].notification != nil
}

// matches returns which end a socket is: one without a notification yet, with these
// addresses, and with that ID if it is known.
func (p *pendingClose) matches(s *sockets.Socket, id sockets.ID) (side int, ok bool) {
	for side := range p.endpoints {
		e := &p.endpoints[side]
		if e.notification == nil && e.local == s.Local && e.remote == s.Remote && (e.id == 0 || e.id == id) {
			return side, true
		}
	}
	return 0, false
}

// pendingCloseFor returns the pending close that a socket belongs to and which end of it
// the socket is. If there is none it adds one.
func (tr *Tracker) pendingCloseFor(s *sockets.Socket, id sockets.ID) (*pendingClose, int) {
	key := connHash(s)
	list := tr.notifications.pendingCloses[key]
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
	p := &pendingClose{generation: tr.generation, startedAt: tr.cur.snap.Time}
	p.endpoints[0] = closedEndpoint{local: s.Local, remote: s.Remote}
	p.endpoints[1] = closedEndpoint{local: s.Remote, remote: s.Local}
	tr.notifications.pendingCloses[key] = append(tr.notifications.pendingCloses[key], p)
	return p, 0
}

func (tr *Tracker) dropPending(p *pendingClose) {
	tr.removeWaiter(p)
	e := &p.endpoints[0]
	if !e.remote.IsValid() {
		return // it was never in pendingCloses
	}
	s := sockets.Socket{Protocol: p.protocol(), Local: e.local, Remote: e.remote}
	key := connHash(&s)
	list := tr.notifications.pendingCloses[key]
	i := slices.Index(list, p)
	if i < 0 {
		return
	}
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(tr.notifications.pendingCloses, key)
	} else {
		tr.notifications.pendingCloses[key] = list
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

// emitClose returns the event of a pending close and removes it.
func (tr *Tracker) emitClose(p *pendingClose) Event {
	tr.dropPending(p)
	e := Event{Kind: EventClosed, Time: tr.cur.snap.Time}
	for i := range p.endpoints {
		if n := p.endpoints[i].notification; n != nil && (e.Time.Before(n.Time) || !p.endpoints[1-i].notified()) {
			e.Time = n.Time
		}
	}
	if !p.hasRow {
		if t := p.endpoints[0].track; t != nil {
			p.row, p.hasRow = tr.cloneRow(tr.cur, t.index), true
		}
	}
	switch e.ShortLived = !p.hasRow; {
	case e.ShortLived:
		p.row = tr.shortLivedRow(p)
	case !p.row.Folded:
		tr.foldPeer(p)
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
				t.peer.closeEmitted = true // it can have another ID than the notification
			}
		}
		if end.notification == nil && !end.notExpected && end.local.IsValid() {
			tr.notifications.expired.add(end.id, p.protocol(), end.local, end.remote)
		}
	}
	e.setBytes(p)
	if !e.ShortLived && !p.leftTable {
		tr.notifications.emittedCloses = append(tr.notifications.emittedCloses, e)
	}
	return e
}

func (p *closedEndpoint) notified() bool { return p.notification != nil }

// setBytes sets the byte counts of the event, as seen from the row's socket. What it
// received is what its peer sent: its own count includes the FIN, and an end that was
// reset has no counts.
func (e *Event) setBytes(p *pendingClose) {
	var own, peer sockets.TCPInfo
	for i := range p.endpoints {
		n := p.endpoints[i].notification
		switch {
		case n == nil || isReset(&n.Socket) || !n.Socket.Connected():
		case n.Socket.ID == e.Row.Socket.ID || n.Socket.Local == e.Row.Socket.Local && n.Socket.Remote == e.Row.Socket.Remote:
			own = n.TCPInfo
		default:
			peer = n.TCPInfo
		}
	}
	switch {
	case own.Known && peer.Known:
		e.Sent, e.Received, e.RTT = own.Sent, peer.Sent, own.RTT
	case own.Known:
		e.Sent, e.Received, e.RTT = own.Sent, own.Received, own.RTT
	case peer.Known:
		e.Sent, e.Received, e.RTT = peer.Received, peer.Sent, peer.RTT
	default:
		return
	}
	e.HasBytes = true
}

// readyToEmit reports whether a closed event of a snapshot can be emitted at once. If
// not, it waits for its notifications, and ApplyNotifications or expiredCloses returns
// it.
func (tr *Tracker) readyToEmit(e *Event) bool {
	s, peer := e.Row.Socket, e.Row.Peer
	if !s.Connected() || e.ShortLived {
		tr.expireRow(&e.Row)
		return true
	}
	if e.Row.Folded && notificationID(s) == 0 {
		s, peer = peer, s
	}
	p, side := tr.pendingCloseFor(s, s.ID)
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
	*e = tr.emitClose(p)
	return true
}

// notificationID returns the ID that a socket's notification will have, 0 if unknown: a
// request socket and a TIME_WAIT socket can have another ID than their connection.
func notificationID(s *sockets.Socket) sockets.ID {
	if s.State == sockets.SynRecv || s.State == sockets.TimeWait {
		return 0
	}
	return s.ID
}

// expireRow remembers the notifications of a row that was emitted without them.
func (tr *Tracker) expireRow(r *model.Row) {
	for i, s := range []*sockets.Socket{r.Socket, r.Peer} {
		switch {
		case s != nil && (i == 0 || r.Folded):
			tr.notifications.expired.add(notificationID(s), s.Protocol, s.Local, s.Remote)
		case i == 1 && r.Socket.Connected():
			tr.notifications.expired.add(0, r.Socket.Protocol, r.Socket.Remote, r.Socket.Local)
		}
	}
}

// expiredCloses returns the pending closes whose other end has sent no notification for
// peerNotificationTimeout and two snapshots, unless it is still in the table.
func (tr *Tracker) expiredCloses() []*pendingClose {
	if len(tr.notifications.pendingCloses) == 0 {
		return nil
	}
	alive := map[*pendingClose]bool{}
	for i, t := range tr.cur.tracks {
		s := &tr.cur.snap.Sockets[i]
		if !s.Connected() || s.State == sockets.TimeWait || t.closeEmitted {
			continue
		}
		for _, p := range tr.notifications.pendingCloses[tr.matcher.keys[i]] {
			if _, ok := p.matches(s, s.ID); ok {
				alive[p] = true
			}
		}
	}
	var expired []*pendingClose
	for _, list := range tr.notifications.pendingCloses {
		for _, p := range list {
			if !alive[p] && tr.generation-p.generation >= 2 && tr.timedOut(p.startedAt) {
				expired = append(expired, p)
			}
		}
	}
	return expired
}

// emitCloses returns the events of pending closes, ordered by time.
func (tr *Tracker) emitCloses(expired []*pendingClose) []Event {
	var events []Event
	for _, p := range expired {
		events = append(events, tr.emitClose(p))
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return events
}
