package process

import (
	"slices"
	"strings"

	"lotop/sockets/untrusted"
)

// Service says what the unit of a [Cgroup] is where services are those of
// Windows.
type Service string

// The kinds of service, as recordings write them.
const (
	NoService   Service = ""          // a unit of systemd, or none
	Stoppable   Service = "stoppable" // a service that can be stopped
	Unstoppable Service = "permanent" // one that lets nobody stop it
	Shared      Service = "shared"    // several in one process; Unit names them with commas between
)

// serviceState is what the service manager of Windows tells of one service.
type serviceState struct {
	name      string
	pid       int
	stoppable bool // it takes SERVICE_CONTROL_STOP
}

// servicesByPID gives every process that runs services what it runs.
func servicesByPID(all []serviceState) map[int]Cgroup {
	names, found := map[int][]string{}, map[int]Cgroup{}
	for _, s := range all {
		if s.pid == 0 {
			continue // it has just ended, or runs in the kernel
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
