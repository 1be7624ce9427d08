package track

import (
	"maps"
	"slices"
	"time"

	"lotop/model"
	"lotop/sockets"
)

// notificationState is what a Tracker knows from the kernel's destroy notifications
// besides the snapshots.
type notificationState struct {
	enabled bool
	// overrun reports whether notifications were lost since the last snapshot, so
	// that a close which only the snapshot shows is emitted.
	overrun bool
	// pendingCloses are connections that wait for a notification, by connHash.
	pendingCloses map[uint64][]*pendingClose
	// recentlyDestroyed are the sockets closed recently, with the generation: a
	// table that was read before still shows them.
	recentlyDestroyed map[sockets.ID]uint32
	// pendingResets counts ends that were reset by their own process and that no
	// snapshot has shown, by resetKey, with the generation.
	pendingResets map[uint64]resetCount
	// awaitingReset are the pending closes with the notification of one end only, by
	// the resetKey of the other.
	awaitingReset map[uint64]waiters
	expired       expiredNotifications
	// emittedCloses are the closed events of rows that are still in the last snapshot.
	emittedCloses []Event
}

type resetCount struct {
	n          int32
	generation uint32
	at         time.Time
}

// peerNotificationTimeout is how long the notification of one end may come after that of
// the other: the kernel sends them from a work queue (sock_diag_broadcast_destroy,
// net/core/sock_diag.c).
const peerNotificationTimeout = time.Second

// timedOut reports whether peerNotificationTimeout has passed since start.
func (tr *Tracker) timedOut(start time.Time) bool {
	return tr.cur.snap.Time.Sub(start) >= peerNotificationTimeout
}

// EnableNotifications announces that ApplyNotifications will be called with every
// notification from now on. A TIME_WAIT first seen in a snapshot then causes no event:
// the notification of its connection has come or will come.
func (tr *Tracker) EnableNotifications() {
	tr.notifications.enabled = true
	tr.notifications.pendingCloses = map[uint64][]*pendingClose{}
	tr.notifications.recentlyDestroyed = map[sockets.ID]uint32{}
	tr.notifications.pendingResets = map[uint64]resetCount{}
	tr.notifications.awaitingReset = map[uint64]waiters{}
}

// ApplyNotifications applies destroy notifications and returns their events, one for both
// ends of a loopback connection. lost reports whether some did not arrive.
//
// A snapshot must be read before the notifications are drained, not after: then the
// notification of whatever has left the table has come or will come.
func (tr *Tracker) ApplyNotifications(received []sockets.DestroyNotification, lost bool) []Event {
	if tr.cur.snap == nil || !tr.notifications.enabled {
		return nil
	}
	tr.notifications.overrun = tr.notifications.overrun || lost
	var events []Event
	for i := range received {
		n := received[i]
		if e, ok := tr.applyOne(&n); ok {
			events = append(append(events, tr.takeOpen(&e)...), e)
		}
	}
	// Rows cloned later must not change the snapshot that these share.
	tr.cur.cloner = nil
	return events
}

func (tr *Tracker) applyOne(n *sockets.DestroyNotification) (Event, bool) {
	t, s := tr.tracks[n.Socket.ID], &n.Socket
	if tr.notifications.expired.consume(s) {
		return Event{}, false // emitted without it
	}
	tr.notifications.recentlyDestroyed[s.ID] = tr.generation
	if t != nil && t.closeEmitted {
		t = nil // a TIME_WAIT that was in the table before this notification came
	}
	if t != nil {
		// A reset by its own process clears addresses of the socket.
		s = &tr.cur.snap.Sockets[t.index]
	}
	switch {
	case t == nil && (!s.Connected() || s.Local.Port() == 0):
		return Event{}, false // it was neither bound nor connected
	case !s.Connected():
		p := &pendingClose{}
		p.setNotification(0, n, t)
		return tr.emitClose(p), true
	case isReset(s) && tr.cur.snap.IsLocal(s.Remote.Addr()):
		if p := tr.matchReset(s); p != nil {
			return tr.emitClose(p), true
		}
		return Event{}, false // the peer's notification has all there is to emit
	}
	return tr.applyEndpointClosed(s, n, t)
}

// applyEndpointClosed applies the notification of one end of a connection.
func (tr *Tracker) applyEndpointClosed(s *sockets.Socket, n *sockets.DestroyNotification, t *track) (Event, bool) {
	p, side := tr.pendingCloseFor(s, n.Socket.ID)
	p.setNotification(side, n, t)
	if t != nil && (!p.hasRow || !p.row.Folded) {
		p.row, p.hasRow = tr.cloneRow(tr.cur, t.index), true
	}
	switch {
	case p.complete():
		return tr.emitClose(p), true
	case !tr.hasLocalPeer(s, t), tr.takePeerReset(s):
		p.endpoints[1-side].notExpected = true
		return tr.emitClose(p), true
	}
	tr.addWaiter(p, s)
	return Event{}, false
}

// hasLocalPeer reports whether a connection has, or had, its other end on this machine.
func (tr *Tracker) hasLocalPeer(s *sockets.Socket, t *track) bool {
	switch {
	case s.Local == s.Remote:
		return false // it is connected to itself
	case t != nil && t.peer != nil:
		return true
	case t != nil && s.Protocol == sockets.UDP:
		return false // the remote socket serves many
	}
	return tr.cur.snap.IsLocal(s.Remote.Addr()) || s.Local.Addr() == s.Remote.Addr()
}

// FlushPending returns the pending events that wait for a notification or a snapshot, for
// use when neither is read any longer.
func (tr *Tracker) FlushPending() []Event {
	closes := slices.Concat(slices.Collect(maps.Values(tr.notifications.pendingCloses))...)
	return append(tr.takeOpens(), tr.emitCloses(closes)...)
}

// reconcile merges notifications with the events of a new snapshot: closed events wait
// for their notification, which has the byte counts, and pending closes that timed out
// are emitted.
func (tr *Tracker) reconcile(events []Event) []Event {
	ready := events[:0]
	for i := range events {
		if e := events[i]; e.Kind != EventClosed || tr.readyToEmit(&e) {
			ready = append(ready, e)
		}
	}
	ready = append(ready, tr.emitCloses(tr.expiredCloses())...)
	for id, generation := range tr.notifications.recentlyDestroyed {
		if tr.generation-generation > 2 {
			delete(tr.notifications.recentlyDestroyed, id)
		}
	}
	for key, r := range tr.notifications.pendingResets {
		if tr.generation > r.generation+2 && tr.timedOut(r.at) {
			delete(tr.notifications.pendingResets, key)
		}
	}
	tr.retainNotified()
	tr.cur.cloner, tr.prev.cloner = nil, nil
	return ready
}

// retainNotified keeps the rows closed by notifications for MarkDuration, unless they are
// in the table.
func (tr *Tracker) retainNotified() {
	tr.retainClosed(tr.notifications.emittedCloses)
	clear(tr.notifications.emittedCloses)
	tr.notifications.emittedCloses = tr.notifications.emittedCloses[:0]
	tr.notifications.overrun = false
}

// lifetime returns how long a row was seen until it closed.
func lifetime(r *model.Row, end time.Time) time.Duration {
	if !r.FirstSeenExact {
		return 0
	}
	return max(end.Sub(r.FirstSeen), time.Nanosecond)
}
