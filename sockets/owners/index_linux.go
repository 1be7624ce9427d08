// Package owners finds the processes that own sockets, by the inodes that their file
// descriptors refer to (proc(5)). From refresh to refresh it scans only what changed.
package owners

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets"
)

// Index maps sockets to the processes that own them, and keeps the mapping from one
// snapshot to the next. Reading every link of every descriptor is the most expensive
// thing that lotop could do, so it reads only where something changed:
//
//   - A process that is new, or whose number of descriptors changed, is read again:
//     the links of new descriptors, and of those whose socket is gone.
//   - If a socket still has no owner, the processes that lost a socket are read
//     likewise: a server that closes one connection and accepts the next has as many
//     descriptors as before.
//   - Then all links of those processes are read, and if the socket still has no
//     owner, all links of every process that can own it.
//   - A socket for which no owner is found is searched for when some process changes,
//     and again at growing intervals (see backoff).
//   - One of several owners of a socket may close it unnoticed, so the links to such
//     sockets are read at every refresh (see recheckShared).
type Index struct {
	procfs     *procFS
	procs      map[int32]*procFDs
	inodes     map[uint32]*inodeOwners
	shared     map[uint32]*inodeOwners // those with several owners
	backoffs   map[uint32]backoff
	requery    func(*sockets.Socket) (open bool) // asks the kernel about one socket
	gen        uint32
	hasFDCount bool // stat returns the number of descriptors (Linux 6.2 and later)
	readsAll   bool
	changed    bool           // whether owners changed in this pass
	prevOrder  []*inodeOwners // of the sockets with an owner, in the order of the last tables

	all []sockets.Socket // the tables, during a pass

	// Scratch memory, reused in every pass.
	unowned   map[uint32]int // inode of a socket without owner → its index in all
	nextOrder []*inodeOwners
	modified  []*procFDs
	links     []fdLink
	keptLinks []fdLink
}

// procFDs is what is known about the descriptors of a process.
type procFDs struct {
	pid         int32
	path        string // of its fd directory, relative to the root of proc
	firstGen    uint32 // first pass that found it
	lastGen     uint32 // last pass that found it
	fullScanGen uint32 // last pass that read every link
	dirInode    uint64 // of its fd directory: another one is that of another process
	fdCount     int64  // number of descriptors
	dirUID      uint32 // owner of the fd directory: root if the process is not dumpable
	denied      bool
	links       []fdLink // sorted by fd
}

// inodeOwners are the owners of a socket, by its inode. The slice of owners is shared
// with snapshots, so a change makes a new one.
type inodeOwners struct {
	inode     uint32
	listedGen uint32          // last pass whose tables contained it
	position  int             // in prevOrder
	owners    []sockets.Owner // none: removed
}

// backoff is when a socket without known owner is searched for again.
type backoff struct {
	next  time.Time
	delay time.Duration
}

const (
	minBackoff = time.Second
	maxBackoff = time.Minute
)

// NewIndex returns an index of the proc file system at root. requery brings one
// socket up to date and reports whether it may still be open in a process; readsAll
// says whether the processes of every user can be read.
func NewIndex(root string, requery func(*sockets.Socket) (open bool), readsAll bool) (*Index, error) {
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
		requery:  requery,
		unowned:  map[uint32]int{},
		readsAll: readsAll,
	}
	var st unix.Stat_t
	if unix.Fstatat(dir.fd, "self/fd", &st, 0) == nil {
		o.hasFDCount = st.Size > 0
	}
	return o, nil
}

// Close closes the proc file system.
func (o *Index) Close() { o.procfs.close() }

// Attach sets the owners of every socket in all, and reports whether any owners
// changed since the last pass. A socket that was destroyed since all was read is
// updated in place.
func (o *Index) Attach(all []sockets.Socket, now time.Time) (changed bool, err error) {
	o.gen++
	o.all, o.changed = all, false
	defer func() { o.all = nil }()
	o.attachKnown()
	if err := o.scanProcs(len(o.unowned) > 0); err != nil {
		return false, err
	}
	for _, p := range o.modified {
		o.rescan(p, newFDs)
	}
	o.recheckShared()
	o.searchUnowned(now)
	if o.changed {
		o.attachKnown()
	}
	return o.changed, nil
}

// AttachCached is Attach without reading any process; ok reports whether every socket
// has a known owner, or need not be searched for yet.
func (o *Index) AttachCached(all []sockets.Socket, now time.Time) (changed, ok bool) {
	o.all, o.changed = all, false
	defer func() { o.all = nil }()
	o.attachKnown()
	return o.changed, o.unresolvedUIDs(now) == nil
}

// attachKnown sets the known owners of the sockets and collects the inodes without
// one.
func (o *Index) attachKnown() {
	clear(o.unowned)
	o.nextOrder = o.nextOrder[:0]
	next := 0
	for i := range o.all {
		s := &o.all[i]
		s.Owners = nil
		if s.Inode == 0 {
			continue
		}
		e := o.lookup(uint32(s.Inode), &next)
		if e == nil {
			o.unowned[uint32(s.Inode)] = i
			continue
		}
		if e.listedGen+1 < o.gen {
			o.changed = true // it was open before it was in a table
		}
		e.listedGen = o.gen
		e.position = len(o.nextOrder)
		o.nextOrder = append(o.nextOrder, e)
		s.Owners = e.owners
	}
	o.changed = o.changed || len(o.nextOrder) != len(o.prevOrder)
	o.prevOrder, o.nextOrder = o.nextOrder, o.prevOrder
}

// lookup returns the owners of a socket. The tables come in nearly the same order
// every time, so it first tries the one that was next in the last pass: that is
// faster than a lookup in a large map.
func (o *Index) lookup(inode uint32, next *int) *inodeOwners {
	if *next < len(o.prevOrder) {
		if e := o.prevOrder[*next]; e.inode == inode && len(e.owners) > 0 {
			*next++
			return e
		}
	}
	e := o.inodes[inode]
	if e != nil {
		*next = e.position + 1
	}
	return e
}

// scanProcs lists the processes and collects those to be read again. It removes the
// descriptors of processes that have exited.
func (o *Index) scanProcs(searching bool) error {
	o.modified = o.modified[:0]
	pids, err := o.procfs.pids()
	if err != nil {
		return os.NewSyscallError("list processes", err)
	}
	for _, pid := range pids {
		o.scanProc(pid, searching)
	}
	for pid, p := range o.procs {
		if p.lastGen != o.gen {
			o.setLinks(p, nil)
			delete(o.procs, pid)
		}
	}
	return nil
}

// scanProc compares the number of descriptors of one process with the last pass.
func (o *Index) scanProc(pid int32, searching bool) {
	p := o.procs[pid]
	if p == nil {
		p = &procFDs{pid: pid, path: fdPath(pid), fdCount: -1}
	}
	var st unix.Stat_t
	if unix.Fstatat(o.procfs.fd, p.path, &st, 0) != nil {
		return // it exited meanwhile, or proc hides it (hidepid)
	}
	isNew := p.dirInode != st.Ino
	if isNew {
		o.setLinks(p, nil) // the PID was reused by another process
		p.dirInode, p.firstGen = st.Ino, o.gen
		o.procs[pid] = p
	}
	p.lastGen, p.dirUID = o.gen, st.Uid
	if isNew || p.fdCount != st.Size || !o.hasFDCount && searching {
		p.fdCount = st.Size
		o.modified = append(o.modified, p)
	}
}
