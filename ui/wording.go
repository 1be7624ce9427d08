package ui

import (
	"syscall"

	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets/process"
)

// Wording are the words for people that depend on how a system ends processes and
// closes connections. Windows has no signals: there lotop posts WM_CLOSE to a
// window or sends Ctrl+C to a console, and ends by force with TerminateProcess
// (see [process.Handle]). The zero value speaks of signals. JSON has the names of
// the signals everywhere.
type Wording struct{ system string }

// WordingFor gives the words for a GOOS.
func WordingFor(system string) Wording { return Wording{system} }

func (w Wording) either(others, windows string) string {
	if w.windows() {
		return windows
	}
	return others
}

func (w Wording) windows() bool { return w.system == "windows" }

// SendTo says what a plan does to the process whose name comes next: "SIGTERM to".
func (w Wording) SendTo(sig syscall.Signal) string {
	windows := "request close of"
	if sig == syscall.SIGKILL {
		windows = "kill"
	}
	return w.either("send "+process.SignalName(sig)+" to", windows)
}

// Sent says what has just been done to a process.
func (w Wording) Sent(sig syscall.Signal) string {
	windows := "close requested"
	if sig == syscall.SIGKILL {
		windows = "killed"
	}
	return w.either(process.SignalName(sig)+" sent", windows)
}

// StillRunning says of a process that it is still there.
func (w Wording) StillRunning(sig syscall.Signal) string {
	windows := "did not close on request"
	if sig == syscall.SIGKILL {
		windows = "could not be killed either"
	}
	return w.either("did not exit on "+process.SignalName(sig), windows)
}

// StillRunningAfter is Survived with the time that it had.
func (w Wording) StillRunningAfter(sig syscall.Signal, grace string) string {
	windows := "did not close within " + grace
	if sig == syscall.SIGKILL {
		windows = "could not be killed within " + grace + " either"
	}
	return w.either(w.StillRunning(sig)+" within "+grace, windows)
}

// KillButton names what ends a process that has survived, on a button.
func (w Wording) KillButton() string { return w.either("send SIGKILL", "kill process") }

// KillNote says that this takes a yes of its own.
func (w Wording) KillNote() string {
	return w.either("SIGKILL only if you confirm it", "killed only if you confirm it")
}

// KillQuestion asks for that yes.
func (w Wording) KillQuestion() string {
	return w.either("Send SIGKILL?", "Kill the remaining processes?")
}

// FreeHelp is what free says of itself.
func (w Wording) FreeHelp() string {
	return w.either(
		"free prints a plan, asks for confirmation, sends SIGTERM to the listed processes, waits for them to exit, and verifies with a test bind that the port is free. "+
			"It stops owners of listeners and bound sockets; add --clients to stop processes that own only connections. "+
			"On Linux, root can close a connection without stopping a process. ",
		"free prints a plan, asks for confirmation, requests the listed processes to close, waits, and verifies with a test bind that the port is free. "+
			"Programs with a window get WM_CLOSE, console programs Ctrl+C; --force uses TerminateProcess. "+
			"It stops owners of listeners and bound sockets; add --clients to stop processes that own only connections. Services are not stopped. ",
	)
}

// ForceHelp says what the flag of free does that ends by force.
func (w Wording) ForceHelp() string {
	return w.either("send SIGKILL to processes still running after the grace period", "kill processes still running after the grace period")
}

// SignalHelp says what the flag of free does that tells how to begin.
func (w Wording) SignalHelp() string {
	return w.either("signal to send first: TERM, INT, HUP, QUIT, ABRT, KILL or a number",
		"first step: TERM or INT sends WM_CLOSE or Ctrl+C, QUIT sends WM_CLOSE or Ctrl+Break, KILL terminates")
}

// CannotClose says that neither end of a connection can be ended.
func (w Wording) CannotClose() string {
	return w.either("closing this connection requires root",
		"cannot close this connection: its owner is unknown")
}

// InTimeWait says what a TIME_WAIT means to a server; lasting, such as " for
// another 41s", is empty where the system does not tell. Windows lets a server bind
// beside it.
func (w Wording) InTimeWait(lasting string) string {
	if w.windows() {
		return "no owner: in TIME_WAIT; servers can already bind"
	}
	why := "no owner: in TIME_WAIT" + lasting + "; servers that set SO_REUSEADDR can already bind"
	if plan.CanDestroy(w.system) {
		why += "; root can close it"
	}
	return why
}

// OtherUser says of a socket that lotop may not touch what would help.
func (w Wording) OtherUser() string {
	return w.either("another user's process; run lotop as root to stop it", "another user's process; run lotop as administrator to stop it")
}

// StopReason says what stopping a service does, empty where units are systemd's.
func (w Wording) StopReason(r *bind.Remedy) string {
	switch {
	case !w.windows():
		return ""
	case r.Unit == "":
		return "as administrator: find the service that owns the port, then stop it"
	case r.Command == bind.ServicesList:
		return "list the services, then stop " + r.Unit
	}
	return "as administrator: Windows may restart a killed service"
}
