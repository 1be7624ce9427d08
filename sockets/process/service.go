package process

import (
	"slices"
	"strings"

	"lotop/sockets/untrusted"
)

// Service is the kind of the Unit of a [Cgroup] on Windows.
type Service string

// The kinds of service, as they are recorded.
const (
	NoService   Service = ""          // a systemd unit, or none
	Stoppable   Service = "stoppable" // a service that can be stopped
	Unstoppable Service = "permanent" // a service that does not accept a stop
	Shared      Service = "shared"    // several in one process; Unit has their names, separated by commas
)

// serviceState is what the service control manager returns about one service.
type serviceState struct {
	name      string
	pid       int
	stoppable bool // it accepts SERVICE_CONTROL_STOP
}

// servicesByPID returns the services of every process that runs any.
func servicesByPID(all []serviceState) map[int]Cgroup {
	names, found := map[int][]string{}, map[int]Cgroup{}
	for _, s := range all {
		if s.pid == 0 {
			continue // it has just stopped, or runs in the kernel
		}
		names[s.pid] = append(names[s.pid], s.name)
		slices.Sort(names[s.pid])
		g := Cgroup{Unit: untrusted.New(strings.Join(names[s.pid], ", ")), Service: Unstoppable}
		switch {
		case len(names[s.pid]) > 1:
			g.Service = Shared
		case s.stoppable:
			g.Service = Stoppable
		}
		found[s.pid] = g
	}
	return found
}
