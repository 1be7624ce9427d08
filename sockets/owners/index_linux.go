// Package owners finds the processes that own sockets, from the inodes behind
// their file descriptors (proc(5)). From refresh to refresh it scans only what
// changed.
package owners

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets"
)

// Index knows which processes hold which sockets, and keeps that knowledge
// from one snapshot to the next. Reading every link of every descriptor is the
// most expensive thing lotop could do, so it looks only where something moved:
//
//   - a process that is new, or whose number of descriptors changed, is read
//     again, and in it the links of new descriptors and of those whose socket
//     has gone;
//   - if a socket is still without owner, the processes that lost a socket are
//     read likewise: a server that closes one connection and accepts the next
//     has as many descriptors as before;
//   - then all links of those processes, then, if it is still open, of all that
//     may hold it;
//   - a socket that nobody holds within sight is found when some process
//     changes, and searched for again now and then (see retry);
//   - a socket with many owners may be given up by one of them without a trace,
//     so the links to such sockets are read again and again (see doubt).
type Index struct {
	procfs     *procFS
	procs      map[int32]*procFDs
	inodes     map[uint32]*inodeOwners
	shared     map[uint32]*inodeOwners // those with more than one owner
	backoffs   map[uint32]backoff
	requery    func(*sockets.Socket) (open bool) // asks the kernel about one socket anew
	gen        uint32
	hasFDCount bool // the kernel tells the number of descriptors by stat (6.2 and later)
	isRoot     bool
	changed    bool           // whether this pass changed who holds what
	prevOrder  []*inodeOwners // of the sockets with an owner, as the tables last had them

	all []sockets.Socket // the tables, during a pass

	// Scratch memory, used again in every pass.
	unowned   map[uint32]int // inode of a socket without owner → its place in all
	nextOrder []*inodeOwners
	modified  []*procFDs
	links     []fdLink
	keptLinks []fdLink
}

// procFDs is what was last seen of a process's descriptors.
type procFDs struct {
	pid         int32
	path        string // of its fd folder, below the root of proc
	firstGen    uint32 // first pass that saw it
	lastGen     uint32 // last pass that saw it
	fullScanGen uint32 // last pass that read every link
	dirInode    uint64 // of its fd folder: another one is another process
	fdCount     int64  // of descriptors
	dirUID      uint32 // owner of the fd folder: root's for a process that hides
	denied      bool
	links       []fdLink // sorted by fd
}

// inodeOwners is a socket's inode and who holds it. The slice of owners is handed
// out, so a change makes a new one.
type inodeOwners struct {
	inode     uint32
	listedGen uint32          // last pass whose tables had it
	position  int             // in the order
	owners    []sockets.Owner // none: forgotten
}

// backoff says when a socket without owner in sight is worth a full search again.
type backoff struct {
	next  time.Time
	delay time.Duration
}

const (
	minBackoff = time.Second
	maxBackoff = time.Minute
)

func NewIndex(root string, again func(*sockets.Socket) bool) (*Index, error) {
	dir, err := openProcFS(root)
	if err != nil {
		return nil, err
	}
	o := &Index{
		procfs:   dir,
		procs:    map[int32]*procFDs{},
		inodes:   map[uint32]*inodeOwners{},
		shared:   map[uint32]*inodeOwners{},
		backoffs: map[uint32]backoff{},
		requery:  again,
		unowned:  map[uint32]int{},
		isRoot:   os.Geteuid() == 0,
	}
	var st unix.Stat_t
	if unix.Fstatat(dir.fd, "self/fd", &st, 0) == nil {
		o.hasFDCount = st.Size > 0
	}
	return o, nil
}

func (o *Index) Close() { o.procfs.close() }

// Attach sets the owners of every socket in all, and reports whether who holds
// what has changed since the last pass. A socket that has closed since all was
// read is brought up to date in its place.
func (o *Index) Attach(all []sockets.Socket, now time.Time) (changed bool, err error) {
	o.gen++
	o.all, o.changed = all, false
	defer func() { o.all = nil }()
	o.attachKnown()
	if err := o.scanProcs(len(o.unowned) > 0); err != nil {
		return false, err
	}
	for _, h := range o.modified {
		o.rescan(h, newFDs)
	}
	o.recheckShared()
	o.searchUnowned(now)
	if o.changed {
		o.attachKnown()
	}
	return o.changed, nil
}

// AttachCached is attach without a look at any process; ok tells whether a holder of
// every socket is known from before, or known to be nowhere.
func (o *Index) AttachCached(all []sockets.Socket, now time.Time) (changed, ok bool) {
	o.all, o.changed = all, false
	defer func() { o.all = nil }()
	o.attachKnown()
	return o.changed, o.unresolvedUIDs(now) == nil
}

// attachKnown hands the known owners to the sockets and notes the inodes for which
// there are none.
func (o *Index) attachKnown() {
	clear(o.unowned)
	o.nextOrder = o.nextOrder[:0]
	at := 0
	for i := range o.all {
		s := &o.all[i]
		s.Owners = nil
		if s.Inode == 0 {
			continue
		}
		h := o.lookup(uint32(s.Inode), &at)
		if h == nil {
			o.unowned[uint32(s.Inode)] = i
			continue
		}
		if h.listedGen+1 < o.gen {
			o.changed = true // it was held before it came into a table
		}
		h.listedGen = o.gen
		h.position = len(o.nextOrder)
		o.nextOrder = append(o.nextOrder, h)
		s.Owners = h.owners
	}
	o.changed = o.changed || len(o.nextOrder) != len(o.prevOrder)
	o.prevOrder, o.nextOrder = o.nextOrder, o.prevOrder
}

// lookup gives who holds a socket. The tables come in nearly the same order every
// time, so the one that followed last time is tried first: that is faster than
// to search a large map.
func (o *Index) lookup(inode uint32, at *int) *inodeOwners {
	if *at < len(o.prevOrder) {
		if h := o.prevOrder[*at]; h.inode == inode && len(h.owners) > 0 {
			*at++
			return h
		}
	}
	h := o.inodes[inode]
	if h != nil {
		*at = h.position + 1
	}
	return h
}

// scanProcs lists the processes and notes those that are worth a visit.
// Processes that are gone give up what they held.
func (o *Index) scanProcs(searching bool) error {
	o.modified = o.modified[:0]
	pids, err := o.procfs.pids()
	if err != nil {
		return os.NewSyscallError("list processes", err)
	}
	for _, pid := range pids {
		o.scanProc(pid, searching)
	}
	for pid, h := range o.procs {
		if h.lastGen != o.gen {
			o.setLinks(h, nil)
			delete(o.procs, pid)
		}
	}
	return nil
}

func (o *Index) scanProc(pid int32, searching bool) {
	h := o.procs[pid]
	if h == nil {
		h = &procFDs{pid: pid, path: fdPath(pid), fdCount: -1}
	}
	var st unix.Stat_t
	if unix.Fstatat(o.procfs.fd, h.path, &st, 0) != nil {
		return // it ended meanwhile, or proc hides it (hidepid)
	}
	isNew := h.dirInode != st.Ino
	if isNew {
		o.setLinks(h, nil) // the pid has gone to another process
		h.dirInode, h.firstGen = st.Ino, o.gen
		o.procs[pid] = h
	}
	h.lastGen, h.dirUID = o.gen, st.Uid
	if isNew || h.fdCount != st.Size || !o.hasFDCount && searching {
		h.fdCount = st.Size
		o.modified = append(o.modified, h)
	}
}
