package owners

import (
	"errors"
	"maps"
	"slices"

	"lotop/sockets/process"
)

// maxRefresh bounds how many known processes are looked at again in one
// pass. A process that was seen between fork and exec carries the name of its
// parent, so names have to be read again; one costs some 15 microseconds.
const maxRefresh = 16

// ProcessCache keeps who the owners are.
type ProcessCache struct {
	reader       *process.Reader
	byPID        map[int32]*process.Process // handed out: replaced, never changed
	refreshQueue []int32                    // pids in the order they are looked at again, newcomers first
}

func NewProcessCache(reader *process.Reader) *ProcessCache {
	return &ProcessCache{reader: reader, byPID: map[int32]*process.Process{}}
}

// Update brings the processes up to date. owners tells of each whether it has
// just come, perhaps under the pid of another; it may be nil when it is known
// that nobody came or went.
func (p *ProcessCache) Update(owners map[int32]bool) map[int32]*process.Process {
	if owners != nil {
		p.setOwners(owners)
	}
	p.refresh()
	return p.byPID
}

// setOwners looks up who is new and forgets who has gone.
func (p *ProcessCache) setOwners(owners map[int32]bool) {
	next := make(map[int32]*process.Process, len(owners))
	turn := make([]int32, 0, len(owners))
	for pid, isNew := range owners {
		if old := p.byPID[pid]; old != nil && !isNew {
			next[pid] = old
		} else if who, err := p.reader.Read(int(pid)); err == nil {
			next[pid] = who
			turn = append(turn, pid)
		}
		// A process that has gone meanwhile will have gone from the tables too.
	}
	for _, pid := range p.refreshQueue {
		if old := p.byPID[pid]; old != nil && next[pid] == old {
			turn = append(turn, pid)
		}
	}
	p.byPID, p.refreshQueue = next, turn
}

// refresh looks again at the processes whose turn it is.
func (p *ProcessCache) refresh() {
	n := min(len(p.refreshQueue), maxRefresh)
	cloned := false
	for _, pid := range p.refreshQueue[:n] {
		old := p.byPID[pid]
		if old == nil {
			continue
		}
		who, err := p.reader.Refresh(old)
		if err == nil && who == old || err != nil && !errors.Is(err, process.ErrGone) {
			continue
		}
		if !cloned {
			p.byPID = maps.Clone(p.byPID)
			cloned = true
		}
		if err == nil {
			p.byPID[pid] = who
			continue
		}
		// Gone, or another process under the same pid: that one gets a look of
		// its own.
		delete(p.byPID, pid)
		if who, err := p.reader.Read(int(pid)); err == nil {
			p.byPID[pid] = who
		}
	}
	if n < len(p.refreshQueue) {
		p.refreshQueue = slices.Concat(p.refreshQueue[n:], p.refreshQueue[:n])
	}
}

// PIDs lists the pids that hold a socket of the last pass's tables, and
// tells which of them that pass saw for the first time.
func (o *Index) PIDs() map[int32]bool {
	pids := map[int32]bool{}
	for pid, h := range o.procs {
		for _, l := range h.links {
			if s := o.inodes[l.inode]; s != nil && s.listedGen == o.gen {
				pids[pid] = h.firstGen == o.gen
				break
			}
		}
	}
	return pids
}

// HasUnreadable tells whether some process with this user hides its descriptors even
// from lotop; for root that is any process it was denied.
func (o *Index) HasUnreadable(reader *process.Reader, uid uint32) bool {
	for _, h := range o.procs {
		if !h.denied {
			continue
		}
		if o.isRoot {
			return true
		}
		// The folder of a process that hides belongs to root: ask who it is.
		if who, err := reader.Read(int(h.pid)); err == nil && who.UID == uid {
			return true
		}
	}
	return false
}
