package bind

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"lotop/sockets/process"
)

// inEphemeralRange reports whether the system may assign the port to an outgoing
// connection.
func (e *Evidence) inEphemeralRange() bool {
	return e.Platform.Ephemeral.Contains(e.Target.Port) && !e.Platform.Reserved
}

// privilegeRemedies returns how a server can bind a privileged port. macOS requires root
// for specific addresses only (in_pcbbind, bsd/netinet/in_pcb.c).
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

// reserveCommand returns the command that reserves the port. The setting is a list, which
// the command replaces, so it repeats the ports reserved already.
func (e *Evidence) reserveCommand() string {
	if e.Platform.windows() {
		return e.excludeCommand()
	}
	list := ""
	for _, r := range e.Platform.ReservedPorts {
		list += strconv.Itoa(int(r.First))
		if r.Last != r.First {
			list += "-" + strconv.Itoa(int(r.Last))
		}
		list += ","
	}
	return fmt.Sprintf("sudo sysctl net.ipv4.ip_local_reserved_ports=%s%d", list, e.Target.Port)
}

// supervisorRemedy returns how to stop the service or container of a cgroup.
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
	if ext := path.Ext(unit); ext != ".service" && ext != ".socket" || strings.HasPrefix(unit, "user@") {
		return Remedy{}, false
	}
	command := "systemctl stop " + unit
	if g.IsUserUnit() {
		command = "systemctl --user stop " + unit
	}
	return Remedy{Action: StopUnit, Unit: unit, Command: command}, true
}
