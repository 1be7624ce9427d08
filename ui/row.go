package ui

import (
	"path"
	"strconv"
	"strings"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/debugger"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// unknownOwner stands for who held a socket that came and went unseen.
const unknownOwner = "unknown"

// Dash stands where there is nothing to say.
const Dash = "—"

// RemoteText writes what is at the other end of a row: the clients of a listener, or
// the remote address behind an arrow that points the way the connection was
// made.
func RemoteText(r *model.Row) string {
	s := r.Socket
	switch {
	case s.State == sockets.Listen:
		if r.Queued > 0 { // of the clients; the column says that they are
			return strconv.Itoa(int(r.Clients)) + " (" + strconv.Itoa(int(r.Queued)) + " queued)"
		}
		return Count(int(r.Clients), "client")
	case !s.Connected():
		return Dash
	case s.Local == s.Remote:
		return "↺ itself"
	case r.RoleUnknown:
		return "↔ " + Remote(r.Snapshot, s)
	case r.Inbound:
		return "← " + Remote(r.Snapshot, s)
	}
	return "→ " + Remote(r.Snapshot, s)
}

// TimeLeft writes how long the socket's timer still runs.
func TimeLeft(s *sockets.Socket) string {
	return strconv.Itoa(s.TimerSeconds()) + "s"
}

// TimeLeftPhrase writes how long a TIME_WAIT still lasts, after words that lead there;
// nothing where the system does not tell.
func TimeLeftPhrase(words string, s *sockets.Socket) string {
	if s.Timer != sockets.TimeWaitTimer {
		return ""
	}
	return words + TimeLeft(s)
}

// PID writes the pid of the row's first owner.
func PID(r *model.Row) string {
	if len(r.Socket.Owners) == 0 {
		return Dash
	}
	return strconv.Itoa(int(r.Socket.Owners[0].PID))
}

// RowAge writes how long the row's socket has been seen, or at most has been
// there.
func RowAge(r *model.Row, now time.Time) string {
	if r.FirstSeen.IsZero() {
		return Dash
	}
	return Age(now.Sub(r.FirstSeen))
}

// Owner writes who is behind a row: main is the process that holds the socket, or
// what stands in its place; more is what else is worth knowing, such as the
// client at the other end.
func Owner(r *model.Row) (main, more string) {
	main, more = ownerText(r, r.Socket)
	if !r.Folded {
		return main, more
	}
	client, _ := ownerText(r, r.Peer)
	if p := r.Owner(r.Peer); p != nil {
		client = NameAndPID(p)
	}
	if main == unknownOwner && client == unknownOwner {
		return unknownOwner, "" // nobody saw either
	}
	return main, strings.TrimSpace(more + " ← " + client)
}

func ownerText(r *model.Row, s *sockets.Socket) (main, more string) {
	holders := r.Owners(s)
	if len(holders) == 0 {
		if len(s.Owners) > 0 {
			return "PID " + strconv.Itoa(int(s.Owners[0].PID)), "(exited)"
		}
		return noOwner(r, s), ""
	}
	more = scriptHint(holders[0])
	if n := len(holders) - 1; n > 0 {
		more = strings.TrimSpace(more + " +" + strconv.Itoa(n))
	}
	if s == r.Socket && r.Debugger != "" {
		more = strings.TrimSpace(more + " " + debuggeeText(holders[0]))
	}
	return holders[0].Name.String(), more
}

// debuggeeText says what a debug server debugs, as far as its command tells, and its
// child if it holds one.
func debuggeeText(p *process.Process) string {
	pid, program, ok := debugger.Debuggee(p)
	switch name := path.Base(program.String()); {
	case p.Tracee != 0 && ok && program.String() != "" && name != p.Name.String():
		return "debugging " + name + " (" + strconv.Itoa(p.Tracee) + ")"
	case p.Tracee != 0:
		return "debugging PID " + strconv.Itoa(p.Tracee)
	case ok && pid > 0 && pid != p.PID:
		return "debugging PID " + strconv.Itoa(pid)
	case ok && program.String() != "" && name != p.Name.String():
		return "debugging " + name
	}
	return "debugger"
}

// scriptHint names the program that an interpreter runs: "(gradle)"; and the service
// of Windows, many of which run in processes called svchost.exe.
func scriptHint(p *process.Process) string {
	if p.Cgroup.Service != process.NoService {
		return "(" + p.Cgroup.Unit.String() + ")"
	}
	if program := debugger.ScriptName(p); program != "" {
		return "(" + untrusted.New(program).String() + ")"
	}
	return ""
}

// NameAndPID writes a process as "node (4411)".
func NameAndPID(p *process.Process) string {
	return p.Name.String() + " (" + strconv.Itoa(p.PID) + ")"
}

// noOwner says why there is no owner, and whose the socket is if that is known.
func noOwner(r *model.Row, s *sockets.Socket) string {
	switch s.NoOwner {
	case sockets.OtherUser, sockets.NotLookedUp:
		return userOrUnit(r, s)
	case sockets.NotAccepted:
		return "accept queue"
	case sockets.InTimeWait, sockets.Orphaned:
		if s.Timer == sockets.TimeWaitTimer {
			return "no process, " + TimeLeft(s)
		}
		return "no process"
	case sockets.KernelOwned:
		return "kernel"
	case sockets.OtherNamespace:
		return "other PID namespace"
	case sockets.Unreadable:
		return userOrUnit(r, s) + " (hidden)"
	case sockets.NoReason:
		return listenerOwner(r, s)
	}
	return Dash
}

// listenerOwner says who held a socket that came and went before anybody could look: of
// a server's end that is whoever listens there.
func listenerOwner(r *model.Row, s *sockets.Socket) string {
	if s == r.Socket && r.Listener != nil {
		if p := r.Owner(r.Listener); p != nil {
			return p.Name.String()
		}
	}
	return unknownOwner
}

func userOrUnit(r *model.Row, s *sockets.Socket) string {
	var parts []string
	if s.HasUID {
		name := r.Snapshot.Users[s.UID].String()
		if name == "" || name == strconv.Itoa(int(s.UID)) {
			name = "UID " + strconv.Itoa(int(s.UID))
		}
		parts = append(parts, name)
	}
	if place := Unit(r, s); place != "" {
		parts = append(parts, place)
	}
	if len(parts) == 0 {
		return Dash
	}
	return strings.Join(parts, " ")
}

// Unit names the container, systemd unit or service a socket belongs to, empty if it is
// in neither.
func Unit(r *model.Row, s *sockets.Socket) string {
	g := Cgroup(r, s)
	if g == nil {
		return ""
	}
	if name := g.Container.String(); name != "" {
		return g.Engine + " " + name
	}
	unit := g.Unit.String()
	if g.Service != process.NoService {
		return "service " + unit
	}
	return unit
}

// Cgroup returns where the first owner of s, or else s itself, is kept; nil if
// that is not known.
func Cgroup(r *model.Row, s *sockets.Socket) *process.Cgroup {
	if p := r.Owner(s); p != nil {
		return &p.Cgroup
	}
	return s.Cgroup
}

// User names the user of a socket, or of its first owner where sockets have none;
// empty if not known.
func User(r *model.Row, s *sockets.Socket) string {
	if s.HasUID {
		return r.Snapshot.Users[s.UID].String()
	}
	if p := r.Owner(s); p != nil {
		return p.Account.String()
	}
	return ""
}

// SocketOwner writes who holds one of the row's sockets, or what stands in the place
// of a process.
func SocketOwner(r *model.Row, s *sockets.Socket) (main, more string) { return ownerText(r, s) }

// ProcessState says what is unusual about a process's state, empty if nothing is.
func ProcessState(state byte) string {
	switch state {
	case 'T':
		return "suspended"
	case 't':
		return "paused by a debugger"
	case 'D':
		return "uninterruptible sleep (I/O)"
	case 'Z':
		return "zombie (not reaped by its parent)"
	}
	return ""
}

// SupervisorAdvice advises to stop the service or the container when a signal alone
// would not last: their manager starts the process again. It is empty for what
// was started by hand.
func SupervisorAdvice(g *process.Cgroup) string {
	if name := g.Container.String(); name != "" {
		if g.Engine == "docker" || g.Engine == "podman" {
			return "runs in a container that may restart it; instead: " + g.Engine + " stop " + name
		}
		return "runs in the " + g.Engine + " container " + name + ", which may restart it"
	}
	if g.Service != process.NoService {
		if command := bind.StopServiceCommand(g); command != "" {
			return "Windows may restart it; instead: " + command
		}
		return ""
	}
	unit := g.Unit.String()
	if !strings.HasSuffix(unit, ".service") || strings.HasPrefix(unit, "user@") {
		return ""
	}
	if g.IsUserUnit() {
		return "systemd may restart it; instead: systemctl --user stop " + unit
	}
	return "systemd may restart it; instead: systemctl stop " + unit
}
