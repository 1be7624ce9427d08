package sockets

import (
	"errors"
	"maps"
	"slices"

	"lotop/sockets/process"
)

// refreshAtMost bounds how many known processes are looked at again in one
// pass. A process that was seen between fork and exec carries the name of its
// parent, so names have to be read again; one costs some 15 microseconds.
const refreshAtMost = 16

// people keeps who the owners are.
type people struct {
	reader *process.Reader
	known  map[int32]*process.Process // handed out: replaced, never changed
	turn   []int32                    // pids in the order they are looked at again, newcomers first
}

func newPeople(reader *process.Reader) *people {
	return &people{reader: reader, known: map[int32]*process.Process{}}
}

// update brings the processes up to date. owners tells of each whether it has
// just come, perhaps under the pid of another; it may be nil when it is known
// that nobody came or went.
func (p *people) update(owners map[int32]bool) map[int32]*process.Process {
	if owners != nil {
		p.replaceBy(owners)
	}
	p.refresh()
	return p.known
}

// replaceBy looks up who is new and forgets who has gone.
func (p *people) replaceBy(owners map[int32]bool) {
	next := make(map[int32]*process.Process, len(owners))
	turn := make([]int32, 0, len(owners))
	for pid, isNew := range owners {
		if old := p.known[pid]; old != nil && !isNew {
			next[pid] = old
		} else if who, err := p.reader.Look(int(pid)); err == nil {
			next[pid] = who
			turn = append(turn, pid)
		}
		// A process that has gone meanwhile will have gone from the tables too.
	}
	for _, pid := range p.turn {
		if old := p.known[pid]; old != nil && next[pid] == old {
			turn = append(turn, pid)
		}
	}
	p.known, p.turn = next, turn
}

// refresh looks again at the processes whose turn it is.
func (p *people) refresh() {
	n := min(len(p.turn), refreshAtMost)
	cloned := false
	for _, pid := range p.turn[:n] {
		old := p.known[pid]
		if old == nil {
			continue
		}
		who, err := p.reader.Refresh(old)
		if err == nil && who == old || err != nil && !errors.Is(err, process.ErrGone) {
			continue
		}
		if !cloned {
			p.known = maps.Clone(p.known)
			cloned = true
		}
		if err == nil {
			p.known[pid] = who
			continue
		}
		// Gone, or another process under the same pid: that one gets a look of
		// its own.
		delete(p.known, pid)
		if who, err := p.reader.Look(int(pid)); err == nil {
			p.known[pid] = who
		}
	}
	if n < len(p.turn) {
		p.turn = slices.Concat(p.turn[n:], p.turn[:n])
	}
}

// holders lists the pids that hold a socket of the last pass's tables, and
// tells which of them that pass saw for the first time.
func (o *owners) holders() map[int32]bool {
	pids := map[int32]bool{}
	for pid, h := range o.procs {
		for _, l := range h.links {
			if s := o.sockets[l.inode]; s != nil && s.listed == o.pass {
				pids[pid] = h.born == o.pass
				break
			}
		}
	}
	return pids
}

// hidden tells whether some process with this user hides its descriptors even
// from lotop; for root that is any process it was denied.
func (o *owners) hidden(reader *process.Reader, uid uint32) bool {
	for _, h := range o.procs {
		if !h.denied {
			continue
		}
		if o.root {
			return true
		}
		// The folder of a process that hides belongs to root: ask who it is.
		if who, err := reader.Look(int(h.pid)); err == nil && who.UID == uid {
			return true
		}
	}
	return false
}
