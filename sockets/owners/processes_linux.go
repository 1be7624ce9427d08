package owners

import (
	"errors"
	"maps"
	"slices"

	"lotop/sockets/process"
)

// maxRefresh limits how many known processes are read again in one pass. A process
// that was read between fork and exec has the name of its parent, so names have to be
// read again; one costs some 15 microseconds.
const maxRefresh = 16

// ProcessCache keeps the processes that own sockets.
type ProcessCache struct {
	reader       *process.Reader
	byPID        map[int32]*process.Process // shared with snapshots: replaced, never changed
	refreshQueue []int32                    // PIDs in the order in which they are read again, new ones first
}

// NewProcessCache returns an empty cache that reads through reader.
func NewProcessCache(reader *process.Reader) *ProcessCache {
	return &ProcessCache{reader: reader, byPID: map[int32]*process.Process{}}
}

// Update updates and returns the processes. owners maps each PID to whether it is
// new, perhaps a reused one; nil means that the owners are the same as in the last
// call.
func (p *ProcessCache) Update(owners map[int32]bool) map[int32]*process.Process {
	if owners != nil {
		p.setOwners(owners)
	}
	p.refresh()
	p.addTracees()
	return p.byPID
}

// addTracees reads the processes that debug servers debug: most of them own no
// socket, and the debug server is named by them.
func (p *ProcessCache) addTracees() {
	cloned := false
	for _, server := range p.byPID {
		pid := int32(server.Tracee)
		if pid == 0 || p.byPID[pid] != nil {
			continue
		}
		tracee, err := p.reader.Read(int(pid))
		if err != nil {
			continue // it has exited
		}
		if !cloned {
			p.byPID = maps.Clone(p.byPID)
			cloned = true
		}
		p.byPID[pid] = tracee
		p.refreshQueue = append(p.refreshQueue, pid)
	}
}

// setOwners reads the new processes and drops those that own nothing any more.
func (p *ProcessCache) setOwners(owners map[int32]bool) {
	next := make(map[int32]*process.Process, len(owners))
	queue := make([]int32, 0, len(owners))
	for pid, isNew := range owners {
		if old := p.byPID[pid]; old != nil && !isNew {
			next[pid] = old
		} else if proc, err := p.reader.Read(int(pid)); err == nil {
			next[pid] = proc
			queue = append(queue, pid)
		}
		// A process that exited meanwhile is not an owner at the next refresh.
	}
	for _, pid := range p.refreshQueue {
		if old := p.byPID[pid]; old != nil && next[pid] == old {
			queue = append(queue, pid)
		}
	}
	p.byPID, p.refreshQueue = next, queue
}

// refresh reads the processes at the head of the queue again.
func (p *ProcessCache) refresh() {
	n := min(len(p.refreshQueue), maxRefresh)
	cloned := false
	for _, pid := range p.refreshQueue[:n] {
		old := p.byPID[pid]
		if old == nil {
			continue
		}
		proc, err := p.reader.Refresh(old)
		if err == nil && proc == old || err != nil && !errors.Is(err, process.ErrGone) {
			continue
		}
		if !cloned {
			p.byPID = maps.Clone(p.byPID)
			cloned = true
		}
		if err == nil {
			p.byPID[pid] = proc
			continue
		}
		// It exited; another process may have its PID by now.
		delete(p.byPID, pid)
		if proc, err := p.reader.Read(int(pid)); err == nil {
			p.byPID[pid] = proc
		}
	}
	if n < len(p.refreshQueue) {
		p.refreshQueue = slices.Concat(p.refreshQueue[n:], p.refreshQueue[:n])
	}
}

// PIDs returns the processes that own a socket of the last tables, and whether each
// was new in that pass.
func (o *Index) PIDs() map[int32]bool {
	pids := map[int32]bool{}
	for pid, p := range o.procs {
		for _, l := range p.links {
			if s := o.inodes[l.inode]; s != nil && s.listedGen == o.gen {
				pids[pid] = p.firstGen == o.gen
				break
			}
		}
	}
	return pids
}

// HasUnreadable reports whether a process of this user hides its descriptors even
// from lotop; for root that is any process whose descriptors it was denied.
func (o *Index) HasUnreadable(reader *process.Reader, uid uint32) bool {
	for _, p := range o.procs {
		if !p.denied {
			continue
		}
		if o.readsAll {
			return true
		}
		// The directory of such a process belongs to root, so its status has to be read.
		if proc, err := reader.Read(int(p.pid)); err == nil && proc.UID == uid {
			return true
		}
	}
	return false
}
