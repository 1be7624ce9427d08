package model

import (
	"strings"

	"lotop/sockets"
	"lotop/sockets/process"
)

// serviceIn says what to do in place of ending a process that Windows runs as a
// service: it is to be stopped, or Windows may start it again.
func serviceIn(g *process.Cgroup) (substitute, bool) {
	unit := g.Unit.String()
	switch g.Service {
	case process.Stoppable:
		return substitute{"is the service " + unit, Remedy{Action: StopUnit, Unit: unit, Command: stopService(unit)}}, true
	case process.Permanent:
		return substitute{why: "is the service " + unit + ", which cannot be stopped: use another port"}, true
	case process.Shared:
		// No table that any user may read tells which of them made a socket. This
		// names it above the program (netstat in the documentation of Windows).
		return substitute{"runs the services " + unit + ", only one of which owns the port", Remedy{Action: StopUnit, Command: "netstat -abno"}}, true
	case process.NoService:
	}
	return substitute{}, false
}

// isService tells whether a process is one that free leaves to Windows to stop.
func isService(in *sockets.Snapshot, pid int32) bool {
	p := in.Process(pid)
	return p != nil && p.Cgroup.Service != process.NoService
}

// ServicesList shows the services, to be stopped there.
const ServicesList = "services.msc"

// stopService is what stops a service, in every shell of Windows: in PowerShell
// sc is another command. A name that a shell would not take as it is leads to
// the list of services.
func stopService(name string) string {
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

// StopService is the command that stops the service of Windows in which
// something runs, empty if it is in none that can be stopped.
func StopService(g *process.Cgroup) string {
	if g.Service != process.Stoppable {
		return ""
	}
	return stopService(g.Unit.String())
}

// words says what the process does, after its name, and what to do.
func (s *substitute) words() string {
	if s.remedy.Action == "" {
		return s.why
	}
	return s.why + ": " + s.remedy.Words()
}
