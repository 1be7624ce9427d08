package bind

import (
	"net/netip"
	"slices"
	"strconv"

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

// Remedy is something the reader can do now. Fields that do not apply are zero.
type Remedy struct {
	Action    Action
	PID       int
	Unit      string
	Container string
	Seconds   int
	Address   netip.Addr
	Setting   string // to be turned off, and where it is
	Command   string // to be typed into a shell; safe to print
}

// addRemedies gives every holder its remedies, and the diagnosis those that belong
// to none.
func (d *Diagnosis) addRemedies(e *Evidence) {
	ended := d.stoppedByFree()
	for i := range d.Blockers {
		d.Blockers[i].addRemedies(e, ended)
	}
	if d.Verdict == VerdictNotPermitted && e.Target.Port < e.Platform.Unprivileged {
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

// stoppedByFree lists the processes that free ends without being told more: what
// else they hold goes with them.
func (d *Diagnosis) stoppedByFree() map[int32]bool {
	pids := map[int32]bool{}
	for i := range d.Blockers {
		h := &d.Blockers[i]
		if h.Cause != CauseListener && h.Cause != CauseBound {
			continue
		}
		for _, o := range h.Row.Socket.Owners {
			if !isWindowsService(h.Row.Snapshot, o.PID) {
				pids[o.PID] = true
			}
		}
	}
	return pids
}

func (h *Blocker) closesWith(ended map[int32]bool) bool {
	if h.Row.Socket == nil {
		return false
	}
	owners := h.Row.Socket.Owners
	if h.Cause == CauseNotAccepted && h.Row.Listener != nil {
		owners = h.Row.Listener.Owners
	}
	for _, o := range owners {
		if !ended[o.PID] {
			return false
		}
	}
	return len(owners) > 0
}

func (h *Blocker) addRemedies(e *Evidence, ended map[int32]bool) {
	if h.closesWith(ended) && h.Cause != CauseListener && h.Cause != CauseBound {
		for pid := range ended {
			if h.Row.Socket.OwnedBy(pid) || h.Row.Listener != nil && h.Row.Listener.OwnedBy(pid) {
				h.Remedies = append(h.Remedies, Remedy{Action: Terminate, PID: int(pid), Command: e.freeCommand("")})
			}
		}
		slices.SortFunc(h.Remedies, func(a, b Remedy) int { return a.PID - b.PID })
		return
	}
	switch h.Cause {
	case CauseListener, CauseBound:
		h.addStop(e, "")
	case CauseClient, CauseAccepted, CauseSelf:
		h.addStop(e, " --clients")
		if h.Row.Socket.State != sockets.Close {
			h.addClose(e)
		}
		if h.Cause == CauseClient && e.inEphemeralRange() && (e.Platform.linux() || e.Platform.windows()) {
			h.Remedies = append(h.Remedies, Remedy{Action: ReservePort, Command: e.reserveCommand()})
		}
	case CauseNotAccepted:
		if l := h.Row.Listener; l != nil {
			for _, p := range h.Row.Owners(l) {
				h.Remedies = append(h.Remedies, Remedy{Action: Terminate, PID: p.PID, Command: e.freeCommand("")})
			}
		}
		h.addClose(e)
	case CauseTimeWait, CauseClosing:
		h.addWait()
		if len(h.BlocksReuse) == 0 && !e.Platform.windows() { // where it takes the address from its holder
			h.Remedies = append(h.Remedies, Remedy{Action: ReuseAddress})
		}
		h.addClose(e)
	}
}

// addStop says how to end those who hold the socket: through their manager
// where there is one, since it would start them again.
func (h *Blocker) addStop(e *Evidence, flag string) {
	s := h.Row.Socket
	seen := map[string]bool{}
	for _, p := range h.Row.Owners(s) {
		if other, ok := e.delegationOf(p); ok {
			if other.remedy.Action != "" {
				h.Remedies = append(h.Remedies, other.remedy)
			}
			continue
		}
		if p.PID == 1 {
			continue // noteProcess says why
		}
		// Its manager first: that would start it again.
		if r, ok := supervisorRemedy(&p.Cgroup); ok && !seen[r.Command] {
			seen[r.Command] = true
			h.Remedies = append(h.Remedies, r)
		}
		h.Remedies = append(h.Remedies, Remedy{Action: Terminate, PID: p.PID, Command: e.freeCommand(flag + forceFlag(p))})
	}
	if s.NoOwner == sockets.OtherUser {
		h.Remedies = append(h.Remedies, Remedy{Action: Terminate, Command: "sudo " + e.freeCommand(flag)})
	}
	if len(s.Owners) == 0 && s.Cgroup != nil {
		if r, ok := supervisorRemedy(s.Cgroup); ok {
			h.Remedies = append(h.Remedies, r)
		}
	}
}

// forceFlag is the flag that it takes to end a stopped process: it does not act on
// SIGTERM.
func forceFlag(p *process.Process) string {
	if p.State == 'T' {
		return " --force"
	}
	return ""
}

// addClose says how to close a connection without ending anyone: on Linux free does
// it for root, and only as long as it is not told to end clients.
func (h *Blocker) addClose(e *Evidence) {
	if !e.Platform.linux() {
		return
	}
	command := e.freeCommand("")
	if !e.Platform.Root {
		command = "sudo " + command
	}
	h.Remedies = append(h.Remedies, Remedy{Action: CloseConnection, Command: command})
}

func (h *Blocker) addWait() {
	if s := h.Row.Socket; s.Timer == sockets.TimeWaitTimer {
		h.Remedies = append(h.Remedies, Remedy{Action: Wait, Seconds: int(s.TimerLeft+999) / 1000})
	}
}

func (e *Evidence) freeCommand(flag string) string {
	c := "lotop free " + e.Target.String()
	if e.Target.Protocol == sockets.UDP {
		c += " --udp"
	}
	return c + flag
}

// Text says a remedy as a person would.
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

// AllRemedies lists every remedy once: those of the holders, then the others. To
// wait is one only where that is enough, and what one command does is told once.
func (d *Diagnosis) AllRemedies() []Remedy {
	var all []Remedy
	add := func(r Remedy) {
		r.PID = 0 // one command ends all of them
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

// expiresOnItsOwn tells whether all that is in the way goes away by itself.
func (d *Diagnosis) expiresOnItsOwn() bool {
	return !slices.ContainsFunc(d.Blockers, func(h Blocker) bool { return h.Cause != CauseTimeWait && h.Cause != CauseClosing })
}
