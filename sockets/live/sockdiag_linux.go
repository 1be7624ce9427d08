package live

import (
	"context"
	"os"
	"time"

	"lotop/sockets"
	"lotop/sockets/access"
	"lotop/sockets/owners"
	"lotop/sockets/process"
	"lotop/sockets/sockdiag"
)

// diagReader reads the tables through sock_diag and finds the owners in /proc.
type diagReader struct {
	diag    *sockdiag.Conn
	owners  *owners.Index
	procs   *owners.ProcessCache
	cgroups *cgroups
	// unreadable reports whether a process whose descriptors may not be read can own
	// a socket of that user.
	unreadable func(uid uint32) bool
	rights     rights
	ports      []sockets.PortRange
	lastScan   time.Time // when the owners were last searched for
}

func openDiagReader(opts Options, procReader *process.Reader) (tableReader, error) {
	d, err := sockdiag.Open(opts.Ports)
	if err != nil {
		return nil, err
	}
	proc := opts.Proc
	mine := newRights(proc)
	o, err := owners.NewIndex(proc, d.Requery, mine.readsAll())
	if err != nil {
		d.Close()
		return nil, &os.PathError{Op: "open", Path: proc, Err: err}
	}
	return &diagReader{
		diag: d, owners: o, procs: owners.NewProcessCache(procReader), cgroups: newCgroups(proc),
		unreadable: func(uid uint32) bool { return o.HasUnreadable(procReader, uid) },
		rights:     mine, ports: opts.Ports,
	}, nil
}

func (r *diagReader) close() {
	r.diag.Close()
	r.owners.Close()
}

func (r *diagReader) read(ctx context.Context, into *sockets.Snapshot) error {
	into.Source = "sock_diag"
	var err error
	into.Sockets, into.Warnings, err = r.diag.Read(ctx, into.Sockets, into.Warnings)
	if err != nil {
		return err
	}
	into.Sockets = sockets.FilterPorts(into.Sockets, r.ports)
	changed, err := r.attachOwners(into)
	if err != nil {
		return err
	}
	var pids map[int32]bool
	if changed {
		pids = r.owners.PIDs()
	}
	into.Processes = r.procs.Update(pids)
	r.cgroups.attach(into.Sockets, into.Time)
	r.setNoOwnerReasons(into)
	return nil
}

// scanInterval is how often owners are searched for while only some ports are read.
const scanInterval = time.Second

// attachOwners sets the owners. While only some ports are read, it uses the known
// owners between scans: checking every process costs several times as much as such a
// read.
func (r *diagReader) attachOwners(into *sockets.Snapshot) (changed bool, err error) {
	if r.ports != nil && into.Time.Sub(r.lastScan) < scanInterval {
		if changed, ok := r.owners.AttachCached(into.Sockets, into.Time); ok {
			return changed, nil
		}
	}
	r.lastScan = into.Time
	return r.owners.Attach(into.Sockets, into.Time)
}

// setNoOwnerReasons sets the reason of every socket without owner, and appends
// warnings that count them.
func (r *diagReader) setNoOwnerReasons(into *sockets.Snapshot) {
	var counts [sockets.NotLookedUp + 1]int
	cache := noOwnerCache{reader: r}
	for i := range into.Sockets {
		s := &into.Sockets[i]
		if s.Inode == 0 || len(s.Owners) > 0 {
			continue
		}
		s.NoOwner = cache.get(s.UID)
		counts[s.NoOwner]++
	}
	if n := counts[sockets.OtherUser]; n > 0 {
		into.Warnings = append(into.Warnings, r.rights.hiddenOwners(n))
	}
	if n := counts[sockets.Unreadable]; n > 0 {
		into.Warnings = append(into.Warnings, r.rights.unreadableOwners(n))
	}
	if n := counts[sockets.OtherNamespace]; n > 0 {
		into.Warnings = append(into.Warnings, r.rights.ownersElsewhere(n))
	}
}

// noOwnerCache keeps the reason of the last user, because finding it means reading
// processes.
type noOwnerCache struct {
	reader *diagReader
	uid    uint32
	valid  bool
	value  sockets.NoOwnerReason
}

func (c *noOwnerCache) get(uid uint32) sockets.NoOwnerReason {
	if !c.valid || uid != c.uid {
		c.uid, c.valid, c.value = uid, true, c.reader.noOwnerReason(uid)
	}
	return c.value
}

// noOwnerReason returns why a socket with an inode has no known owner. It is open in
// some process, or in the kernel.
func (r *diagReader) noOwnerReason(uid uint32) sockets.NoOwnerReason {
	switch {
	case !r.rights.reads(uid):
		return sockets.OtherUser
	case r.unreadable(uid):
		return sockets.Unreadable
	case r.rights.host.Verdict == access.No:
		return sockets.OtherNamespace
	case !r.rights.readsAll():
		// Every process of this user could be read, so another user's owns it.
		return sockets.OtherUser
	}
	return sockets.KernelOwned
}
