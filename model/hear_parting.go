package model

import (
	"net/netip"
	"slices"
	"time"

	"lotop/sockets"
)

// parting is a connection that has ended, until all that will be heard of it
// has come.
type parting struct {
	ends [2]parted
	// row is what a snapshot has shown of it.
	row    Row
	hasRow bool
	gone   bool   // the table does not have it any more
	pass   uint32 // in which the first was heard of it
	at     time.Time
	alone  uint64 // its key in hearing.alone, 0 if it is not there
}

// parted is one end of a parting.
type parted struct {
	id            sockets.ID // 0 not known
	local, remote netip.AddrPort
	notice        *sockets.Notice // nil if it has not come
	track         *track          // nil if no snapshot has shown it
	waived        bool            // its notice will not come, or has come and said nothing
}

func (p *parting) hear(side int, n *sockets.Notice, t *track) {
	p.ends[side].id, p.ends[side].notice, p.ends[side].track = n.Socket.ID, n, t
}

func (p *parting) heardAll() bool { return p.ends[0].notice != nil && p.ends[1].notice != nil }

// fits tells which end of the parting a socket is: one that has not been heard
// of yet, with these addresses, and with that ID if one is known.
func (p *parting) fits(s *sockets.Socket, id sockets.ID) (side int, ok bool) {
	for side := range p.ends {
		e := &p.ends[side]
		if e.notice == nil && e.local == s.Local && e.remote == s.Remote && (e.id == 0 || e.id == id) {
			return side, true
		}
	}
	return 0, false
}

// partingOf finds the parting that a socket belongs to, or begins one.
func (m *Monitor) partingOf(s *sockets.Socket, id sockets.ID) (*parting, int) {
	key := tupleKey(s)
	list := m.hears.partings[key]
	for _, p := range list {
		for side := range p.ends {
			if p.ends[side].id == id {
				return p, side
			}
		}
	}
	for _, p := range list {
		if side, ok := p.fits(s, id); ok {
			return p, side
		}
	}
	p := &parting{pass: m.pass, at: m.cur.snap.Time}
	p.ends[0] = parted{local: s.Local, remote: s.Remote}
	p.ends[1] = parted{local: s.Remote, remote: s.Local}
	m.hears.partings[key] = append(m.hears.partings[key], p)
	return p, 0
}

func (m *Monitor) forget(p *parting) {
	m.leaveAlone(p)
	e := &p.ends[0]
	if !e.remote.IsValid() {
		return // it was never kept
	}
	s := sockets.Socket{Protocol: p.protocol(), Local: e.local, Remote: e.remote}
	key := tupleKey(&s)
	list := m.hears.partings[key]
	i := slices.Index(list, p)
	if i < 0 {
		return
	}
	if list = slices.Delete(list, i, i+1); len(list) == 0 {
		delete(m.hears.partings, key)
	} else {
		m.hears.partings[key] = list
	}
}

func (p *parting) protocol() sockets.Protocol {
	for i := range p.ends {
		if n := p.ends[i].notice; n != nil {
			return n.Socket.Protocol
		}
	}
	return p.row.Socket.Protocol
}

// part makes the event of a parting, and lets go of it.
func (m *Monitor) part(p *parting) Event {
	m.forget(p)
	e := Event{Kind: EventClosed, Time: m.cur.snap.Time}
	for i := range p.ends {
		if n := p.ends[i].notice; n != nil && (e.Time.Before(n.Time) || !p.ends[1-i].heard()) {
			e.Time = n.Time
		}
	}
	if !p.hasRow {
		if t := p.ends[0].track; t != nil {
			p.row, p.hasRow = m.keep(m.cur, t.at), true
		}
	}
	switch e.Unseen = !p.hasRow; {
	case e.Unseen:
		p.row = m.unseenRow(p)
	case !p.row.Folded:
		m.foldHeard(p)
	}
	e.Row = p.row
	e.Row.Mark = Closed
	if !e.Unseen {
		e.Lived = lived(&e.Row, e.Time)
	}
	for i := range p.ends {
		end := &p.ends[i]
		if t := end.track; t != nil {
			t.over = true
			if t.peer != nil && t.peer.state == sockets.TimeWait {
				t.peer.over = true // it can have another ID than the notice
			}
		}
		if end.notice == nil && !end.waived && end.local.IsValid() {
			m.hears.late.add(end.id, p.protocol(), end.local, end.remote)
		}
	}
	e.count(p)
	if !e.Unseen && !p.gone {
		m.hears.told = append(m.hears.told, e)
	}
	return e
}

