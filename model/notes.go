package model

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"lotop/sockets"
	"lotop/sockets/process"
)

// note adds what helps to understand the answer: each note is one sentence of
// what is, then what follows from it.
func (d *Diagnosis) note(e *Evidence) {
	for _, f := range []func(*Evidence) []string{
		d.noteLocalhost, d.noteTwins, d.noteShadowed, d.noteHolders, d.noteTimeWait, d.noteUnseen, d.noteRefusal, d.noteMac, d.noteFree,
	} {
		for _, n := range f(e) {
			if !slices.Contains(d.Notes, n) {
				d.Notes = append(d.Notes, n)
			}
		}
	}
}

func named(p *process.Process) string { return fmt.Sprintf("%s (%d)", p.Name, p.PID) }

// noteLocalhost tells when the two addresses of localhost lead to different
// servers, or only ::1 to any.
func (d *Diagnosis) noteLocalhost(e *Evidence) []string {
	if d.Target.Protocol != sockets.TCP || len(d.Target.Hosts) == 1 {
		return nil
	}
	four, six := e.Answering(loopback4), e.Answering(loopback6)
	switch {
	case six == nil: // clients try the other address; nearly all servers are like that
		return nil
	case four == nil:
		return []string{"localhost may be refused: nobody listens on 127.0.0.1; a client that tries only that finds nobody, [::1] works"}
	case four.Socket.ID == six.Socket.ID || four.Socket.SharesOwner(six.Socket):
		return nil
	}
	return []string{fmt.Sprintf("localhost may reach another server: 127.0.0.1 leads to %s, ::1 to %s; give the address in place of the name",
		owner(four), owner(six))}
}

// Answering finds the listener that a connection to host would reach: the most
// specific one; nil if nobody would answer.
func (e *Evidence) Answering(host netip.Addr) *Row {
	to := sockets.Socket{Protocol: e.Target.Protocol, Local: netip.AddrPortFrom(host, e.Target.Port), V6: host.Is6()}
	var best *Row
	for i := range e.Rows {
		r := &e.Rows[i]
		if r.Socket.State != sockets.Listen || !r.Socket.Accepts(to.Local.Addr()) {
			continue
		}
		if best == nil || closeness(r.Socket, host) > closeness(best.Socket, host) {
			best = r
		}
	}
	return best
}

// closeness ranks the listeners that could answer: on one address before on all,
// and on all of the family before on all of both.
func closeness(s *sockets.Socket, host netip.Addr) int {
	switch a := s.Local.Addr(); {
	case !a.IsUnspecified():
		return 2
	case a.Is4() == host.Is4():
		return 1
	}
	return 0
}

func owner(r *Row) string {
	if p := r.Owner(r.Socket); p != nil {
		return named(p)
	}
	return "a process that cannot be seen from here"
}

// noteTwins tells of several sockets that listen on one address.
func (d *Diagnosis) noteTwins(e *Evidence) []string {
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
			return []string{fmt.Sprintf("%d sockets listen on %s with %s", n, s.Local, e.System.sharing())}
		}
	}
	return nil
}

// noteHolders tells what is special about the processes in the way.
func (d *Diagnosis) noteHolders(e *Evidence) []string {
	var notes []string
	for i := range e.Rows {
		if s := e.Rows[i].Socket; s.State == sockets.Listen && s.RecvQueue > 0 {
			notes = append(notes, fmt.Sprintf("%s has not accepted %d of its connections: it may be stuck or stopped", owner(&e.Rows[i]), s.RecvQueue))
		}
	}
	for i := range d.Holders {
		h := &d.Holders[i]
		if h.Row.Socket == nil {
			continue
		}
		if h.Row.Debugger != "" {
			notes = append(notes, fmt.Sprintf("%s is a debug server (%s): one that its editor has left behind keeps its port until it is ended",
				owner(&h.Row), h.Row.Debugger))
		}
		if h.Cause == CauseSelf {
			notes = append(notes, "the socket is connected to itself: a client that kept trying a dead port of the ephemeral range got that port as its own")
		}
		if (h.Cause == CauseListener || h.Cause == CauseBound) && len(h.Row.Socket.Owners) == 0 {
			notes = append(notes, unendable(h.Row.Socket))
		}
		for _, p := range h.Row.Holders(h.Row.Socket) {
			notes = append(notes, e.noteProcess(h, p)...)
		}
	}
	return notes
}

