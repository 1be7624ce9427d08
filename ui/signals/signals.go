// Package signals says which signals stop lotop, and what it exits with then.
package signals

import (
	"os"
	"os/signal"
	"syscall"

	"lotop/sockets/process"
)

// Stopped is the error of a run that a signal has stopped.
type Stopped struct{ Signal syscall.Signal }

// By returns the error for a signal that os/signal has delivered.
func By(s os.Signal) *Stopped {
	if sig, ok := s.(syscall.Signal); ok {
		return &Stopped{sig}
	}
	return &Stopped{syscall.SIGINT} // os.Interrupt, where that is another type
}

func (s *Stopped) Error() string { return "stopped by " + process.SignalName(s.Signal) }

// ExitCode returns 128 and the number of the signal, as shells have it.
func (s *Stopped) ExitCode() int { return 128 + int(s.Signal) }

// Notify delivers the signals that stop lotop. SIGHUP stays ignored where it was
// when lotop began, which is what nohup asks for.
func Notify(c chan<- os.Signal) {
	signal.Notify(c, os.Interrupt, syscall.SIGTERM, syscall.SIGQUIT)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(c, syscall.SIGHUP)
	}
}
