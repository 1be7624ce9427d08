package bind

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// addNotes adds explanations of the result: each note is a sentence with a fact, then
// what follows from it.
func (d *Diagnosis) addNotes(e *Evidence) {
	for _, f := range []func(*Evidence) []string{
		d.noteLocalhost, d.noteSharedPort, d.noteShadowed, d.noteBlockers, d.noteTimeWait, d.noteUnexplained,
		d.noteErrno, d.noteMac, d.noteFree,
	} {
		for _, n := range f(e) {
			if !slices.Contains(d.Notes, n) {
				d.Notes = append(d.Notes, n)
			}
		}
	}
}

func nameAndPID(p *process.Process) string { return fmt.Sprintf("%s (%d)", p.Name, p.PID) }

// noteLocalhost notes that the two addresses of localhost reach different servers, or
// only ::1 reaches one.
func (d *Diagnosis) noteLocalhost(e *Evidence) []string {
	if d.Target.Protocol != sockets.TCP || len(d.Target.Hosts) == 1 {
		return nil
	}
	four, six := e.ReceivingListener(loopback4), e.ReceivingListener(loopback6)
	switch {
	case six == nil: // clients try the other address (most servers listen on IPv4)
		return nil
	case four == nil:
		return []string{"localhost may be refused: nothing is listening on 127.0.0.1; IPv4-only clients fail, [::1] works"}
	case four.Socket.ID == six.Socket.ID || four.Socket.SharesOwner(six.Socket):
		return nil
	}
	return []string{fmt.Sprintf("localhost is ambiguous: 127.0.0.1 reaches %s, ::1 reaches %s; use the address",
		ownerText(four), ownerText(six))}
}

// ReceivingListener returns the listener that receives a connection to host: the most
// specific one; nil if there is none.
func (e *Evidence) ReceivingListener(host netip.Addr) *model.Row {
	var best *model.Row
	for i := range e.Rows {
		r := &e.Rows[i]
		if r.Socket.State != sockets.Listen || !r.Socket.Accepts(host) {
			continue
		}
		if best == nil || specificity(r.Socket, host) > specificity(best.Socket, host) {
			best = r
		}
	}
	return best
}

// specificity ranks listeners for host: on one address before all addresses of the
// family, before all addresses of both.
func specificity(s *sockets.Socket, host netip.Addr) int {
	switch a := s.Local.Addr(); {
	case !a.IsUnspecified():
		return 2
	case a.Is4() == host.Is4():
		return 1
	}
	return 0
}

func ownerText(r *model.Row) string {
	if p := r.Owner(r.Socket); p != nil {
		return nameAndPID(p)
	}
	return "an unknown process"
}

// noteSharedPort notes that several sockets listen on one address.
func (d *Diagnosis) noteSharedPort(e *Evidence) []string {
	for i := range e.Rows {
		s := e.Rows[i].Socket
		if s.State != sockets.Listen {
			continue
		}
		n := 0
		for j := range e.Rows {
			if o := e.Rows[j].Socket; o.State == sockets.Listen && o.Local == s.Local && o.V6 == s.V6 {
				n++
			}
		}
		if n > 1 {
			return []string{fmt.Sprintf("%d listeners share %s with %s", n, s.Local, e.Platform.sharedPortText())}
		}
	}
	return nil
}

// noteBlockers adds notes about the processes that block the bind.
func (d *Diagnosis) noteBlockers(e *Evidence) []string {
	var notes []string
	for i := range e.Rows {
		if s := e.Rows[i].Socket; s.State == sockets.Listen && s.RecvQueue > 0 {
			notes = append(notes, fmt.Sprintf("%s: %d in the accept queue; the process may be hung or suspended",
				ownerText(&e.Rows[i]), s.RecvQueue))
		}
	}
	for i := range d.Blockers {
		h := &d.Blockers[i]
		if h.Row.Socket == nil {
			continue
		}
		if h.Row.Debugger != "" {
			notes = append(notes, fmt.Sprintf("%s is a debug server (%s): "+
				"if its editor has exited, it keeps the port until you stop it",
				ownerText(&h.Row), h.Row.Debugger))
		}
		if h.Cause == CauseSelf {
			notes = append(notes, "self-connect: the client kept retrying an unused ephemeral port "+
				"and was assigned that port itself")
		}
		if (h.Cause == CauseListener || h.Cause == CauseBound) && len(h.Row.Socket.Owners) == 0 {
			notes = append(notes, CannotStopReason(h.Row.Socket))
		}
		for _, p := range h.Row.Owners(h.Row.Socket) {
			notes = append(notes, e.noteProcess(h, p)...)
		}
	}
	return notes
}

