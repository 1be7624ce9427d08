package live

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"lotop/sockets"
	"lotop/sockets/owners"
	"lotop/sockets/process"
	"lotop/sockets/sockdiag"
)

// diagReader reads the tables through sock_diag and finds the owners in proc.
type diagReader struct {
	diag    *sockdiag.Conn
	owners  *owners.Index
	procs   *owners.ProcessCache
	cgroups *cgroups
	// unreadable reports whether a process that may not be read can own a socket
	// of that user.
	unreadable  func(uid uint32) bool
	euid        uint32
	nestedPIDNS bool // proc shows a pid namespace that is not the first
	ports       []sockets.PortRange
	lastScan    time.Time // when holders were looked for last
}

func openDiagReader(opts Options, who *process.Reader) (tableReader, error) {
	d, err := sockdiag.Open(opts.Ports)
	if err != nil {
		return nil, err
	}
	proc := opts.Proc
	o, err := owners.NewIndex(proc, d.Requery)
	if err != nil {
		d.Close()
		return nil, &os.PathError{Op: "open", Path: proc, Err: err}
	}
	return &diagReader{
		diag: d, owners: o, procs: owners.NewProcessCache(who), cgroups: newCgroups(proc),
		unreadable: func(uid uint32) bool { return o.HasUnreadable(who, uid) },
		euid:       uint32(os.Geteuid()), nestedPIDNS: inNestedPIDNS(proc), ports: opts.Ports,
	}, nil
}

// inNestedPIDNS tells whether processes may exist that this proc does not show.
// The first pid namespace has a fixed number (PROC_PID_INIT_INO,
// include/linux/proc_ns.h).
func inNestedPIDNS(proc string) bool {
	link, err := os.Readlink(filepath.Join(proc, "self/ns/pid"))
	return err == nil && link != "pid:[4026531836]"
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
	var holders map[int32]bool
	if changed {
		holders = r.owners.PIDs()
	}
	into.Processes = r.procs.Update(holders)
	r.cgroups.attach(into.Sockets, into.Time)
	r.setNoOwnerReasons(into)
	return nil
}

// scanInterval is how often holders are looked for while only some ports are read.
const scanInterval = time.Second

// attachOwners finds the holders. While only some ports are read, those that are
// known are taken as they are: to look at every process costs several times
// what such a read does.
func (r *diagReader) attachOwners(into *sockets.Snapshot) (changed bool, err error) {
	if r.ports != nil && into.Time.Sub(r.lastScan) < scanInterval {
		if changed, ok := r.owners.AttachCached(into.Sockets, into.Time); ok {
			return changed, nil
		}
	}
	r.lastScan = into.Time
	return r.owners.Attach(into.Sockets, into.Time)
}

// setNoOwnerReasons gives every socket without owner its reason, and counts them in
// warnings.
func (r *diagReader) setNoOwnerReasons(into *sockets.Snapshot) {
	var counts [sockets.NotLookedUp + 1]int
	ask := noOwnerCache{reader: r}
	for i := range into.Sockets {
		s := &into.Sockets[i]
		if s.Inode == 0 || len(s.Owners) > 0 {
			continue
		}
		s.NoOwner = ask.get(s.UID)
		counts[s.NoOwner]++
	}
	if n := counts[sockets.OtherUser]; n > 0 {
		into.Warnings = append(into.Warnings, hiddenOwnersWarning(n))
	}
	if n := counts[sockets.Unreadable]; n > 0 {
		into.Warnings = append(into.Warnings, sockets.Warning{
			Kind: sockets.OwnersUnreadable, Count: n,
			Text: plural(n, "socket") + " without an owner: some processes do not let " + r.userLabel() + " read their descriptors",
		})
	}
}

func (r *diagReader) userLabel() string {
	if r.euid == 0 {
		return "root"
	}
	return "their own user"
}

// noOwnerCache answers for a user once a pass: to ask is to look at processes.
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

// noOwnerReason tells why the socket of a user has no owner although it has an
// inode: somebody holds it.
func (r *diagReader) noOwnerReason(uid uint32) sockets.NoOwnerReason {
	switch mine := uid == r.euid; {
	case r.euid != 0 && !mine:
		return sockets.OtherUser
	case r.unreadable(uid):
		return sockets.Unreadable
	case r.nestedPIDNS:
		return sockets.OtherNamespace
	case r.euid != 0:
		// Every process of this user could be read, so it was handed on.
		return sockets.OtherUser
	}
	return sockets.KernelOwned
}

func hiddenOwnersWarning(n int) sockets.Warning {
	return sockets.Warning{
		Kind: sockets.OwnersHidden, Count: n,
		Text: plural(n, "socket") + " owned by other users: run as root to see their processes",
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
