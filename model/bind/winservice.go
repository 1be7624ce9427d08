package bind

import (
	"strings"

	"lotop/sockets"
	"lotop/sockets/process"
)

// serviceDelegation says what to do in place of ending a process that Windows runs as a
// service: it is to be stopped, or Windows may start it again.
func serviceDelegation(g *process.Cgroup) (delegation, bool) {
	unit := g.Unit.String()
	switch g.Service {
	case process.Stoppable:
		return delegation{"is the service " + unit, Remedy{Action: StopUnit, Unit: unit, Command: serviceStopCommand(unit)}}, true
	case process.Unstoppable:
		return delegation{reason: "is the service " + unit + ", which cannot be stopped: use another port"}, true
	case process.Shared:
		// No table that any user may read tells which of them made a socket. This
		// names it above the program (netstat in the documentation of Windows).
		return delegation{"runs the services " + unit + ", only one of which owns the port", Remedy{Action: StopUnit, Command: "netstat -abno"}}, true
	case process.NoService:
	}
	return delegation{}, false
}

// isWindowsService tells whether a process is one that free leaves to Windows to stop.
func isWindowsService(in *sockets.Snapshot, pid int32) bool {
	p := in.Process(pid)
	return p != nil && p.Cgroup.Service != process.NoService
}

// ServicesList shows the services, to be stopped there.
const ServicesList = "services.msc"

// serviceStopCommand is what stops a service, in every shell of Windows: in PowerShell
// sc is another command. A name that a shell would not take as it is leads to
// the list of services.
func serviceStopCommand(name string) string {
	odd := func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("_.- ()", r))
	}
	switch {
	case strings.ContainsFunc(name, odd) || strings.HasPrefix(name, "-"):
		return ServicesList
	case strings.ContainsAny(name, " ()"):
		return `net stop "` + name + `"`
	}
	return "net stop " + name
}

// StopServiceCommand is the command that stops the service of Windows in which
// something runs, empty if it is in none that can be stopped.
func StopServiceCommand(g *process.Cgroup) string {
	if g.Service != process.Stoppable {
		return ""
	}
	return serviceStopCommand(g.Unit.String())
}

// text says what the process does, after its name, and what to do.
func (s *delegation) text() string {
	if s.remedy.Action == "" {
		return s.reason
	}
	return s.reason + ": " + s.remedy.Text()
}
