package bind

import (
	"strings"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// serviceDelegation returns what to do instead of stopping the process of a Windows
// service: the service must be stopped, or Windows may restart it.
func serviceDelegation(g *process.Cgroup) (delegation, bool) {
	unit := g.Unit.String()
	switch g.Service {
	case process.Stoppable:
		return delegation{
			"is the service " + unit, Remedy{Action: StopUnit, Unit: unit, Command: serviceStopCommand(unit)},
		}, true
	case process.Unstoppable:
		return delegation{reason: "is the service " + unit + ", which cannot be stopped: use another port"}, true
	case process.Shared:
		// No table that every user can read shows which of them owns a socket. This
		// command names it above the program (netstat in the documentation of Windows).
		return delegation{
			"runs the services " + unit + ", only one of which owns the port",
			Remedy{Action: StopUnit, Command: "netstat -abno"},
		}, true
	case process.NoService:
	}
	return delegation{}, false
}

// isWindowsService reports whether a process is a Windows service, which free does not
// stop itself.
func isWindowsService(in *sockets.Snapshot, pid int32) bool {
	p := in.Process(pid)
	return p != nil && p.Cgroup.Service != process.NoService
}

// ServicesList opens the list of services, where they can be stopped.
const ServicesList = "services.msc"

// serviceStopCommand returns the command that stops a service in every shell of Windows
// (in PowerShell sc is another command). For a name that needs quoting in a shell it is
// the list of services.
func serviceStopCommand(name string) string {
	quoted := strings.NewReplacer(" ", "", "(", "", ")", "").Replace(name)
	switch {
	case !untrusted.IsShellWord(quoted):
		return ServicesList
	case quoted != name:
		return `net stop "` + name + `"`
	}
	return "net stop " + name
}

// StopServiceCommand returns the command that stops the Windows service of a process,
// empty if it is in none that can be stopped.
func StopServiceCommand(g *process.Cgroup) string {
	if g.Service != process.Stoppable {
		return ""
	}
	return serviceStopCommand(g.Unit.String())
}

// text returns what the process does, as a predicate to its name, and what to do.
func (s *delegation) text() string {
	if s.remedy.Action == "" {
		return s.reason
	}
	return s.reason + ": " + s.remedy.Text()
}
