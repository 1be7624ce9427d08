package owners

import "time"

// searchUnowned searches for the owners of the sockets that still have none, first in
// the likely processes and then in all.
func (o *Index) searchUnowned(now time.Time) {
	if o.unresolvedUIDs(now) == nil {
		return
	}
	n := len(o.modified)
	o.addLosers()
	for _, depth := range [...]scanDepth{knownFDs, newFDs} {
		for _, p := range o.modified[n:] {
			o.rescan(p, depth)
		}
		if o.unresolvedUIDs(now) == nil {
			return
		}
	}
	for _, p := range o.modified {
		o.rescan(p, allFDs)
	}
	// Before all processes are read: a socket that was destroyed since the tables
	// were read, as is common on a busy machine, has no owner to find.
	o.requeryUnowned(now)
	uids := o.unresolvedUIDs(now)
	for i, p := range o.candidates(uids) {
		o.rescan(p, allFDs)
		// Checking after each of many processes would cost more than it saves.
		if i%16 == 15 && o.unresolvedUIDs(now) == nil {
			return
		}
	}
	if o.requeryUnowned(now); o.unresolvedUIDs(now) == nil {
		return
	}
	for inode := range o.unowned {
		if r := o.backoffs[inode]; !now.Before(r.next) {
			r.delay = min(max(2*r.delay, minBackoff), maxBackoff)
			o.backoffs[inode] = backoff{next: now.Add(r.delay), delay: r.delay}
		}
	}
}

// unresolvedUIDs removes the sockets whose owner was found, and returns the users of
// those that are due for a search, nil if there are none.
func (o *Index) unresolvedUIDs(now time.Time) map[uint32]bool {
	var uids map[uint32]bool
	for inode, i := range o.unowned {
		if o.inodes[inode] != nil {
			delete(o.unowned, inode)
			continue
		}
		if r, ok := o.backoffs[inode]; ok && now.Before(r.next) {
			continue
		}
		if uids == nil {
			uids = map[uint32]bool{}
		}
		uids[o.all[i].UID] = true
	}
	for inode := range o.backoffs {
		if _, ok := o.unowned[inode]; !ok {
			delete(o.backoffs, inode)
		}
	}
	return uids
}

// maxRequery limits how many sockets the kernel is queried about one by one; each costs
// some 5 microseconds.
const maxRequery = 64

// requeryUnowned removes the sockets that were destroyed since the tables were read.
func (o *Index) requeryUnowned(now time.Time) {
	queried := 0
	for inode, i := range o.unowned {
		if o.inodes[inode] != nil || now.Before(o.backoffs[inode].next) {
			continue
		}
		if queried++; queried > maxRequery {
			return
		}
		if !o.requery(&o.all[i]) {
			delete(o.unowned, inode)
		}
	}
}

// maxRecheck limits how many links are read again without a sign of change; each
// costs some 3 microseconds.
const maxRecheck = 64

// recheckShared reads the links to sockets with several owners again. A process that
// closes its descriptor and opens a file has as many descriptors as before, and as
// other processes still own the socket, nothing else shows the change. If there are
// too many links, the order of the map decides which are read.
func (o *Index) recheckShared() {
	remaining := maxRecheck
	for inode, s := range o.shared {
		if s.listedGen != o.gen {
			continue
		}
		for _, owner := range s.owners {
			if remaining--; remaining < 0 {
				return
			}
			if p := o.procs[owner.PID]; p != nil && o.procfs.ownerInode(owner) != inode {
				o.rescan(p, allFDs)
			}
		}
	}
}

// addLosers adds to modified the processes that owned a socket which is not in the
// tables any more.
func (o *Index) addLosers() {
	lost := map[int32]bool{}
	for _, s := range o.inodes {
		if s.listedGen != 0 && s.listedGen+1 == o.gen {
			for _, owner := range s.owners {
				lost[owner.PID] = true
			}
		}
	}
	for _, p := range o.modified {
		delete(lost, p.pid)
	}
	for pid := range lost {
		if p := o.procs[pid]; p != nil {
			o.modified = append(o.modified, p)
		}
	}
}

// candidates returns the processes that were not read completely in this pass and may
// be read, those of the given users first. Without root only the user's own processes
// can be read, and one that received the socket of another user has a changed number
// of descriptors.
func (o *Index) candidates(uids map[uint32]bool) []*procFDs {
	var first, rest []*procFDs
	for _, p := range o.procs {
		switch {
		case p.denied || p.fullScanGen == o.gen:
		case uids[p.dirUID]:
			first = append(first, p)
		case o.readsAll:
			rest = append(rest, p)
		}
	}
	return append(first, rest...)
}
