package bind

import (
	"strings"

	"lotop/sockets/process"
)

// Delegations is what stands behind processes that hold a port for somebody else, by
// their pid.
type Delegations struct {
	Units   map[int]SocketUnit // for which systemd holds it
	Proxies map[int]Container  // into which the port leads
	Port    uint16             // that they hold
}

// SocketUnit is a socket unit of systemd, the system's or a user's own.
type SocketUnit struct {
	Name string
	User bool
}

// Container is a container that a port leads into.
type Container struct{ Engine, Name string }

// delegation is what to stop in place of a process, and why.
type delegation struct {
	reason string // what the process does, as what comes after its name
	remedy Remedy
}

// delegationOf tells whether ending a process would be wrong because it holds the
// port for somebody else, and what to do in its place.
func (b *Delegations) delegationOf(p *process.Process) (delegation, bool) {
	if s, ok := serviceDelegation(&p.Cgroup); ok {
		return s, true
	}
	if isSystemd(p) {
		ctl := "systemctl "
		if p.PID != 1 {
			ctl = "systemctl --user "
		}
		if u, ok := b.Units[p.PID]; ok {
			return delegation{"listens on behalf of the socket unit " + u.Name, Remedy{Action: StopUnit, Unit: u.Name, Command: ctl + "stop " + u.Name}}, true
		}
		return delegation{"listens on behalf of a socket unit", Remedy{Action: StopUnit, Command: ctl + "list-sockets"}}, true
	}
	if isLaunchd(p) {
		return delegation{
			"listens on behalf of a launchd job and starts it on the first connection; stop it with sudo launchctl bootout system/LABEL (a user's job: gui/UID/LABEL); find the label with",
			Remedy{Action: StopJob, Command: "sudo launchctl list"},
		}, true
	}
	if b.isAirPlay(p) {
		return delegation{
			"listens for AirPlay Receiver and restarts if stopped",
			Remedy{Action: ChangeSetting, Setting: "AirPlay Receiver in System Settings › General › AirDrop & Handoff"},
		}, true
	}
	if c, ok := b.Proxies[p.PID]; ok {
		return delegation{"forwards the port to the container " + c.Name, Remedy{Action: StopContainer, Container: c.Name, Command: c.Engine + " stop " + c.Name}}, true
	}
	if engine := ForwarderEngine(p); engine != "" {
		return delegation{"forwards the port to a container", Remedy{Action: StopContainer, Command: engine + " ps"}}, true
	}
	return delegation{}, false
}

// isSystemd tells whether a process is the systemd of the system or of a user,
// whose services would all go with it.
func isSystemd(p *process.Process) bool { return p.Name.String() == "systemd" }

// isLaunchd tells whether a process is the one that starts all others on macOS. It
// listens for jobs that have Sockets in their property list, launchd.plist(5).
func isLaunchd(p *process.Process) bool { return p.PID == 1 && p.Name.String() == "launchd" }

// ForwarderEngine returns the command of the container engine that forwards ports
// by such a process, empty if none does. To stop it would cut the network of a whole
// container.
func ForwarderEngine(p *process.Process) string {
	switch p.Name.String() {
	case "docker-proxy", "rootlesskit", "com.docker.backe": // Docker Desktop's, cut off by macOS
		return "docker"
	case "rootlessport", "pasta", "pasta.avx2", "slirp4netns":
		return "podman"
	}
	if commandName(p) == "docker-proxy" {
		return "docker"
	}
	return ""
}

// isAirPlay tells whether a process is the Control Center of macOS and the port one
// of those on which it serves AirPlay. A program of that name from elsewhere is
// not meant.
func (b *Delegations) isAirPlay(p *process.Process) bool {
	const folder = "/System/Library/CoreServices/ControlCenter.app/"
	return p.Name.String() == "ControlCenter" && (b.Port == 5000 || b.Port == 7000) &&
		(len(p.Args) == 0 || strings.HasPrefix(p.Args[0], folder))
}

// SkipReason tells whom no plan ends: whom protected names, and who holds the port
// for somebody else.
func (b *Delegations) SkipReason(p *process.Process, protected func(*process.Process) (string, bool)) (string, bool) {
	if s, ok := b.delegationOf(p); ok {
		return "it " + s.text(), true
	}
	return protected(p)
}
