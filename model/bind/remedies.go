package bind

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"lotop/sockets"
	"lotop/sockets/process"
)

// Action is a kind of remedy.
type Action string

// The actions, as JSON writes them.
const (
	Terminate       Action = "terminate"
	StopUnit        Action = "stop_unit"
	StopContainer   Action = "stop_container"
	StopJob         Action = "stop_job"       // of launchd, on macOS
	ChangeSetting   Action = "change_setting" // of macOS
	Wait            Action = "wait"
	ReuseAddress    Action = "reuse_address"
	CloseConnection Action = "close_connection" // needs root
	ReservePort     Action = "reserve_port"
	OtherAddress    Action = "other_address"
	Privilege       Action = "privilege"
)

// Remedy is something the user can do now. Fields that do not apply are zero.
type Remedy struct {
	Action    Action
	PID       int
	Unit      string
	Container string
	Seconds   int
	Address   netip.Addr
	Setting   string // the setting to turn off, and where it is
	Command   string // a shell command; safe to print
}

// addRemedies adds its remedies to every blocker, and to the diagnosis those that belong
// to none.
func (d *Diagnosis) addRemedies(e *Evidence) {
	stopped := d.stoppedByFree()
	for i := range d.Blockers {
		d.Blockers[i].addRemedies(e, stopped)
	}
	denied := func(a BindResult) bool { return a.Plain == BindDenied }
	if slices.ContainsFunc(d.Binds, denied) && e.Target.Port < e.Platform.Unprivileged {
		d.Remedies = append(d.Remedies, e.privilegeRemedies()...)
	}
	if d.Verdict == VerdictTaken {
		for _, a := range d.Binds {
			if a.Reuse == BindOK && !a.Host.IsUnspecified() {
				d.Remedies = append(d.Remedies, Remedy{Action: OtherAddress, Address: a.Host})
			}
		}
	}
}

// stoppedByFree returns the processes that free stops without further flags: their other
// sockets close with them.
func (d *Diagnosis) stoppedByFree() map[int32]bool {
	pids := map[int32]bool{}
	for i := range d.Blockers {
		b := &d.Blockers[i]
		if b.Cause != CauseListener && b.Cause != CauseBound {
			continue
		}
		for _, o := range b.Row.Socket.Owners {
			if !isWindowsService(b.Row.Snapshot, o.PID) {
				pids[o.PID] = true
			}
		}
	}
	return pids
}

func (b *Blocker) closesWith(stopped map[int32]bool) bool {
	if b.Row.Socket == nil {
		return false
	}
	owners := b.Row.Socket.Owners
	if b.Cause == CauseNotAccepted && b.Row.Listener != nil {
		owners = b.Row.Listener.Owners
	}
	for _, o := range owners {
		if !stopped[o.PID] {
			return false
		}
	}
	return len(owners) > 0
}

func (b *Blocker) addRemedies(e *Evidence, stopped map[int32]bool) {
	if b.closesWith(stopped) && b.Cause != CauseListener && b.Cause != CauseBound {
		for pid := range stopped {
			if b.Row.Socket.OwnedBy(pid) || b.Row.Listener != nil && b.Row.Listener.OwnedBy(pid) {
				b.Remedies = append(b.Remedies, Remedy{Action: Terminate, PID: int(pid), Command: e.freeCommand("")})
			}
		}
		slices.SortFunc(b.Remedies, func(a, b Remedy) int { return a.PID - b.PID })
		return
	}
	switch b.Cause {
	case CauseListener, CauseBound:
		b.addStop(e, "")
	case CauseClient, CauseAccepted, CauseSelf:
		b.addStop(e, " --clients")
		if b.Row.Socket.State != sockets.Close {
			b.addClose(e)
		}
		if b.Cause == CauseClient && e.inEphemeralRange() && (e.Platform.linux() || e.Platform.windows()) {
			b.Remedies = append(b.Remedies, Remedy{Action: ReservePort, Command: e.reserveCommand()})
		}
	case CauseNotAccepted:
		if l := b.Row.Listener; l != nil {
			for _, p := range b.Row.Owners(l) {
				b.Remedies = append(b.Remedies, Remedy{Action: Terminate, PID: p.PID, Command: e.freeCommand("")})
			}
		}
		b.addClose(e)
	case CauseTimeWait, CauseClosing:
		b.addWait()
		if len(b.BlocksReuse) == 0 && !e.Platform.windows() { // where it takes the address from its owner
			b.Remedies = append(b.Remedies, Remedy{Action: ReuseAddress})
		}
		b.addClose(e)
	}
}

