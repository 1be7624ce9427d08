package model

import (
	"syscall"

	"lotop/sockets"
	"lotop/sockets/process"
)

// Words are the words for people that depend on how a system ends processes and
// closes connections. Windows has no signals: there lotop posts WM_CLOSE to a
// window or sends Ctrl+C to a console, and ends by force with TerminateProcess
// (see [process.Handle]). The zero value speaks of signals. JSON has the names of
// the signals everywhere.
type Words struct{ system string }

// WordsFor gives the words for a GOOS.
func WordsFor(system string) Words { return Words{system} }

func (w Words) either(others, windows string) string {
	if w.windows() {
		return windows
	}
	return others
}

func (w Words) windows() bool { return w.system == "windows" }

// destroys tells whether root can close a connection alone, see sockets.Destroy.
func (w Words) destroys() bool { return w.system == "" || w.system == "linux" }

// To says what a plan does to the process whose name comes next: "SIGTERM to".
func (w Words) To(sig syscall.Signal) string {
	windows := "ask to close"
	if sig == syscall.SIGKILL {
		windows = "end by force"
	}
	return w.either(process.SignalName(sig)+" to", windows)
}

// Sent says what has just been done to a process.
func (w Words) Sent(sig syscall.Signal) string {
	windows := "asked to close"
	if sig == syscall.SIGKILL {
		windows = "ended by force"
	}
	return w.either(process.SignalName(sig)+" sent", windows)
}

// Survived says of a process that it is still there.
func (w Words) Survived(sig syscall.Signal) string {
	windows := "did not close when asked to"
	if sig == syscall.SIGKILL {
		windows = "did not end by force either"
	}
	return w.either("survived "+process.SignalName(sig), windows)
}

// SurvivedFor is Survived with the time that it had.
func (w Words) SurvivedFor(sig syscall.Signal, grace string) string {
	windows := "did not close within " + grace
	if sig == syscall.SIGKILL {
		windows = w.Survived(sig) + ", within " + grace
	}
	return w.either(w.Survived(sig)+" for "+grace, windows)
}

// Force names what ends a process that has survived, on a button.
func (w Words) Force() string { return w.either("SIGKILL", "end by force") }

// ForceLater says that this takes a yes of its own.
func (w Words) ForceLater() string {
	return w.either("then SIGKILL only if you say so", "then by force only if you say so")
}

// AskForce asks for that yes.
func (w Words) AskForce() string { return w.either("send SIGKILL?", "end by force?") }

// FreeHelp is what free says of itself.
func (w Words) FreeHelp() string {
	return w.either(
		"free shows whom it would end, asks, sends SIGTERM to exactly those processes, waits, and proves by a bind that the port is free. "+
			"Owners of listeners and bound sockets are ended, clients only with --clients. On Linux root closes single connections without ending anyone. ",
		"free shows whom it would end, asks, has exactly those processes close, waits, and proves by a bind that the port is free. "+
			"A program with a window is asked by WM_CLOSE, one on a console by Ctrl+C; TerminateProcess ends by force, with --force only. "+
			"Owners of listeners and bound sockets are ended, clients only with --clients. Services are left to Windows to stop. ",
	)
}

// ForceHelp says what the flag of free does that ends by force.
func (w Words) ForceHelp() string {
	return w.either("SIGKILL for what survives the grace period", "end by force what is still there after the grace period")
}

// SignalHelp says what the flag of free does that tells how to begin.
func (w Words) SignalHelp() string {
	return w.either("what to send first: TERM, INT, HUP, QUIT, KILL or a number",
		"how to begin: TERM or INT asks by WM_CLOSE or Ctrl+C, QUIT by WM_CLOSE or Ctrl+Break, KILL ends by force")
}

// NoChoice says that neither end of a connection can be ended.
func (w Words) NoChoice() string {
	return w.either("nothing can be done about this connection without root",
		"nothing can be done about this connection: no process that holds it is in sight")
}

// InTimeWait says what a TIME_WAIT means to a server; lasting, such as " for
// another 41s", is empty where the system does not tell. Windows lets a server bind
// beside it.
func (w Words) InTimeWait(lasting string) string {
	if w.windows() {
		return "no process holds it: Windows waits out old packets, and a server can bind already"
	}
	why := "no process holds it: the kernel waits out old packets" + lasting + "; a server that sets SO_REUSEADDR can bind already"
	if w.destroys() {
		why += "; as root lotop can close it"
	}
	return why
}

// OfOtherUser says of a socket that lotop may not touch what would help.
func (w Words) OfOtherUser() string {
	return w.either("another user's process; run lotop as root to end it", "another user's process; run lotop as administrator to end it")
}

// StopReason says what stopping a service does, empty where units are systemd's.
func (w Words) StopReason(r *Remedy) string {
	switch {
	case !w.windows():
		return ""
	case r.Unit == "":
		return "as administrator: names the service whose port it is; stop that"
	case r.Command == servicesList:
		return "lists the services: stop " + r.Unit
	}
	return "as administrator: a service that is ended may be started again"
}

// clientStays, ownerless and unseen say why a plan leaves a holder alone.
func (w Words) clientStays() string {
	const stays = "its process is not ended for a connection unless you say --clients"
	if w.destroys() {
		return stays + "; root can close the connection alone"
	}
	return stays
}

func (w Words) ownerless() string {
	if w.destroys() {
		return "no process holds it: only root can close it, or it ends by itself"
	}
	return "no process holds it: it ends by itself"
}

func (w Words) unseen(p sockets.Protocol) string {
	const nobody = "no table shows it, so there is nobody to end"
	if p != sockets.TCP {
		return nobody
	}
	return w.either(nobody, nobody+": "+listBound+" lists sockets that are bound and do not listen, with the pid")
}
