// Package signals lists the signals that stop lotop, and the exit codes they cause.
package signals

import (
	"os"
	"os/signal"
	"syscall"

	"lotop/sockets/process"
)

// Stopped is the error of a run that was stopped by a signal.
type Stopped struct{ Signal syscall.Signal }

// By returns the error for a signal that os/signal has delivered.
func By(s os.Signal) *Stopped {
	if sig, ok := s.(syscall.Signal); ok {
		return &Stopped{sig}
	}
	return &Stopped{syscall.SIGINT} // os.Interrupt, where that is another type
}

func (s *Stopped) Error() string { return "stopped by " + process.SignalName(s.Signal) }

// ExitCode returns 128 plus the signal number, as shells do.
func (s *Stopped) ExitCode() int { return 128 + int(s.Signal) }

// Notify relays the signals that stop lotop to c. SIGHUP stays ignored if it was
// ignored when lotop started, as under nohup.
func Notify(c chan<- os.Signal) {
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(c, syscall.SIGHUP)
	}
}
