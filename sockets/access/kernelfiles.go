package access

import (
	"slices"
	"strconv"
	"strings"
)

// procMount are the options of a proc file system that hide processes.
type procMount struct {
	hidePID string // as the kernel writes it, empty for none
	gid     int    // of the group that is exempt, -1 for none
}

// hides reports whether the folders of other users' processes are closed.
func (m *procMount) hides() bool { return m.hidePID != "" && m.hidePID != "0" && m.hidePID != "off" }

// parseProcMount finds the proc file system that is mounted last at a path in
// /proc/mounts; ok is false if there is none.
func parseProcMount(mounts []byte, at string) (m procMount, ok bool) {
	for line := range strings.Lines(string(mounts)) {
		f := strings.Fields(line)
		if len(f) < 4 || unescapeMount(f[1]) != at {
			continue
		}
		if f[2] != "proc" {
			ok = false // something else covers it
			continue
		}
		m, ok = procMount{gid: -1}, true
		for option := range strings.SplitSeq(f[3], ",") {
			switch name, value, _ := strings.Cut(option, "="); name {
			case "hidepid":
				m.hidePID = value
			case "gid":
				if n, err := strconv.Atoi(value); err == nil {
					m.gid = n
				}
			}
		}
	}
	return m, ok
}

// unescapeMount undoes how the kernel writes spaces and the like in a path.
func unescapeMount(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// parseLockdown reads the mode out of "none [integrity] confidentiality".
func parseLockdown(b []byte) (mode string, ok bool) {
	_, rest, found := strings.Cut(string(b), "[")
	mode, _, closed := strings.Cut(rest, "]")
	return mode, found && closed && mode != ""
}

// kernelKind recognizes kernels that are not Linux but look like it, by the first two
// lines of uname: WSL1 translates system calls, gVisor implements them anew.
func kernelKind(release, version string) string {
	switch {
	case strings.Contains(release, "gvisor"),
		release == "4.4.0" && strings.Contains(version, "Sun Jan 10 15:06:54 PST 2016"):
		return "gVisor"
	case strings.HasSuffix(release, "-Microsoft"):
		return "WSL1"
	}
	return "Linux"
}

// containerMarks are what container engines leave inside.
type containerMarks struct {
	dockerEnv     bool   // /.dockerenv
	containerEnv  bool   // /run/.containerenv
	systemdFile   string // /run/systemd/container
	variable      string // $container
	kubernetes    bool   // $KUBERNETES_SERVICE_HOST
	cgroup        string // /proc/self/cgroup
	kernelRelease string
	namespaces    []string // links, empty ones for kinds that this kernel does not have
}

// firstNamespaces are the links of the machine's first namespaces, of the kinds
// that engines make (include/uapi/linux/nsfs.h).
var firstNamespaces = [...]string{
	"ipc:[4026531839]", "uts:[4026531838]", "cgroup:[4026531835]", initialPIDNS, initialUserNS,
}

// outside reports whether every namespace is the machine's first. Marks then mean
// little: the file system of a virtual machine may have been a container's.
func (m *containerMarks) outside() bool {
	for _, link := range m.namespaces {
		if link != "" && !slices.Contains(firstNamespaces[:], link) {
			return false
		}
	}
	return len(m.namespaces) > 0
}

// engine returns the name of the engine, empty if nothing points to one, and the
// mark that gave it away.
func (m *containerMarks) engine() (name, mark string) {
	if m.outside() {
		return "", ""
	}
	named := strings.TrimSpace(m.systemdFile)
	switch {
	case m.kubernetes:
		return "kubernetes", "$KUBERNETES_SERVICE_HOST"
	case m.containerEnv:
		return "podman", "/run/.containerenv"
	case m.dockerEnv:
		return "docker", "/.dockerenv"
	case named != "" && named != "wsl":
		return named, "/run/systemd/container"
	case m.variable != "":
		return m.variable, "$container"
	}
	for _, c := range [...]struct{ part, engine string }{
		{"/kubepods", "kubernetes"}, {"/libpod", "podman"}, {"/docker", "docker"}, {"/lxc", "lxc"},
	} {
		if strings.Contains(m.cgroup, ":"+c.part) {
			return c.engine, "/proc/self/cgroup"
		}
	}
	return "", ""
}

// wsl2 reports whether this is a distribution under WSL2, a Linux of its own.
func (m *containerMarks) wsl2() bool { return strings.Contains(m.kernelRelease, "-microsoft-") }