func (p *parted) heard() bool { return p.notice != nil }

// count gives the event its bytes, seen from the row's socket. What one end has
// sent is what the other has received: an end's own count of that has the FIN
// in it, and of an end that was reset there is no count.
func (e *Event) count(p *parting) {
	var mine, theirs sockets.TCPInfo
	for i := range p.ends {
		n := p.ends[i].notice
		switch {
		case n == nil || wasReset(&n.Socket) || !n.Socket.Connected():
		case n.Socket.ID == e.Row.Socket.ID || n.Socket.Local == e.Row.Socket.Local && n.Socket.Remote == e.Row.Socket.Remote:
			mine = n.Info
		default:
			theirs = n.Info
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
	e.Counted = true
}

// settled tells whether a closed event that a snapshot has shown can be told at
// once. If not, it waits for its notices, and comes back from Hear or overdue.
func (m *Monitor) settled(e *Event) bool {
	s, peer := e.Row.Socket, e.Row.Peer
	if !s.Connected() || e.Unseen {
		m.lateForRow(&e.Row)
		return true
	}
	if e.Row.Folded && noticeID(s) == 0 {
		s, peer = peer, s
	}
	p, side := m.partingOf(s, s.ID)
	p.gone = true
	if !p.ends[side].heard() {
		p.ends[side].id = noticeID(s)
	}
	if e.Row.Folded && !p.ends[1-side].heard() {
		p.ends[1-side].id = noticeID(peer)
	}
	if !p.hasRow || !p.row.Folded {
		p.row, p.hasRow = e.Row, true
	}
	if !p.heardAll() {
		return false
	}
	*e = m.part(p)
	return true
}

// noticeID is the ID that a socket's notice will have, 0 if that is not known:
// what comes before the socket, and what stays after it, can have another.
func noticeID(s *sockets.Socket) sockets.ID {
	if s.State == sockets.SynRecv || s.State == sockets.TimeWait {
		return 0
	}
	return s.ID
}

// lateForRow remembers the notices of a row that was told without them.
func (m *Monitor) lateForRow(r *Row) {
	for i, s := range []*sockets.Socket{r.Socket, r.Peer} {
		switch {
		case s != nil && (i == 0 || r.Folded):
			m.hears.late.add(noticeID(s), s.Protocol, s.Local, s.Remote)
		case i == 1 && r.Socket.Connected():
			m.hears.late.add(0, r.Socket.Protocol, r.Socket.Remote, r.Socket.Local)
		}
	}
}

// overdue finds the connections whose other end has not been heard of for long,
// and for two snapshots, unless it is still in the table.
func (m *Monitor) overdue() []*parting {
	if len(m.hears.partings) == 0 {
		return nil
	}
	alive := map[*parting]bool{}
	for i, t := range m.cur.tracks {
		s := &m.cur.snap.Sockets[i]
		if !s.Connected() || s.State == sockets.TimeWait || t.over {
			continue
		}
		for _, p := range m.hears.partings[m.pairer.keys[i]] {
			if _, ok := p.fits(s, s.ID); ok {
				alive[p] = true
			}
		}
	}
	var due []*parting
	for _, list := range m.hears.partings {
		for _, p := range list {
			if !alive[p] && m.pass-p.pass >= 2 && m.tookLong(p.at) {
				due = append(due, p)
			}
		}
	}
	return due
}

// partAll makes the events of partings, in the order of time.
func (m *Monitor) partAll(due []*parting) []Event {
	var events []Event
	for _, p := range due {
		events = append(events, m.part(p))
	}
	slices.SortStableFunc(events, func(a, b Event) int { return a.Time.Compare(b.Time) })
	return events
}
