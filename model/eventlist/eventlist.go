// Package eventlist makes the rows of the Events view: equal short connections are one
// row, which unfolds into them.
package eventlist

import (
	"hash/maphash"
	"iter"
	"time"

	"lotop/model/track"
	"lotop/sockets"
)

// Row is an event, or several short-lived connections that are alike.
type Row struct {
	// Event is the newest of them, with the bytes of all.
	track.Event
	Count  int    // 1 for a single event
	Opened bool   // the single ones follow
	Under  bool   // belongs to the row above
	fold   uint64 // identifies what it was folded into, 0 for an event that never folds
	oldest uint64 // sequence number
}

// window is the time within which connections are folded. Its bounds are fixed, so that a
// row does not lose connections again when time goes on.
const window = 10 * time.Second

// foldKey is what folded connections have in common.
type foldKey struct {
	protocol       sockets.Protocol
	port           uint16
	at             int64
	server, client int // PIDs, 0 if unknown
}

// seed makes the keys of folded rows, which live as long as this process.
var seed = maphash.MakeSeed()

// foldedBit is set in the keys of folded rows. Sequence numbers do not get there.
const foldedBit = 1 << 63

// underBit is set in the keys of the events below a folded row.
const underBit = 1 << 62

// keyOf returns what a short-lived connection is folded by; ok is false for events that
// are shown as they are.
func keyOf(e *track.Event) (key foldKey, ok bool) {
	if e.Kind != track.EventClosed || !e.ShortLived || !e.Row.Socket.Connected() || e.Row.Debugger != "" {
		return key, false
	}
	s := e.Row.Socket
	key = foldKey{protocol: s.Protocol, port: e.Row.ServerPort(), at: e.Time.Truncate(window).Unix()}
	if p := e.Row.Owner(s); p != nil {
		key.server = p.PID
	}
	if e.Row.Peer != nil {
		if p := e.Row.Owner(e.Row.Peer); p != nil {
			key.client = p.PID
		}
	}
	return key, true
}

// Fold appends to dst the rows of events, the newest first as they come. Those of which
// opened has a key are followed by their events.
func Fold(dst []Row, newest iter.Seq[*track.Event], opened map[uint64]bool) []Row {
	folds := map[foldKey]int{} // index in dst
	first := len(dst)
	for e := range newest {
		key, ok := keyOf(e)
		if !ok {
			dst = append(dst, Row{Event: *e, Count: 1})
			continue
		}
		if i, known := folds[key]; known {
			dst[i].add(e)
			continue
		}
		folds[key] = len(dst)
		dst = append(dst, Row{Event: *e, Count: 1, fold: maphash.Comparable(seed, key) | foldedBit, oldest: e.Seq})
	}
	if len(opened) == 0 {
		return dst
	}
	return open(dst, first, newest, opened)
}

func (r *Row) add(e *track.Event) {
	r.Count++
	r.oldest = e.Seq
	r.HasBytes = r.HasBytes && e.HasBytes
	r.Sent += e.Sent
	r.Received += e.Received
}

// open puts the events of opened rows below them.
func open(rows []Row, first int, newest iter.Seq[*track.Event], opened map[uint64]bool) []Row {
	members := map[uint64][]track.Event{}
	for i := range rows[first:] {
		if r := &rows[first+i]; r.Count > 1 && opened[r.fold] {
			members[r.fold] = nil
		}
	}
	if len(members) == 0 {
		return rows
	}
	for e := range newest {
		if key, ok := keyOf(e); ok {
			fold := maphash.Comparable(seed, key) | foldedBit
			if all, wanted := members[fold]; wanted {
				members[fold] = append(all, *e)
			}
		}
	}
	folded := append([]Row(nil), rows[first:]...)
	rows = rows[:first]
	for i := range folded {
		r := &folded[i]
		under, wanted := members[r.fold]
		r.Opened = wanted && r.fold != 0
		rows = append(rows, *r)
		if r.Opened {
			for j := range under {
				rows = append(rows, Row{Event: under[j], Count: 1, Under: true})
			}
		}
	}
	return rows
}

// Keys returns what identifies the row.
func (r *Row) Keys() [2]uint64 {
	switch {
	case r.Count > 1:
		return [2]uint64{r.fold, r.oldest}
	case r.Under:
		return [2]uint64{r.Seq | underBit} // the row above has the number of its oldest
	}
	return [2]uint64{r.Seq}
}

// HasKey reports whether a key is one of the row's.
func (r *Row) HasKey(key uint64) bool {
	keys := r.Keys()
	return key == keys[0] || key == keys[1] && key != 0
}

// FoldKey returns the key that unfolds the row, 0 if there is nothing to unfold.
func (r *Row) FoldKey() uint64 {
	if r.Count > 1 {
		return r.fold
	}
	return 0
}
