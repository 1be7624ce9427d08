package sockets

import "time"

// search looks for the holders of the sockets that are still without one, in
// ever wider circles.
func (o *owners) search(now time.Time) {
	if o.stillWanted(now) == nil {
		return
	}
	n := len(o.moved)
	o.bereft()
	for _, deep := range [...]depth{knownFDs, newFDs} {
		for _, h := range o.moved[n:] {
			o.visit(h, deep)
		}
		if o.stillWanted(now) == nil {
			return
		}
	}
	for _, h := range o.moved {
		o.visit(h, allFDs)
	}
	// Before the widest circle: what has closed since the tables were read, as
	// happens all the time on a busy machine, is nowhere to be found.
	o.askAgain(now)
	uids := o.stillWanted(now)
	for i, h := range o.suspects(uids) {
		o.visit(h, allFDs)
		// Asking after each of many processes would cost more than it saves.
		if i%16 == 15 && o.stillWanted(now) == nil {
			return
		}
	}
	if o.askAgain(now); o.stillWanted(now) == nil {
		return
	}
	for inode := range o.unknown {
		if r := o.missing[inode]; !now.Before(r.at) {
			r.wait = min(max(2*r.wait, firstRetry), lastRetry)
			o.missing[inode] = retry{at: now.Add(r.wait), wait: r.wait}
		}
	}
}

// stillWanted strikes out what has been found and returns the users of the
// sockets that are due for a search, nil if there are none.
func (o *owners) stillWanted(now time.Time) map[uint32]bool {
	var uids map[uint32]bool
	for inode, place := range o.unknown {
		if o.sockets[inode] != nil {
			delete(o.unknown, inode)
			continue
		}
		if r, ok := o.missing[inode]; ok && now.Before(r.at) {
			continue
		}
		if uids == nil {
			uids = map[uint32]bool{}
		}
		uids[o.all[place].UID] = true
	}
	for inode := range o.missing {
		if _, ok := o.unknown[inode]; !ok {
			delete(o.missing, inode)
		}
	}
	return uids
}

// askAgainAtMost bounds how many sockets the kernel is asked about one by one;
// a question costs some 5 microseconds.
const askAgainAtMost = 64

// askAgain strikes out the sockets that have closed since the tables were read.
func (o *owners) askAgain(now time.Time) {
	asked := 0
	for inode, place := range o.unknown {
		if o.sockets[inode] != nil || now.Before(o.missing[inode].at) {
			continue
		}
		if asked++; asked > askAgainAtMost {
			return
		}
		if !o.again(&o.all[place]) {
			delete(o.unknown, inode)
		}
	}
}

// doubtAtMost bounds how many links are read again on suspicion alone; one costs
// some 3 microseconds.
const doubtAtMost = 64

// doubt reads the links to sockets with several owners anew. One that closes
// its descriptor and opens another file has as many as before, and as the
// others still hold the socket, nothing else would tell. Which links are read,
// where there are too many, is left to the order of a map: chance.
func (o *owners) doubt() {
	left := doubtAtMost
	for inode, s := range o.shared {
		if s.listed != o.pass {
			continue
		}
		for _, owner := range s.owners {
			if left--; left < 0 {
				return
			}
			if h := o.procs[owner.PID]; h != nil && o.dir.inodeOf(owner) != inode {
				o.visit(h, allFDs)
			}
		}
	}
}

// bereft adds to moved the processes that held a socket which has left the
// tables since the last pass.
func (o *owners) bereft() {
	lost := map[int32]bool{}
	for _, s := range o.sockets {
		if s.listed != 0 && s.listed+1 == o.pass {
			for _, owner := range s.owners {
				lost[owner.PID] = true
			}
		}
	}
	for _, h := range o.moved {
		delete(lost, h.pid)
	}
	for pid := range lost {
		if h := o.procs[pid]; h != nil {
			o.moved = append(o.moved, h)
		}
	}
}

// suspects lists the processes that were not read whole in this pass and may
// be read at all, those of the wanted users first. Without root no other
// process than one's own can be read, and a socket of another user that came
// into it has changed its number of descriptors.
func (o *owners) suspects(uids map[uint32]bool) []*holder {
	var first, then []*holder
	for _, h := range o.procs {
		switch {
		case h.denied || h.whole == o.pass:
		case uids[h.uid]:
			first = append(first, h)
		case o.root:
			then = append(then, h)
		}
	}
	return append(first, then...)
}
