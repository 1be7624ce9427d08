package process

import (
	"strings"

	"lotop/sockets/untrusted"
)

// ParseCgroup returns the unit and the container of a path in the cgroup hierarchy.
//
// Inside a container only the container counts: a unit there cannot be stopped by
// this machine's service manager, and neither can a container within it. A service
// that runs a single container is returned with it.
func ParseCgroup(path string) Cgroup {
	c := Cgroup{Path: untrusted.New(path)}
	// The kernel appends this to a group that was removed under its processes.
	path = strings.TrimSuffix(path, " (deleted)")
	unit, parent := "", ""
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == ".." {
			continue
		}
		if name, engine := containerOf(parent, part); name != "" {
			c.Container, c.Engine = untrusted.New(name), engine
			c.Unit = untrusted.New(supervisorUnit(parent, part))
			return c
		}
		if isUnit(part) {
			unit = unitName(part)
		}
		parent = part
	}
	c.Unit = untrusted.New(unit)
	return c
}

// IsUserUnit reports whether the unit belongs to a user's own service manager, so
// that systemctl needs --user.
func (c Cgroup) IsUserUnit() bool {
	_, below, found := strings.Cut(c.Path.Raw(), "/user@")
	_, below, found2 := strings.Cut(below, ".service/")
	return found && found2 && c.Unit.Raw() != "" && strings.Contains(below, c.Unit.Raw())
}

// unitSuffixes are those of units that can have processes. A slice only groups
// others.
var unitSuffixes = [...]string{".service", ".scope", ".socket", ".mount", ".swap"}

func isUnit(part string) bool {
	for _, kind := range unitSuffixes {
		if len(part) > len(kind) && strings.HasSuffix(part, kind) {
			return true
		}
	}
	return false
}

// unitName removes the underscore that systemd puts before a name that the kernel
// would take for one of its own files, such as cpu.service.
func unitName(part string) string { return strings.TrimPrefix(part, "_") }

// enginePrefixes are what container engines put before an ID.
var enginePrefixes = [...]struct{ prefix, engine string }{
	{"docker-", "docker"},
	{"libpod-payload-", "podman"}, // the container of a service that podman runs
	{"libpod-", "podman"},
	{"cri-containerd-", "containerd"},
	{"nerdctl-", "containerd"},
	{"crio-", "cri-o"},
}

// containerOf returns name and engine of the container that a component of a path
// stands for, from the component and its parent; the name is empty for any other
// component.
func containerOf(parent, part string) (name, engine string) {
	base := strings.TrimSuffix(part, ".scope")
	// With systemd's notation but without systemd, runc makes one directory
	// SLICE:PREFIX:ID.
	if fields := strings.Split(base, ":"); len(fields) == 3 {
		base = fields[1] + "-" + fields[2]
	}
	for _, e := range enginePrefixes {
		// A helper such as libpod-conmon-ID has no ID right after the prefix.
		if id, ok := strings.CutPrefix(base, e.prefix); ok && isHexID(id, 12) {
			return id[:12], e.engine
		}
	}
	switch {
	case part == base && isHexID(part, 64):
		if engine := engineOf(parent); engine != "" {
			return part[:12], engine
		}
	case parent == "lxc" || parent == "lxc.payload":
		return part, "lxc"
	case strings.HasPrefix(part, "lxc.payload."):
		return part[len("lxc.payload."):], "lxc"
	}
	return machineName(part), "nspawn"
}

// engineOf returns the engine that names a container by its bare ID below that
// directory. In a pod that is containerd: docker left Kubernetes, and cri-o uses a
// prefix.
func engineOf(parent string) string {
	switch {
	case parent == "docker":
		return "docker"
	case strings.HasPrefix(parent, "kubepods"), strings.HasPrefix(parent, "pod") && len(parent) >= len("pod")+32:
		return "containerd"
	}
	return ""
}

// machineName returns the name by which machinectl knows the machine in that unit,
// empty if it is not a container. Virtual machines are registered there too, but
// their sockets on this machine are owned by the emulator.
func machineName(part string) string {
	name, ok := strings.CutPrefix(part, "systemd-nspawn@")
	if ok {
		name, ok = strings.CutSuffix(name, ".service")
	} else if name, ok = strings.CutPrefix(part, "machine-"); ok {
		name, ok = strings.CutSuffix(name, ".scope")
	}
	name = unescape(name)
	if !ok || strings.HasPrefix(name, "qemu-") || strings.HasPrefix(name, "lxc-") {
		return ""
	}
	return name
}

// supervisorUnit returns the service that exists for this one container.
func supervisorUnit(parent, part string) string {
	switch {
	case strings.HasPrefix(part, "systemd-nspawn@"):
		return part
	case strings.HasPrefix(part, "libpod-payload-") && strings.HasSuffix(parent, ".service"):
		return unitName(parent)
	}
	return ""
}

// isHexID reports whether s is an ID of at least that many lower-case hexadecimal
// digits, and at most 64.
func isHexID(s string, minLen int) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(s) >= minLen && len(s) <= 64
}

// unescape decodes the \x2d of systemd in a unit name.
func unescape(s string) string {
	if !strings.Contains(s, `\x`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.HasPrefix(s[i:], `\x`) && len(s) >= i+4 && isHexID(s[i+2:i+4], 2) {
			b.WriteByte(byte(hexNumber([]byte(s[i+2 : i+4]))))
			i += 3
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
