package live

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// cgroups maps the cgroup ID of a socket (the inode of its cgroup v2 directory) to a
// systemd unit or a container. That needs no privileges, so it works where the owner
// of a socket may not be read.
type cgroups struct {
	root     string // mount point of the hierarchy, empty if none
	byID     map[uint64]*process.Cgroup
	nextWalk time.Time // the tree is not walked for an unknown ID before then
}

// walkInterval limits how often the tree is walked: the directory of a stopped
// service is gone, and its sockets would cause a walk at every read.
const walkInterval = 5 * time.Second

func newCgroups(proc string) *cgroups {
	mounts, err := os.ReadFile(filepath.Join(proc, "self/mountinfo"))
	if err != nil {
		return &cgroups{}
	}
	return &cgroups{root: cgroupMount(string(mounts)), byID: map[uint64]*process.Cgroup{}}
}

// cgroupMount returns the mount point of the cgroup2 hierarchy from the text of
// mountinfo: type, source and options follow a lone dash (proc_pid_mountinfo(5)).
func cgroupMount(mountinfo string) string {
	for line := range strings.Lines(mountinfo) {
		before, after, ok := strings.Cut(line, " - ")
		fields := strings.Fields(before)
		if ok && strings.HasPrefix(after, "cgroup2 ") && len(fields) >= 5 {
			return unescapeMount.Replace(fields[4])
		}
	}
	return ""
}

// unescapeMount reverses the kernel's escaping of paths in mountinfo.
var unescapeMount = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// attach sets the cgroup of every socket without owner; that of the others is known
// from their owners.
func (c *cgroups) attach(all []sockets.Socket, now time.Time) {
	if c.root == "" {
		return
	}
	var lastID uint64
	var last *process.Cgroup
	for i := range all {
		s := &all[i]
		if s.CgroupID == 0 || len(s.Owners) > 0 {
			continue
		}
		if s.CgroupID != lastID {
			lastID, last = s.CgroupID, c.lookup(s.CgroupID, now)
		}
		s.Cgroup = last
	}
}

func (c *cgroups) lookup(id uint64, now time.Time) *process.Cgroup {
	if g, ok := c.byID[id]; ok {
		return g
	}
	if now.Before(c.nextWalk) {
		return nil
	}
	c.nextWalk = now.Add(walkInterval)
	c.walk()
	return c.byID[id]
}

// walk reads the whole tree again, so that removed directories are dropped.
func (c *cgroups) walk() {
	clear(c.byID)
	// A directory that is removed meanwhile is no error.
	_ = filepath.WalkDir(c.root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return nil
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return nil
		}
		g := process.ParseCgroup("/" + strings.TrimPrefix(strings.TrimPrefix(path, c.root), "/"))
		if g.Unit != (untrusted.Text{}) || g.Container != (untrusted.Text{}) {
			c.byID[st.Ino] = &g
		}
		return nil
	})
}
