package ui

import (
	"syscall"
	"time"

	"lotop/model/bind"
	"lotop/sockets/process"
)

// Wording has the texts that depend on how a system stops processes and closes
// connections. Windows has no signals: there lotop posts WM_CLOSE to a window or
// sends Ctrl+C to a console, and kills with TerminateProcess (see [process.Handle]).
// The zero value has the texts for signals. JSON has the names of signals on every
// system.
type Wording struct{ system string }

// WordingFor returns the wording for a GOOS.
func WordingFor(system string) Wording { return Wording{system} }

func (w Wording) either(others, windows string) string {
	if w.windows() {
		return windows
	}
	return others
}

func (w Wording) windows() bool { return w.system == "windows" }

// Sends returns what a plan sends to its processes.
func (w Wording) Sends(sig syscall.Signal) string {
	windows := "a request to close"
	if sig == syscall.SIGKILL {
		windows = "no request: kills at once"
	}
	return w.either(process.SignalName(sig), windows)
}

// SendsAsking returns what is sent first where a question comes before a kill.
func (w Wording) SendsAsking(grace time.Duration) string {
	return w.Sends(syscall.SIGTERM) + ", waits " + Interval(grace) + "; " + w.either("asks again before SIGKILL", "asks again before it kills")
}

// Sent returns what was just done to a process.
func (w Wording) Sent(sig syscall.Signal) string {
	windows := "close requested"
	if sig == syscall.SIGKILL {
		windows = "killed"
	}
	return w.either(process.SignalName(sig)+" sent", windows)
}

// StillRunning returns the text for a process that did not exit.
func (w Wording) StillRunning(sig syscall.Signal) string {
	windows := "did not close on request"
	if sig == syscall.SIGKILL {
		windows = "could not be killed either"
	}
	return w.either("did not exit on "+process.SignalName(sig), windows)
}

// KillButton returns the label of the button that kills a process.
func (w Wording) KillButton() string { return w.either("send SIGKILL", "kill process") }

// KillQuestion returns the question for that confirmation.
func (w Wording) KillQuestion() string {
	return w.either("Send SIGKILL?", "Kill the remaining processes?")
}

// FreeHelp returns the description of the command free.
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

// ForceHelp returns the usage of --force.
func (w Wording) ForceHelp() string {
	return w.either("send SIGKILL to processes still running after the grace period", "kill processes still running after the grace period")
}

// SignalHelp returns the usage of --signal.
func (w Wording) SignalHelp() string {
	return w.either("signal to send first: TERM, INT, HUP, QUIT, ABRT, KILL or a number",
		"first step: TERM or INT sends WM_CLOSE or Ctrl+C, QUIT sends WM_CLOSE or Ctrl+Break, KILL terminates")
}

// CannotClose returns the text for a connection that cannot be closed.
func (w Wording) CannotClose() string {
	return w.either("closing this connection requires root",
		"cannot close this connection: its owner is unknown")
}

// StopReason returns the note on stopping a service of Windows. It is empty on other
// systems.
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
