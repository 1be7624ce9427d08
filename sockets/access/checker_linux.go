package access

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// checker gathers the facts on Linux, each stage when it is first asked for.
type checker struct {
	proc  string
	self  string // what in proc stands for this thread: rights and namespaces are a thread's
	facts linuxFacts
	has   [features + 1]bool
}

func newChecker(proc string) checker {
	c := checker{proc: proc, self: "thread-self", facts: linuxFacts{uid: uint32(os.Geteuid())}}
	if c.link(c.self) == "" { // before Linux 3.17
		c.self = "self"
	}
	return c
}

func (c *checker) uid() uint32 { return c.facts.uid }

func (c *checker) questions() []question { return c.facts.questions(c.gather) }

func (c *checker) gather(s stage) {
	if c.has[s] {
		return
	}
	c.has[s] = true
	c.gather(basics)
	if s == networks || s == features {
		c.gather(rights)
	}
	switch s {
	case basics:
		c.gatherBasics()
	case rights:
		c.gatherRights()
	case networks:
		c.facts.otherNetworks = c.countOtherNetworks()
	case closing:
		if !c.has[features] {
			c.facts.features = probeDiag(false)
		}
	case features:
		c.facts.features = probeFeatures()
	}
}

func (c *checker) gatherBasics() {
	f := &c.facts
	f.status = parseStatus(c.read(c.self + "/status"))
	f.pidNS, f.userNS = c.link(c.self+"/ns/pid"), c.link(c.self+"/ns/user")
	f.ownsPIDNS, f.ownsNetNS = c.owns(c.self+"/ns/pid"), c.owns(c.self+"/ns/net")
}

func (c *checker) gatherRights() {
	f := &c.facts
	f.netNS = c.link(c.self + "/ns/net")
	f.firstNet = c.inFirstNetwork()
	f.mount, f.hasMount = parseProcMount(c.read(c.self+"/mounts"), c.proc)
	if groups, err := os.Getgroups(); err == nil {
		f.inExempt = f.hasMount && f.mount.gid >= 0 && slices.Contains(append(groups, os.Getegid()), f.mount.gid)
	}
	f.ptraceScope = c.number("sys/kernel/yama/ptrace_scope")
	f.firstPort = c.number("sys/net/ipv4/ip_unprivileged_port_start")
	f.unprivilegedBPF = c.number("sys/kernel/unprivileged_bpf_disabled")
	if b, err := os.ReadFile("/sys/kernel/security/lockdown"); err == nil {
		f.lockdown, _ = parseLockdown(b)
	}
	f.btf = exists("/sys/kernel/btf/vmlinux")
	c.gatherMarks()
}

// gatherMarks looks for what containers and stand-ins for the kernel leave.
func (c *checker) gatherMarks() {
	m := &c.facts.marks
	m.dockerEnv, m.containerEnv = exists("/.dockerenv") == Yes, exists("/run/.containerenv") == Yes
	b, _ := os.ReadFile("/run/systemd/container") // most systems have none
	m.systemdFile, m.cgroup = string(b), string(c.read(c.self+"/cgroup"))
	m.variable, m.kubernetes = os.Getenv("container"), os.Getenv("KUBERNETES_SERVICE_HOST") != ""
	for _, kind := range [...]string{"pid", "user", "ipc", "uts", "cgroup"} {
		m.namespaces = append(m.namespaces, c.link(c.self+"/ns/"+kind))
	}
	var name unix.Utsname
	if unix.Uname(&name) == nil {
		m.kernelRelease = unix.ByteSliceToString(name.Release[:])
		c.facts.version = unix.ByteSliceToString(name.Version[:])
	}
}

// read returns nothing for what is not readable: the answers say so.
func (c *checker) read(name string) []byte {
	b, _ := os.ReadFile(filepath.Join(c.proc, name))
	return b
}

func (c *checker) link(name string) string {
	link, _ := os.Readlink(filepath.Join(c.proc, name))
	return link
}

// number reads a file that has one number, -1 if it cannot.
func (c *checker) number(name string) int {
	n, err := strconv.Atoi(strings.TrimSpace(string(c.read(name))))
	if err != nil {
		return -1
	}
	return n
}

func exists(path string) Verdict {
	switch _, err := os.Stat(path); {
	case err == nil:
		return Yes
	case errors.Is(err, fs.ErrNotExist):
		return No
	}
	return Unknown
}

// owns reports whether capabilities of this process count in a namespace: the
// kernel only names an owner that is this user namespace or one below it
// (ns_get_owner, kernel/user_namespace.c).
func (c *checker) owns(name string) Verdict {
	fd, err := unix.Open(filepath.Join(c.proc, name), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return Unknown
	}
	defer unix.Close(fd)
	owner, err := unix.IoctlRetInt(fd, unix.NS_GET_USERNS)
	switch {
	case err == nil:
		unix.Close(owner)
		return Yes
	case err == unix.EPERM:
		return No
	case c.link(c.self+"/ns/user") == initialUserNS: // the kernel is older than the question (4.9)
		return Yes
	}
	return Unknown
}

// inFirstNetwork asks by a sysctl that exists in the first network namespace only
// (net_core_table, net/core/sysctl_net_core.c), next to one that is in all.
func (c *checker) inFirstNetwork() Verdict {
	first := exists(filepath.Join(c.proc, "sys/net/core/netdev_max_backlog"))
	if first == No && exists(filepath.Join(c.proc, "sys/net/core/somaxconn")) != Yes {
		return Unknown
	}
	return first
}

// countOtherNetworks counts the network namespaces of other processes. The inode
// of net/tcp is one for each, and any user may ask for it.
func (c *checker) countOtherNetworks() int {
	own, ok := c.networkOf(c.self)
	dir, err := os.Open(c.proc)
	if err != nil || !ok {
		return -1
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return -1
	}
	others := map[uint64]bool{}
	for _, name := range names {
		if _, err := strconv.Atoi(name); err != nil {
			continue
		}
		if n, ok := c.networkOf(name); ok && n != own { // or it ended meanwhile
			others[n] = true
		}
	}
	return len(others)
}

func (c *checker) networkOf(pid string) (inode uint64, ok bool) {
	var st unix.Stat_t
	err := unix.Stat(filepath.Join(c.proc, pid, "net/tcp"), &st)
	return st.Ino, err == nil
}
