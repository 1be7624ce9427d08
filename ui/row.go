package ui

import (
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
	}
	return arrow(r) + Remote(r.Snapshot, s)
}

// TimeLeft writes how long the socket's timer still runs.
func TimeLeft(s *sockets.Socket) string {
	return strconv.Itoa(s.TimerSeconds()) + "s"
}

// State writes the state of a socket, with the time that is left of a TIME_WAIT.
func State(s *sockets.Socket) string {
	return s.State.String() + TimeLeftPhrase(" ", s)
}

// TimeLeftPhrase writes how long a TIME_WAIT still lasts, after words that lead there;
// nothing where the system does not report it.
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
		return unknownOwner, "" // neither was seen
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
		more = strings.TrimSpace(more + " " + debuggeeText(r.Snapshot, holders[0]))
	}
	return ProcessName(holders[0]), more
}

// debuggeeText says what a debug server debugs, as far as that is known.
func debuggeeText(snap *sockets.Snapshot, p *process.Process) string {
	name, pid := debugger.DebuggeeName(p, snap.Process)
	switch text := name.String(); {
	case text != "" && pid != 0:
		return "debugging " + text + " (" + strconv.Itoa(pid) + ")"
	case text != "":
		return "debugging " + text
	case pid != 0:
		return "debugging PID " + strconv.Itoa(pid)
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

// ProcessName names a process as its owner would: the binary that delve builds goes
// by what it was built from.
func ProcessName(p *process.Process) string { return debugger.DisplayName(p).String() }

// NameAndPID writes a process as "node (4411)".
func NameAndPID(p *process.Process) string {
	return ProcessName(p) + " (" + strconv.Itoa(p.PID) + ")"
}

// noOwner says why there is no owner, and whose the socket is if that is known.
func noOwner(r *model.Row, s *sockets.Socket) string {
	switch s.NoOwner {
	case sockets.OtherUser, sockets.NotLookedUp:
		return userOrUnit(r, s)
	case sockets.NotAccepted:
		return "accept queue"
	case sockets.InTimeWait:
		return Dash // the state says it all
	case sockets.Orphaned:
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
			return ProcessName(p)
		}
	}
	return unknownOwner
}

// userOrUnit names what may be known of a process that is not: "user root
// nginx.service". A bare name would pass for a program's.
func userOrUnit(r *model.Row, s *sockets.Socket) string {
	user := userText(r, s)
	if user != "" && !strings.HasPrefix(user, "UID ") {
		user = "user " + user
	}
	text := strings.TrimSpace(user + " " + Unit(r, s))
	if text == "" {
		return Dash
	}
	return text
}

// userText names the user of a socket, by the number where there is no name;
// empty if not known.
func userText(r *model.Row, s *sockets.Socket) string {
	if !s.HasUID {
		return ""
	}
	number := strconv.Itoa(int(s.UID))
	if name := r.Snapshot.Users[s.UID].String(); name != "" && name != number {
		return name
	}
	return "UID " + number
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
func SocketOwner(r *model.Row, s *sockets.Socket) (main, more string) {
	if s.NoOwner == sockets.InTimeWait {
		return "no process" + TimeLeftPhrase(", gone in ", s), ""
	}
	return ownerText(r, s)
}

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
