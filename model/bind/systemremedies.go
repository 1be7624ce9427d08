package bind

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"lotop/sockets/process"
)

// inEphemeralRange tells whether the system may give the port to any program that
// connects somewhere.
func (e *Evidence) inEphemeralRange() bool {
	return e.Platform.Ephemeral.Contains(e.Target.Port) && !e.Platform.Reserved
}

// privilegeRemedies says how a server may have a port that needs one. macOS wants it for
// a single address only (in_pcbbind, bsd/netinet/in_pcb.c).
func (e *Evidence) privilegeRemedies() []Remedy {
	switch {
	case e.Platform.linux():
		return []Remedy{
			{Action: Privilege, Command: "sudo setcap cap_net_bind_service=+ep PROGRAM"},
			{Action: Privilege, Command: fmt.Sprintf("sudo sysctl net.ipv4.ip_unprivileged_port_start=%d", e.Target.Port)},
		}
	case e.Platform.macOS():
		all := []Remedy{{Action: Privilege, Command: "sudo PROGRAM"}}
		for _, a := range e.Binds {
			if a.Host.IsUnspecified() && a.Plain == BindOK {
				all = append(all, Remedy{Action: OtherAddress, Address: a.Host})
			}
		}
		return all
	}
	return nil
}

// reserveCommand keeps the ports that are reserved already: the setting is a
// list, which the command replaces.
func (e *Evidence) reserveCommand() string {
	if e.Platform.windows() {
		return e.excludeCommand()
	}
	list := ""
	for _, kept := range e.Platform.ReservedPorts {
		list += strconv.Itoa(int(kept.First))
		if kept.Last != kept.First {
			list += "-" + strconv.Itoa(int(kept.Last))
		}
		list += ","
	}
	return fmt.Sprintf("sudo sysctl net.ipv4.ip_local_reserved_ports=%s%d", list, e.Target.Port)
}

// supervisorRemedy says how to stop the service or the container that something runs in.
func supervisorRemedy(g *process.Cgroup) (Remedy, bool) {
	if name := g.Container.String(); name != "" {
		r := Remedy{Action: StopContainer, Container: name}
		switch g.Engine {
		case "docker", "podman":
			r.Command = g.Engine + " stop " + name
		case "lxc":
			r.Command = "lxc-stop " + name
		case "nspawn":
			r.Command = "machinectl stop " + name
		}
		return r, true
	}
	unit := g.Unit.String()
	if ending := path.Ext(unit); ending != ".service" && ending != ".socket" || strings.HasPrefix(unit, "user@") {
		return Remedy{}, false
	}
	command := "systemctl stop " + unit
	if g.IsUserUnit() {
		command = "systemctl --user stop " + unit
	}
	return Remedy{Action: StopUnit, Unit: unit, Command: command}, true
}
