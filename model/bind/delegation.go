package bind

import (
	"slices"
	"strings"

	"lotop/sockets/process"
)

// Delegations is what processes own a port on behalf of, by PID.
type Delegations struct {
	Units   map[int]SocketUnit // systemd owns the port for the unit
	Proxies map[int]Container  // the port is forwarded to the container
	Port    uint16             // the port that these processes own
}

// SocketUnit is a systemd socket unit, of the system or of a user.
type SocketUnit struct {
	Name string
	User bool
}

// Container is a container that a port is forwarded to.
type Container struct{ Engine, Name string }

// delegation is what to stop instead of a process, and why.
type delegation struct {
	reason string // what the process does: a predicate to its name
	remedy Remedy
}

// delegationOf returns what to do instead of stopping p; ok is false if p does not own
// the port on behalf of a unit, a container or a service.
func (d *Delegations) delegationOf(p *process.Process) (_ delegation, ok bool) {
	if d, ok := serviceDelegation(&p.Cgroup); ok {
		return d, true
	}
	if isSystemd(p) {
		ctl := "systemctl "
		if p.PID != 1 {
			ctl = "systemctl --user "
		}
		if u, ok := d.Units[p.PID]; ok {
			return delegation{
				"listens on behalf of the socket unit " + u.Name,
				Remedy{Action: StopUnit, Unit: u.Name, Command: ctl + "stop " + u.Name},
			}, true
		}
		return delegation{"listens on behalf of a socket unit", Remedy{Action: StopUnit, Command: ctl + "list-sockets"}}, true
	}
	if isLaunchd(p) {
		return delegation{
			"listens on behalf of a launchd job and starts it on the first connection; " +
				"stop it with sudo launchctl bootout system/LABEL (a user's job: gui/UID/LABEL); find the label with",
			Remedy{Action: StopJob, Command: "sudo launchctl list"},
		}, true
	}
	if d.isAirPlay(p) {
		return delegation{
			"listens for AirPlay Receiver and restarts if stopped",
			Remedy{Action: ChangeSetting, Setting: "AirPlay Receiver in System Settings › General › AirDrop & Handoff"},
		}, true
	}
	if c, ok := d.Proxies[p.PID]; ok {
		return delegation{
			"forwards the port to the container " + c.Name,
			Remedy{Action: StopContainer, Container: c.Name, Command: c.Engine + " stop " + c.Name},
		}, true
	}
	if engine := ForwarderEngine(p); engine != "" {
		return delegation{"forwards the port to a container", Remedy{Action: StopContainer, Command: engine + " ps"}}, true
	}
	return delegation{}, false
}

// isSystemd reports whether p is the systemd of the system or of a user. Stopping it
// would stop all its services.
func isSystemd(p *process.Process) bool { return p.Name.String() == "systemd" }

// isLaunchd reports whether p is launchd, the init of macOS. It listens for jobs that
// have Sockets in their property list, launchd.plist(5).
func isLaunchd(p *process.Process) bool { return p.PID == 1 && p.Name.String() == "launchd" }

// ForwarderEngine returns the command of the container engine that forwards ports
// by such a process, empty if none does. To stop it would cut the network of a whole
// container.
func ForwarderEngine(p *process.Process) string {
	switch name := p.Name.String(); {
	case name == "docker-proxy", name == "rootlesskit", commandName(p) == "docker-proxy":
		return "docker"
	case strings.HasPrefix(name, "com.docker.backe"): // Docker Desktop's, truncated by macOS
		return "docker"
	case slices.Contains([]string{"rootlessport", "pasta", "pasta.avx2", "slirp4netns"}, name):
		return "podman"
	}
	return ""
}

// isAirPlay reports whether p is the Control Center of macOS and the port one on which it
// serves AirPlay. A program of that name at another path does not count.
func (d *Delegations) isAirPlay(p *process.Process) bool {
	const dir = "/System/Library/CoreServices/ControlCenter.app/"
	return p.Name.String() == "ControlCenter" && (d.Port == 5000 || d.Port == 7000) &&
		(len(p.Args) == 0 || strings.HasPrefix(p.Args[0], dir))
}

// SkipReason returns why no plan stops p: because of protected, or because p owns
// the port on behalf of something else; ok is false if p may be stopped.
func (d *Delegations) SkipReason(
	p *process.Process, protected func(*process.Process) (string, bool),
) (reason string, ok bool) {
	if other, ok := d.delegationOf(p); ok {
		return "it " + other.text(), true
	}
	return protected(p)
}
