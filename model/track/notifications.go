package track

import (
	"time"

	"lotop/model"
	"lotop/sockets"
)

// notificationState is what a Monitor knows from the kernel's notices of sockets that
// have ended, beside what the snapshots show.
type notificationState struct {
	enabled bool
	// overrun tells that notices were lost since the last snapshot, so what only
	// that shows is news.
	overrun bool
	// pendingCloses are connections of which not all has been heard yet, by connHash.
	pendingCloses map[uint64][]*pendingClose
	// recentlyDestroyed are the sockets whose end was heard of a moment ago, with the pass:
	// a table that was read before shows them still.
	recentlyDestroyed map[sockets.ID]uint32
	// pendingResets counts ends that were reset by their own process and that no
	// snapshot has shown, by resetKey, with the pass.
	pendingResets map[uint64]resetCount
	// awaitingReset are the partings of which only one end was heard, by the resetKey of
	// the other.
	awaitingReset map[uint64]waiters
	expired       expiredNotifications
	// emittedCloses are the events of rows that the last snapshot still had.
	emittedCloses []Event
}

type resetCount struct {
	n          int32
	generation uint32
	at         time.Time
}

// peerNotificationTimeout is how long the notice of one end may come after that of the other:
// the kernel sends them from a queue of work that waits for a processor
// (sock_diag_broadcast_destroy, net/core/sock_diag.c).
const peerNotificationTimeout = time.Second

// timedOut tells whether what began at that time is waited for no longer.
func (m *Tracker) timedOut(at time.Time) bool {
	return m.cur.snap.Time.Sub(at) >= peerNotificationTimeout
}

// EnableNotifications tells that Hear will be called with every notice from now on. A
// TIME_WAIT that a snapshot shows first is then no news: the kernel has told of
// its connection, or is about to.
func (m *Tracker) EnableNotifications() {
	m.notifications.enabled = true
	m.notifications.pendingCloses = map[uint64][]*pendingClose{}
	m.notifications.recentlyDestroyed = map[sockets.ID]uint32{}
	m.notifications.pendingResets = map[uint64]resetCount{}
	m.notifications.awaitingReset = map[uint64]waiters{}
}

// ApplyNotifications takes notices in and returns the events that they are, one for both ends
// of a loopback connection. lost tells that some did not get here.
//
// A snapshot can be read before notices are drained, and not the other way
// round: what has left the table was heard of then, or is about to be.
func (m *Tracker) ApplyNotifications(notices []sockets.DestroyNotification, lost bool) []Event {
	if m.cur.snap == nil || !m.notifications.enabled {
		return nil
	}
	m.notifications.overrun = m.notifications.overrun || lost
	var events []Event
	for i := range notices {
		n := notices[i]
		if e, ok := m.applyOne(&n); ok {
			events = append(append(events, m.takeOpen(&e)...), e)
		}
	}
	// Rows that are kept later must not touch what these have been given.
	m.cur.cloner = nil
	return events
}

func (m *Tracker) applyOne(n *sockets.DestroyNotification) (Event, bool) {
	t, s := m.tracks[n.Socket.ID], &n.Socket
	if m.notifications.expired.consume(s) {
		return Event{}, false // told without it
	}
	m.notifications.recentlyDestroyed[s.ID] = m.generation
	if t != nil && t.closeEmitted {
		t = nil // a TIME_WAIT that the table showed before this came
	}
	if t != nil {
		// A reset by its own process takes addresses off the socket.
		s = &m.cur.snap.Sockets[t.index]
	}
	switch {
	case t == nil && (!s.Connected() || s.Local.Port() == 0):
		return Event{}, false // it never did more than exist
	case !s.Connected():
		p := &pendingClose{}
		p.setNotification(0, n, t)
		return m.emitClose(p), true
	case isReset(s) && m.cur.snap.IsLocal(s.Remote.Addr()):
		if p := m.matchReset(s); p != nil {
			return m.emitClose(p), true
		}
		return Event{}, false // the other end has all that is to be told
	}
	return m.applyEndpointClosed(s, n, t)
}

// applyEndpointClosed takes in that one end of a connection has ended.
func (m *Tracker) applyEndpointClosed(s *sockets.Socket, n *sockets.DestroyNotification, t *track) (Event, bool) {
	p, side := m.pendingCloseFor(s, n.Socket.ID)
	p.setNotification(side, n, t)
	if t != nil && (!p.hasRow || !p.row.Folded) {
		p.row, p.hasRow = m.cloneRow(m.cur, t.index), true
	}
	switch {
	case p.complete():
		return m.emitClose(p), true
	case !m.hasLocalPeer(s, t), m.takePeerReset(s):
		p.endpoints[1-side].notExpected = true
		return m.emitClose(p), true
	}
	m.addWaiter(p, s)
	return Event{}, false
}

// hasLocalPeer tells whether there is, or was, another end on this machine.
func (m *Tracker) hasLocalPeer(s *sockets.Socket, t *track) bool {
	switch {
	case s.Local == s.Remote:
		return false // it is its own other end
	case t != nil && t.peer != nil:
		return true
	case t != nil && s.Protocol == sockets.UDP:
		return false // the other end is a socket that serves many
	}
	return m.cur.snap.IsLocal(s.Remote.Addr()) || s.Local.Addr() == s.Remote.Addr()
}

// FlushPending returns the events that wait for a notice or a snapshot which may still
// come, when nobody listens any longer.
func (m *Tracker) FlushPending() []Event {
	var all []*pendingClose
	for _, list := range m.notifications.pendingCloses {
		all = append(all, list...)
	}
	return append(m.takeOpens(), m.emitCloses(all)...)
}

// reconcile brings what was heard together with a new snapshot: of the events
// that this has given, closed ones wait for their notice, which knows the
// bytes; and what has waited long enough is told.
func (m *Tracker) reconcile(events []Event) []Event {
	kept := events[:0]
	for i := range events {
		if e := events[i]; e.Kind != EventClosed || m.readyToEmit(&e) {
			kept = append(kept, e)
		}
	}
	kept = append(kept, m.emitCloses(m.expiredCloses())...)
	for id, pass := range m.notifications.recentlyDestroyed {
		if m.generation-pass > 2 {
			delete(m.notifications.recentlyDestroyed, id)
		}
	}
	for key, r := range m.notifications.pendingResets {
		if m.generation > r.generation+2 && m.timedOut(r.at) {
			delete(m.notifications.pendingResets, key)
		}
	}
	m.retainNotified()
	m.cur.cloner, m.prev.cloner = nil, nil
	return kept
}

// retainNotified lets the rows that were heard to close show for a moment, unless
// they stand in the table.
func (m *Tracker) retainNotified() {
	m.retainClosed(m.notifications.emittedCloses)
	clear(m.notifications.emittedCloses)
	m.notifications.emittedCloses = m.notifications.emittedCloses[:0]
	m.notifications.overrun = false
}

// lifetime is how long a row was seen, once it has ended.
func lifetime(r *model.Row, end time.Time) time.Duration {
	if !r.FirstSeenExact {
		return 0
	}
	return max(end.Sub(r.FirstSeen), time.Nanosecond)
}
