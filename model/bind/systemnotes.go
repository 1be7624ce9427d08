package bind

import (
	"fmt"

	"lotop/sockets"
)

// noteShadowed notes that a listener on every address receives nothing on one of them,
// because another socket listens on just that. Windows allows it between any two
// programs.
func (d *Diagnosis) noteShadowed(e *Evidence) []string {
	var notes []string
	for i := range e.Rows {
		specific := e.Rows[i].Socket
		if specific.State != sockets.Listen || specific.Local.Addr().IsUnspecified() {
			continue
		}
		for j := range e.Rows {
			wide := e.Rows[j].Socket
			if wide.State != sockets.Listen || !wide.Local.Addr().IsUnspecified() || !wide.Accepts(specific.Local.Addr()) {
				continue
			}
			if wide.SharesOwner(specific) || wide.V6 && !specific.V6 && wide.V6Only != sockets.No {
				continue // intended by their common owner, or not known to compete
			}
			notes = append(notes, fmt.Sprintf(
				"%s is shadowed on %s: connections to that address reach %s, whose bind is more specific",
				ownerText(&e.Rows[j]), specific.Local.Addr(), ownerText(&e.Rows[i])))
		}
	}
	return notes
}

// sharedPortText returns how several sockets can listen on one address, and what that
// means. macOS picks the same one every time (in_pcblookup_hash).
func (s *Platform) sharedPortText() string {
	switch {
	case s.linux():
		return "SO_REUSEPORT: the kernel distributes connections among them, so responses may alternate"
	case s.windows():
		return "SO_REUSEADDR: which one receives a connection is undefined"
	}
	return "SO_REUSEPORT: one of them receives every connection until it closes"
}

// ephemeralText names the ephemeral port range, and where it is set.
func (e *Evidence) ephemeralText() string {
	where := ""
	if e.Platform.macOS() {
		where = ", sysctl net.inet.ip.portrange"
	}
	return fmt.Sprintf("the ephemeral port range (%d-%d%s)", e.Platform.Ephemeral.First, e.Platform.Ephemeral.Last, where)
}

// policyExamples returns examples of policies that deny a bind.
func (s *Platform) policyExamples() string {
	switch {
	case s.linux():
		return " (seccomp, SELinux, AppArmor or a BPF program)"
	case s.macOS():
		return " (the sandbox of the program, or a profile)"
	}
	return ""
}

// redirectCause returns what may redirect a connection away from the listed sockets.
func (s *Platform) redirectCause() string {
	switch {
	case s.linux():
		return "a firewall rule or another network namespace"
	case s.macOS():
		return "a firewall rule (pf)"
	}
	return "a port proxy or firewall rule"
}

// noteDenied explains why this user may not bind the port.
func (e *Evidence) noteDenied(b Bind) string {
	switch {
	case e.Platform.windows():
		return e.noteDeniedByWindows(b)
	case e.Platform.macOS() && e.Target.Port < e.Platform.Unprivileged && !b.Host.IsUnspecified():
		return fmt.Sprintf("macOS lets only root bind a specific address below port %d; "+
			"0.0.0.0 and :: are allowed but exposed: "+
			"run the server as root, bind to all addresses, or use a higher port",
			e.Platform.Unprivileged)
	case e.Platform.linux():
		return fmt.Sprintf("ports below %d (ip_unprivileged_port_start) require CAP_NET_BIND_SERVICE: "+
			"run the server as root, grant the capability, or use a higher port",
			e.Platform.Unprivileged)
	}
	return "this user may not bind the port: run the server as root, or use a higher port"
}

// noteDeniedByWindows explains why Windows denies a bind although no socket is listed.
func (e *Evidence) noteDeniedByWindows(b Bind) string {
	if e.hasBlocker(b) {
		return "its owner bound it exclusively (SO_EXCLUSIVEADDRUSE), or is another user"
	}
	family := "ipv4"
	if b.Host.Is6() {
		family = "ipv6"
	}
	list := fmt.Sprintf("netsh interface %s show excludedportrange protocol=%s", family, e.Target.Protocol)
	if r, ok := e.Platform.excluded(e.Target.Port); ok {
		return fmt.Sprintf("ports %d-%d are reserved by Windows (Hyper-V, WinNAT or another service); no process owns them: "+
			"use a port outside the reserved ranges (run %s), "+
			"or as administrator run net stop winnat, start the server, run net start winnat",
			r.First, r.Last, list)
	}
	return "Windows denies the bind although no socket is listed: the port may be reserved (run " + list + ")" +
		e.maybeBoundNote()
}

// excludeCommand returns the command that excludes a port from the dynamic range. A
// server can still bind it; only binds to any free port do not get it. It requires an
// administrator.
func (e *Evidence) excludeCommand() string {
	return fmt.Sprintf("netsh interface ipv4 add excludedportrange protocol=%s startport=%d numberofports=1",
		e.Target.Protocol, e.Target.Port)
}

// ListBound lists the TCP sockets that are bound without listening, with their PIDs
// (netstat in the documentation of Windows, since Windows 10). GetExtendedTcpTable omits
// them, and no documented call returns them.
const ListBound = "netstat -anoq"

// unlistedBoundNote explains a port that Windows reports in use although its tables do
// not list it.
func (e *Evidence) unlistedBoundNote() string {
	if e.Target.Protocol != sockets.TCP {
		return "Windows refused the bind, but no listed socket explains it: it may have just opened or closed; try again"
	}
	return "Windows refused the bind and lists no owner: its tables omit TCP sockets that are bound but not listening; " +
		ListBound + " lists them as BOUND, with the PID"
}

// maybeBoundNote returns the clause that adds such a socket to the reasons for a denied
// port.
func (e *Evidence) maybeBoundNote() string {
	if e.Target.Protocol != sockets.TCP {
		return ""
	}
	return ", or a socket may be bound but not listening (" + ListBound + " shows BOUND)"
}
