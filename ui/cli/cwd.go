package cli

import (
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// detailsReader reads what a snapshot does not have of a process.
type detailsReader interface {
	Details(pid int) (*process.Details, error)
}

// directories returns where processes work, each read once. A recording has none:
// its processes are not of this machine.
func (a *app) directories(o *options) directories {
	if a.processes == nil || o.recording.replay != "" {
		return func(*process.Process) untrusted.Text { return untrusted.Text{} }
	}
	type identity struct {
		pid   int
		start uint64
	}
	known := map[identity]untrusted.Text{}
	return func(p *process.Process) untrusted.Text {
		id := identity{p.PID, p.Start}
		cwd, ok := known[id]
		if ok {
			return cwd
		}
		if d, err := a.processes.Details(p.PID); err == nil && d.Same(p) {
			cwd = d.Cwd
		}
		known[id] = cwd
		return cwd
	}
}
