package tui

import (
	"slices"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/track"
	"lotop/sockets"
)

// mark is a row on which keys act together with the other marked ones. It belongs to the
// sockets of the row, not to its place, and ends when these close.
type mark struct {
	keys [2]uint64
	row  model.Row // a copy of when it was marked
}

// marks are the marked rows, in the order in which they were marked.
type marks struct {
	all   []mark
	byKey map[uint64]bool
	// acting is how many of them the rows of the last result have: see actingMarks.
	acting int
}

// has reports whether a row with these keys is marked.
func (k *marks) has(keys [2]uint64) bool {
	return len(k.all) > 0 && (k.byKey[keys[0]] || keys[1] != 0 && k.byKey[keys[1]])
}

func (k *marks) add(keys [2]uint64, r *model.Row) {
	if !k.has(keys) {
		k.all = append(k.all, mark{keys, r.Clone()})
		k.index()
	}
}

// remove ends the marks for which which returns true.
func (k *marks) remove(which func(*mark) bool) {
	before := len(k.all)
	k.all = slices.DeleteFunc(k.all, func(one mark) bool { return which(&one) })
	if len(k.all) != before {
		k.index()
	}
}

func (k *marks) index() {
	k.byKey = make(map[uint64]bool, 2*len(k.all))
	for _, one := range k.all {
		for _, key := range one.keys {
			if key != 0 {
				k.byKey[key] = true
			}
		}
	}
}

// ids returns the sockets of the marked rows.
func (k *marks) ids() []sockets.ID {
	var all []sockets.ID
	for key := range k.byKey {
		all = append(all, sockets.ID(key))
	}
	return all
}

// forget drops sockets that have closed. A row with another socket stays marked.
func (k *marks) forget(closed []sockets.ID) {
	if len(closed) == 0 {
		return
	}
	for i := range k.all {
		for j, key := range k.all[i].keys {
			if slices.Contains(closed, sockets.ID(key)) {
				k.all[i].keys[j] = 0
			}
		}
	}
	k.remove(func(one *mark) bool { return one.keys == [2]uint64{} })
	k.index()
}

// connectionAlone is why a marked connection is not planned for.
const connectionAlone = "a connection is freed alone: unmark the others to choose which end to stop"

// jobs returns what is to be freed: each target once.
func (k *marks) jobs() []*job {
	var all []*job
	seen := map[string]bool{}
	for i := range k.all {
		j := &job{row: k.all[i].row.Clone()}
		j.choice = choice{socket: j.row.Socket}
		if t := bind.TargetOf(j.row.Socket); j.row.Socket.Connected() {
			j.refuse = connectionAlone
		} else if name := t.Protocol.String() + t.String(); seen[name] {
			continue
		} else {
			seen[name] = true
		}
		all = append(all, j)
	}
	return all
}

// closedOf returns which of these sockets are gone.
func closedOf(ids []sockets.ID, tr *track.Tracker) []sockets.ID {
	var gone []sockets.ID
	for _, id := range ids {
		if r, ok := tr.Find(id); !ok || r.Mark == model.Closed {
			gone = append(gone, id)
		}
	}
	return gone
}
