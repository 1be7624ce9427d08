package sockets

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"lotop/sockets/process"
)

// diagReader reads the tables through sock_diag and finds the owners in proc.
type diagReader struct {
	diag    *diag
	owners  *owners
	people  *people
	cgroups *cgroups
	who     *process.Reader
	euid    uint32
	nested  bool // proc shows a pid namespace that is not the first
	ports   []PortRange
	sought  time.Time // when holders were looked for last
}

func openDiagReader(opts Options, who *process.Reader) (reader, error) {
	d, err := openDiag()
	if err != nil {
		return nil, err
	}
	d.filter = portBytecode(opts.Ports)
	proc := opts.Proc
	o, err := newOwners(proc, d.again)
	if err != nil {
		d.close()
		return nil, &os.PathError{Op: "open", Path: proc, Err: err}
	}
	return &diagReader{
		diag: d, owners: o, people: newPeople(who), cgroups: newCgroups(proc), who: who,
		euid: uint32(os.Geteuid()), nested: nestedPIDs(proc), ports: opts.Ports,
	}, nil
}

// nestedPIDs tells whether processes may exist that this proc does not show.
// The first pid namespace has a fixed number (PROC_PID_INIT_INO,
// include/linux/proc_ns.h).
func nestedPIDs(proc string) bool {
	link, err := os.Readlink(filepath.Join(proc, "self/ns/pid"))
	return err == nil && link != "pid:[4026531836]"
}

func (r *diagReader) close() {
	r.diag.close()
	r.owners.close()
}

func (r *diagReader) read(ctx context.Context, into *Snapshot) error {
	into.From = "sock_diag"
	var err error
	into.Sockets, into.Warnings, err = r.diag.read(ctx, into.Sockets, into.Warnings)
	if err != nil {
		return err
	}
	into.Sockets = OnPorts(into.Sockets, r.ports)
	changed, err := r.attach(into)
	if err != nil {
		return err
	}
	var holders map[int32]bool
	if changed {
		holders = r.owners.holders()
	}
	into.Processes = r.people.update(holders)
	r.cgroups.attach(into.Sockets, into.Time)
	r.explain(into)
	return nil
}

// seekAgain is how often holders are looked for while only some ports are read.
const seekAgain = time.Second

// attach finds the holders. While only some ports are read, those that are
// known are taken as they are: to look at every process costs several times
// what such a read does.
func (r *diagReader) attach(into *Snapshot) (changed bool, err error) {
	if r.ports != nil && into.Time.Sub(r.sought) < seekAgain {
		if changed, ok := r.owners.recall(into.Sockets, into.Time); ok {
			return changed, nil
		}
	}
	r.sought = into.Time
	return r.owners.attach(into.Sockets, into.Time)
}

// explain gives every socket without owner its reason, and counts them in
// warnings.
func (r *diagReader) explain(into *Snapshot) {
	var counts [NotLookedUp + 1]int
	ask := reasonCache{reader: r}
	for i := range into.Sockets {
		s := &into.Sockets[i]
		if s.Inode == 0 || len(s.Owners) > 0 {
			continue
		}
		s.NoOwner = ask.reason(s.UID)
		counts[s.NoOwner]++
	}
	if n := counts[OtherUser]; n > 0 {
		into.Warnings = append(into.Warnings, hiddenOwners(n))
	}
	if n := counts[Unreadable]; n > 0 {
		into.Warnings = append(into.Warnings, Warning{
			Kind: OwnersUnread, Count: n,
			Text: plural(n, "socket") + " without an owner: some processes do not let " + r.me() + " read their descriptors",
		})
	}
}

func (r *diagReader) me() string {
	if r.euid == 0 {
		return "root"
	}
	return "their own user"
}

// reasonCache answers for a user once a pass: to ask is to look at processes.
type reasonCache struct {
	reader *diagReader
	uid    uint32
	asked  bool
	answer Reason
}

func (c *reasonCache) reason(uid uint32) Reason {
	if !c.asked || uid != c.uid {
		c.uid, c.asked, c.answer = uid, true, c.reader.reasonFor(uid)
	}
	return c.answer
}

// reasonFor tells why the socket of a user has no owner although it has an
// inode: somebody holds it.
func (r *diagReader) reasonFor(uid uint32) Reason {
	switch mine := uid == r.euid; {
	case r.euid != 0 && !mine:
		return OtherUser
	case r.owners.hidden(r.who, uid):
		return Unreadable
	case r.nested:
		return OtherNamespace
	case r.euid != 0:
		// Every process of this user could be read, so it was handed on.
		return OtherUser
	}
	return HeldByKernel
}

func hiddenOwners(n int) Warning {
	return Warning{
		Kind: OwnersHidden, Count: n,
		Text: plural(n, "socket") + " owned by other users: run as root to see their processes",
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
