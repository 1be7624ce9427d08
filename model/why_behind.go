package model

import "lotop/sockets/process"

// Behind is what stands behind processes that hold a port for somebody else, by
// their pid.
type Behind struct {
	Units   map[int]SocketUnit // for which systemd holds it
	Proxied map[int]Container  // into which the port leads
}

// SocketUnit is a socket unit of systemd, the system's or a user's own.
type SocketUnit struct {
	Name string
	User bool
}

// Container is a container that a port leads into.
type Container struct{ Engine, Name string }

// substitute is what to stop in place of a process, and why.
type substitute struct {
	why    string // what the process does, as what comes after its name
	remedy Remedy
}

// substituteFor tells whether ending a process would be wrong because it holds the
// port for somebody else, and what to do in its place.
func (b *Behind) substituteFor(p *process.Process) (substitute, bool) {
	if s, ok := serviceIn(&p.Cgroup); ok {
		return s, true
	}
	if isManager(p) {
		ctl := "systemctl "
		if p.PID != 1 {
			ctl = "systemctl --user "
		}
		if u, ok := b.Units[p.PID]; ok {
			return substitute{"holds the port for the socket unit " + u.Name, Remedy{Action: StopUnit, Unit: u.Name, Command: ctl + "stop " + u.Name}}, true
		}
		return substitute{"holds the port, as systemd does for socket units", Remedy{Action: StopUnit, Command: ctl + "list-sockets"}}, true
	}
	if c, ok := b.Proxied[p.PID]; ok {
		return substitute{"forwards the port to the container " + c.Name, Remedy{Action: StopContainer, Container: c.Name, Command: c.Engine + " stop " + c.Name}}, true
	}
	if program(p) == "docker-proxy" {
		return substitute{"forwards the port to a container", Remedy{Action: StopContainer, Command: "docker ps"}}, true
	}
	return substitute{}, false
}

// isManager tells whether a process is the systemd of the system or of a user,
// whose services would all go with it.
func isManager(p *process.Process) bool { return p.Name.String() == "systemd" }

// refusal tells whom no plan ends: whom protected names, and who holds the port
// for somebody else.
func (b *Behind) refusal(p *process.Process, protected func(*process.Process) (string, bool)) (string, bool) {
	if s, ok := b.substituteFor(p); ok {
		return "it " + s.words(), true
	}
	return protected(p)
}

func refusal(p *process.Process, protected func(*process.Process) (string, bool)) (string, bool) {
	var nothing Behind
	return nothing.refusal(p, protected)
}