// addStop adds how to stop the owners: through their supervisor where there is one,
// because it would restart them.
func (b *Blocker) addStop(e *Evidence, flag string) {
	s := b.Row.Socket
	seen := map[string]bool{}
	for _, p := range b.Row.Owners(s) {
		if other, ok := e.delegationOf(p); ok {
			if other.remedy.Action != "" {
				b.Remedies = append(b.Remedies, other.remedy)
			}
			continue
		}
		if p.PID == 1 {
			continue // noteProcess explains why
		}
		// The supervisor first: it would restart the process.
		if r, ok := supervisorRemedy(&p.Cgroup); ok && !seen[r.Command] {
			seen[r.Command] = true
			b.Remedies = append(b.Remedies, r)
		}
		b.Remedies = append(b.Remedies, Remedy{Action: Terminate, PID: p.PID, Command: e.freeCommand(flag + forceFlag(p))})
	}
	if s.NoOwner == sockets.OtherUser {
		b.Remedies = append(b.Remedies, Remedy{Action: Terminate, Command: "sudo " + e.freeCommand(flag)})
	}
	if len(s.Owners) == 0 && s.Cgroup != nil {
		if r, ok := supervisorRemedy(s.Cgroup); ok {
			b.Remedies = append(b.Remedies, r)
		}
	}
}

// forceFlag returns the flag needed to stop p: a suspended process does not handle
// SIGTERM.
func forceFlag(p *process.Process) string {
	if p.State == 'T' {
		return " --force"
	}
	return ""
}

// RequireForce makes the remedies that stop p send SIGKILL too: it has not exited on the
// first signal, so the same command again would do no more.
func (d *Diagnosis) RequireForce(p *process.Process) {
	const flag = " --force"
	for i := range d.Blockers {
		for j := range d.Blockers[i].Remedies {
			r := &d.Blockers[i].Remedies[j]
			if r.Action == Terminate && r.PID == p.PID && !strings.HasSuffix(r.Command, flag) {
				r.Command += flag
			}
		}
	}
}

// addClose adds how to close only the connection: on Linux free does that as root, unless
// stopping clients is allowed.
func (b *Blocker) addClose(e *Evidence) {
	if !e.Platform.linux() {
		return
	}
	command := e.freeCommand("")
	if !e.Platform.Root {
		command = "sudo " + command
	}
	b.Remedies = append(b.Remedies, Remedy{Action: CloseConnection, Command: command})
}

func (b *Blocker) addWait() {
	if s := b.Row.Socket; s.Timer == sockets.TimeWaitTimer {
		b.Remedies = append(b.Remedies, Remedy{Action: Wait, Seconds: s.TimerSeconds()})
	}
}

func (e *Evidence) freeCommand(flag string) string {
	c := "lotop free " + e.Target.String()
	if e.Target.Protocol == sockets.UDP {
		c += " --udp"
	}
	return c + flag
}

// Text returns the remedy as a phrase or a command.
func (r *Remedy) Text() string {
	switch r.Action {
	case Wait:
		return "wait " + strconv.Itoa(r.Seconds) + "s"
	case ReuseAddress:
		return "set SO_REUSEADDR in the server"
	case OtherAddress:
		return "bind to " + r.Address.String() + " instead"
	case ChangeSetting:
		return "turn off " + r.Setting
	case Terminate, CloseConnection, StopUnit, StopContainer, StopJob, ReservePort, Privilege:
		return r.Command
	}
	return string(r.Action)
}

// AllRemedies returns every remedy once: those of the blockers, then the others. Waiting
// is included only if it is enough, and a command only once.
func (d *Diagnosis) AllRemedies() []Remedy {
	var all []Remedy
	add := func(r Remedy) {
		r.PID = 0 // one command stops all of them
		same := func(o Remedy) bool { return o.Command == r.Command }
		switch {
		case r.Action == Wait && !d.expiresOnItsOwn(), r.Action == CloseConnection && slices.ContainsFunc(all, same):
			return
		case r.Action == Wait:
			for i := range all {
				if all[i].Action == Wait {
					all[i].Seconds = max(all[i].Seconds, r.Seconds)
					return
				}
			}
		}
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	for i := range d.Blockers {
		for _, r := range d.Blockers[i].Remedies {
			add(r)
		}
	}
	for _, r := range d.Remedies {
		add(r)
	}
	return all
}

// expiresOnItsOwn reports whether all blockers expire without action.
func (d *Diagnosis) expiresOnItsOwn() bool {
	return !slices.ContainsFunc(d.Blockers, func(b Blocker) bool {
		return b.Cause != CauseTimeWait && b.Cause != CauseClosing
	})
}
