package owners

import "time"

// searchUnowned looks for the holders of the sockets that are still without one, in
// ever wider circles.
func (o *Index) searchUnowned(now time.Time) {
	if o.unresolvedUIDs(now) == nil {
		return
	}
	n := len(o.modified)
	o.addLosers()
	for _, deep := range [...]scanDepth{knownFDs, newFDs} {
		for _, h := range o.modified[n:] {
			o.rescan(h, deep)
		}
		if o.unresolvedUIDs(now) == nil {
			return
		}
	}
	for _, h := range o.modified {
		o.rescan(h, allFDs)
	}
	// Before the widest circle: what has closed since the tables were read, as
	// happens all the time on a busy machine, is nowhere to be found.
	o.requeryUnowned(now)
	uids := o.unresolvedUIDs(now)
	for i, h := range o.candidates(uids) {
		o.rescan(h, allFDs)
		// Asking after each of many processes would cost more than it saves.
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

// unresolvedUIDs strikes out what has been found and returns the users of the
// sockets that are due for a search, nil if there are none.
func (o *Index) unresolvedUIDs(now time.Time) map[uint32]bool {
	var uids map[uint32]bool
	for inode, place := range o.unowned {
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
		uids[o.all[place].UID] = true
	}
	for inode := range o.backoffs {
		if _, ok := o.unowned[inode]; !ok {
			delete(o.backoffs, inode)
		}
	}
	return uids
}

// maxRequery bounds how many sockets the kernel is asked about one by one;
// a question costs some 5 microseconds.
const maxRequery = 64

// requeryUnowned strikes out the sockets that have closed since the tables were read.
func (o *Index) requeryUnowned(now time.Time) {
	asked := 0
	for inode, place := range o.unowned {
		if o.inodes[inode] != nil || now.Before(o.backoffs[inode].next) {
			continue
		}
		if asked++; asked > maxRequery {
			return
		}
		if !o.requery(&o.all[place]) {
			delete(o.unowned, inode)
		}
	}
}

// maxRecheck bounds how many links are read again on suspicion alone; one costs
// some 3 microseconds.
const maxRecheck = 64

// recheckShared reads the links to sockets with several owners anew. One that closes
// its descriptor and opens another file has as many as before, and as the
// others still hold the socket, nothing else would tell. Which links are read,
// where there are too many, is left to the order of a map: chance.
func (o *Index) recheckShared() {
	left := maxRecheck
	for inode, s := range o.shared {
		if s.listedGen != o.gen {
			continue
		}
		for _, owner := range s.owners {
			if left--; left < 0 {
				return
			}
			if h := o.procs[owner.PID]; h != nil && o.procfs.ownerInode(owner) != inode {
				o.rescan(h, allFDs)
			}
		}
	}
}

// addLosers adds to moved the processes that held a socket which has left the
// tables since the last pass.
func (o *Index) addLosers() {
	lost := map[int32]bool{}
	for _, s := range o.inodes {
		if s.listedGen != 0 && s.listedGen+1 == o.gen {
			for _, owner := range s.owners {
				lost[owner.PID] = true
			}
		}
	}
	for _, h := range o.modified {
		delete(lost, h.pid)
	}
	for pid := range lost {
		if h := o.procs[pid]; h != nil {
			o.modified = append(o.modified, h)
		}
	}
}

// candidates lists the processes that were not read whole in this pass and may
// be read at all, those of the wanted users first. Without root no other
// process than one's own can be read, and a socket of another user that came
// into it has changed its number of descriptors.
func (o *Index) candidates(uids map[uint32]bool) []*procFDs {
	var first, then []*procFDs
	for _, h := range o.procs {
		switch {
		case h.denied || h.fullScanGen == o.gen:
		case uids[h.dirUID]:
			first = append(first, h)
		case o.isRoot:
			then = append(then, h)
		}
	}
	return append(first, then...)
}