func (e *Evidence) noteProcess(h *Blocker, p *process.Process) []string {
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	listens := h.Cause == CauseListener || h.Cause == CauseBound
	other, ok := e.delegationOf(p)
	switch {
	case ok:
		note("%s %s", nameAndPID(p), other.text())
	case p.PID == 1:
		note("%s is init: stopping it stops the whole system", nameAndPID(p))
	case isForwarder(p) && listens:
		note("%s forwards the port: close that session or remove the forward to free it", nameAndPID(p))
	case listens && p.IsOrphan():
		note("%s is orphaned (its parent exited): it may have inherited the socket from a server that exited",
			nameAndPID(p))
	}
	switch p.State {
	case 'T':
		note("%s is suspended: it handles SIGTERM only after SIGCONT; SIGKILL works immediately", nameAndPID(p))
	case 't':
		note("%s is paused by a debugger and may not exit until the debugger detaches", nameAndPID(p))
	case 'D':
		note("%s is in uninterruptible sleep (I/O): no signal takes effect until the I/O completes", nameAndPID(p))
	}
	return notes
}

func commandName(p *process.Process) string {
	if len(p.Args) > 0 {
		return path.Base(strings.TrimSuffix(p.Args[0], ":")) // sshd names itself "sshd: ada"
	}
	return p.Name.String()
}

// isForwarder reports whether a process listens on behalf of another: ssh with a
// forward, the server's side of one, or an editor's remote session.
func isForwarder(p *process.Process) bool {
	switch name := p.Name.String(); {
	case name == "ssh" || name == "autossh" || name == "sshd-session" || name == "wslrelay.exe":
		return true // they listen for nothing else
	case name == "sshd":
		// The title of the server is its path, or "sshd: /usr/sbin/sshd [listener] …";
		// a session's has the user name.
		title := strings.Join(p.Args, " ")
		return strings.HasPrefix(title, "sshd: ") && !strings.Contains(title, "[listener]")
	case strings.HasPrefix(name, "code") || name == "cursor" || name == "kubectl":
		return slices.Contains(p.Args, "port-forward") || strings.HasPrefix(name, "code-tunnel") ||
			slices.Contains(p.Args, "--type=utility")
	}
	return false
}

// noteTimeWait notes that SO_REUSEADDR does not help against a TIME_WAIT socket.
func (d *Diagnosis) noteTimeWait(e *Evidence) []string {
	for i := range d.Blockers {
		h := &d.Blockers[i]
		if h.Cause != CauseTimeWait || len(h.BlocksReuse) == 0 {
			continue
		}
		if !e.Platform.linux() {
			return []string{"SO_REUSEADDR does not help: the TIME_WAIT socket belonged to another user; " +
				"wait for it to expire"}
		}
		return []string{"SO_REUSEADDR does not help: the socket in TIME_WAIT did not set it; " +
			"wait for it to expire, or close it as root"}
	}
	return nil
}

func (d *Diagnosis) noteUnexplained(e *Evidence) []string {
	for i := range d.Blockers {
		if d.Blockers[i].Cause != CauseUnknown {
			continue
		}
		text := "the kernel refused the bind, but no listed socket explains it: " +
			"it may have just opened or closed; run lotop why again"
		switch {
		case e.Platform.windows():
			text = e.unlistedBoundNote()
		case e.Platform.Partial:
			text = "the kernel refused the bind, but the table lotop could read does not show why: " +
				"it omits sockets that are bound but not listening"
		}
		return []string{text}
	}
	return nil
}

// noteErrno explains the results that are not about other sockets.
func (d *Diagnosis) noteErrno(e *Evidence) []string {
	var notes []string
	for _, a := range d.Binds {
		switch a.Plain {
		case BindDenied:
			notes = append(notes, e.noteDenied(a.Bind))
		case "EPERM":
			notes = append(notes, "a security policy"+e.Platform.policyExamples()+" blocks the bind")
		case "EADDRNOTAVAIL":
			notes = append(notes, fmt.Sprintf("%s is not a local address; local addresses: %s",
				a.Host, joinAddrs(e.Platform.Addresses)))
		case "EAFNOSUPPORT":
			notes = append(notes, "IPv6 is not available on this system")
		}
	}
	return notes
}

func joinAddrs(all []netip.Addr) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return strings.Join(words, ", ")
}

// noteFree adds notes about a free port.
func (d *Diagnosis) noteFree(e *Evidence) []string {
	if !d.Verdict.OK() {
		return nil
	}
	var notes []string
	if e.inEphemeralRange() {
		notes = append(notes, "it is in "+e.ephemeralText()+": the system may assign it to any outgoing connection")
	}
	for _, c := range d.Connects {
		if c.Status == "open" && len(d.Blockers) == 0 {
			notes = append(notes, "a connection succeeds although no local socket uses the port: "+
				e.Platform.redirectCause()+" redirects it")
			break
		}
	}
	return notes
}

// CannotStopReason returns why there is no process to stop for a socket without an
// owner, and what to do.
func CannotStopReason(s *sockets.Socket) string {
	switch s.NoOwner {
	case sockets.OtherUser:
		return "owned by another user: run sudo lotop free"
	case sockets.KernelOwned:
		return "owned by the kernel: unmount or shut down what uses it, such as NFS or a tunnel"
	case sockets.OtherNamespace:
		return "owned by a process in another PID namespace: stop it there, or stop the container"
	case sockets.Orphaned:
		return "opened by a process that exited and inherited by another: stop its child processes"
	case sockets.Unreadable:
		return "owner unknown: its file descriptors are not readable"
	}
	return "owner unknown"
}