func (e *Evidence) noteProcess(h *Holder, p *process.Process) []string {
	var notes []string
	say := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	listens := h.Cause == CauseListener || h.Cause == CauseBound
	other, ok := e.substituteFor(p)
	switch {
	case ok:
		say("%s %s", named(p), other.words())
	case p.PID == 1:
		say("%s is init: everything here ends with it", named(p))
	case forwards(p) && listens:
		say("%s forwards the port for somebody else: closing that session or its forward frees it", named(p))
	case listens && e.bereaved(p):
		say("%s has lost its parent: it may be a child that inherited the socket of a server that has ended", named(p))
	}
	switch p.State {
	case 'T':
		say("%s is stopped: it will not act on SIGTERM before it goes on (SIGCONT), SIGKILL ends it", named(p))
	case 't':
		say("%s is held by a debugger: it may not end before the debugger lets it go", named(p))
	case 'D':
		say("%s waits for a disk or device: until that answers, no signal ends it", named(p))
	}
	return notes
}

// bereaved tells whether a process has lost its parent without being a service,
// which has none to begin with: somebody started it and has gone.
func (e *Evidence) bereaved(p *process.Process) bool {
	return e.Adopted[p.PID] && !strings.HasSuffix(p.Cgroup.Unit.String(), ".service") && p.Cgroup.Container.String() == ""
}

func program(p *process.Process) string {
	if len(p.Args) > 0 {
		return path.Base(strings.TrimSuffix(p.Args[0], ":")) // sshd names itself "sshd: ada"
	}
	return p.Name.String()
}

// forwards tells whether a process listens on behalf of another: ssh with a
// forward, the server's end of one, or an editor's remote session.
func forwards(p *process.Process) bool {
	switch name := p.Name.String(); {
	case name == "ssh" || name == "autossh" || name == "sshd-session" || name == "wslrelay.exe":
		return true // what else would it listen for
	case name == "sshd":
		// The one that lets users in calls itself after its program, or "sshd:
		// /usr/sbin/sshd [listener] …", one of a session after its user.
		title := strings.Join(p.Args, " ")
		return strings.HasPrefix(title, "sshd: ") && !strings.Contains(title, "[listener]")
	case strings.HasPrefix(name, "code") || name == "cursor" || name == "kubectl":
		return slices.Contains(p.Args, "port-forward") || strings.HasPrefix(name, "code-tunnel") ||
			slices.Contains(p.Args, "--type=utility")
	}
	return false
}

// noteTimeWait tells when SO_REUSEADDR does not help.
func (d *Diagnosis) noteTimeWait(e *Evidence) []string {
	for i := range d.Holders {
		h := &d.Holders[i]
		if h.Cause != CauseTimeWait || len(h.BlocksReuse) == 0 {
			continue
		}
		if !e.System.linux() {
			return []string{"SO_REUSEADDR does not help against this TIME_WAIT: another user's program left it behind; wait"}
		}
		return []string{"SO_REUSEADDR does not help against this TIME_WAIT: the socket that left it behind had not set it; wait, or close it as root"}
	}
	return nil
}

func (d *Diagnosis) noteUnseen(e *Evidence) []string {
	for i := range d.Holders {
		if d.Holders[i].Cause != CauseUnseen {
			continue
		}
		text := "the kernel refuses, and no table shows a socket that explains it: it may have come or gone at this moment, ask again"
		switch {
		case e.System.windows():
			text = e.unseenBound()
		case e.System.Partial:
			text = "the kernel refuses, and the table that could be read does not show why: it has no sockets that are bound without listening"
		}
		return []string{text}
	}
	return nil
}

// noteRefusal explains the answers that are not about holders.
func (d *Diagnosis) noteRefusal(e *Evidence) []string {
	var notes []string
	for _, a := range d.Binds {
		switch a.Plain {
		case AnswerDenied:
			notes = append(notes, e.noteDenied(a.Bind))
		case "EPERM":
			notes = append(notes, "a security policy"+e.System.policies()+" forbids the bind")
		case "EADDRNOTAVAIL":
			notes = append(notes, fmt.Sprintf("%s is not an address of this machine; its own are %s", a.Host, list(e.System.Addresses)))
		case "EAFNOSUPPORT":
			notes = append(notes, "this system has no IPv6")
		}
	}
	return notes
}

func list(all []netip.Addr) string {
	words := make([]string, len(all))
	for i, a := range all {
		words[i] = a.String()
	}
	return strings.Join(words, ", ")
}

// noteFree says of a free port what may become of it.
func (d *Diagnosis) noteFree(e *Evidence) []string {
	if !d.Verdict.OK() {
		return nil
	}
	var notes []string
	if e.handedOut() {
		notes = append(notes, "it lies in the range that "+e.handsOut()+": any program that connects somewhere may get it at any time")
	}
	for _, c := range d.Connects {
		if c.Result == "open" && len(d.Holders) == 0 {
			notes = append(notes, "something answers although nobody holds the port here: "+e.System.redirects()+" redirects it")
			break
		}
	}
	return notes
}
