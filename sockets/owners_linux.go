package sockets

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// owners knows which processes hold which sockets, and keeps that knowledge
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
type owners struct {
	dir     *procDir
	procs   map[int32]*holder
	sockets map[uint32]*holding
	shared  map[uint32]*holding // those with more than one owner
	missing map[uint32]retry
	again   func(*Socket) (open bool) // asks the kernel about one socket anew
	pass    uint32
	sizes   bool // the kernel tells the number of descriptors by stat (6.2 and later)
	root    bool
	changed bool       // whether this pass changed who holds what
	order   []*holding // of the sockets with an owner, as the tables last had them

	all []Socket // the tables, during a pass

	// Scratch memory, used again in every pass.
	unknown map[uint32]int // inode of a socket without owner → its place in all
	next    []*holding
	moved   []*holder
	links   []fdLink
	kept    []fdLink
}

// holder is what was last seen of a process's descriptors.
type holder struct {
	pid    int32
	path   string // of its fd folder, below the root of proc
	born   uint32 // first pass that saw it
	pass   uint32 // last pass that saw it
	whole  uint32 // last pass that read every link
	inode  uint64 // of its fd folder: another one is another process
	count  int64  // of descriptors
	uid    uint32 // owner of the fd folder: root's for a process that hides
	denied bool
	links  []fdLink // sorted by fd
}

// holding is a socket's inode and who holds it. The slice of owners is handed
// out, so a change makes a new one.
type holding struct {
	inode  uint32
	listed uint32  // last pass whose tables had it
	place  int     // in the order
	owners []Owner // none: forgotten
}

// retry says when a socket without owner in sight is worth a full search again.
type retry struct {
	at   time.Time
	wait time.Duration
}

const (
	firstRetry = time.Second
	lastRetry  = time.Minute
)

func newOwners(root string, again func(*Socket) bool) (*owners, error) {
	dir, err := openProcDir(root)
	if err != nil {
		return nil, err
	}
	o := &owners{
		dir:     dir,
		procs:   map[int32]*holder{},
		sockets: map[uint32]*holding{},
		shared:  map[uint32]*holding{},
		missing: map[uint32]retry{},
		again:   again,
		unknown: map[uint32]int{},
		root:    os.Geteuid() == 0,
	}
	var st unix.Stat_t
	if unix.Fstatat(dir.fd, "self/fd", &st, 0) == nil {
		o.sizes = st.Size > 0
	}
	return o, nil
}

func (o *owners) close() { o.dir.close() }

// attach sets the owners of every socket in all, and reports whether who holds
// what has changed since the last pass. A socket that has closed since all was
// read is brought up to date in its place.
func (o *owners) attach(all []Socket, now time.Time) (changed bool, err error) {
	o.pass++
	o.all, o.changed = all, false
	defer func() { o.all = nil }()
	o.mark()
	if err := o.lookAround(len(o.unknown) > 0); err != nil {
		return false, err
	}
	for _, h := range o.moved {
		o.visit(h, newFDs)
	}
	o.doubt()
	o.search(now)
	if o.changed {
		o.mark()
	}
	return o.changed, nil
}

// recall is attach without a look at any process; ok tells whether a holder of
// every socket is known from before, or known to be nowhere.
func (o *owners) recall(all []Socket, now time.Time) (changed, ok bool) {
	o.all, o.changed = all, false
	defer func() { o.all = nil }()
	o.mark()
	return o.changed, o.stillWanted(now) == nil
}

// mark hands the known owners to the sockets and notes the inodes for which
// there are none.
func (o *owners) mark() {
	clear(o.unknown)
	o.next = o.next[:0]
	at := 0
	for i := range o.all {
		s := &o.all[i]
		s.Owners = nil
		if s.Inode == 0 {
			continue
		}
		h := o.find(uint32(s.Inode), &at)
		if h == nil {
			o.unknown[uint32(s.Inode)] = i
			continue
		}
		if h.listed+1 < o.pass {
			o.changed = true // it was held before it came into a table
		}
		h.listed = o.pass
		h.place = len(o.next)
		o.next = append(o.next, h)
		s.Owners = h.owners
	}
	o.changed = o.changed || len(o.next) != len(o.order)
	o.order, o.next = o.next, o.order
}

// find gives who holds a socket. The tables come in nearly the same order every
// time, so the one that followed last time is tried first: that is faster than
// to search a large map.
func (o *owners) find(inode uint32, at *int) *holding {
	if *at < len(o.order) {
		if h := o.order[*at]; h.inode == inode && len(h.owners) > 0 {
			*at++
			return h
		}
	}
	h := o.sockets[inode]
	if h != nil {
		*at = h.place + 1
	}
	return h
}

// lookAround lists the processes and notes those that are worth a visit.
// Processes that are gone give up what they held.
func (o *owners) lookAround(searching bool) error {
	o.moved = o.moved[:0]
	pids, err := o.dir.pids()
	if err != nil {
		return os.NewSyscallError("list processes", err)
	}
	for _, pid := range pids {
		o.lookAt(pid, searching)
	}
	for pid, h := range o.procs {
		if h.pass != o.pass {
			o.replace(h, nil)
			delete(o.procs, pid)
		}
	}
	return nil
}

func (o *owners) lookAt(pid int32, searching bool) {
	h := o.procs[pid]
	if h == nil {
		h = &holder{pid: pid, path: fdPath(pid), count: -1}
	}
	var st unix.Stat_t
	if unix.Fstatat(o.dir.fd, h.path, &st, 0) != nil {
		return // it ended meanwhile, or proc hides it (hidepid)
	}
	isNew := h.inode != st.Ino
	if isNew {
		o.replace(h, nil) // the pid has gone to another process
		h.inode, h.born = st.Ino, o.pass
		o.procs[pid] = h
	}
	h.pass, h.uid = o.pass, st.Uid
	if isNew || h.count != st.Size || !o.sizes && searching {
		h.count = st.Size
		o.moved = append(o.moved, h)
	}
}
