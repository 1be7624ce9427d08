package cli

import (
	"context"
	"errors"
	"strings"
	"syscall"

	tea "charm.land/bubbletea/v2"

	"lotop/model/query"
	"lotop/sockets/untrusted"
	"lotop/ui/signals"
)

// The codes that lotop exits with.
const (
	exitOK          = 0   // rows found, and the like
	exitNotFound    = 1   // none
	exitFailed      = 2   // wrong usage, or it could not be carried out
	exitHungUp      = 129 // 128 + SIGHUP, as shells have it; see signals.Stopped for the others
	exitInterrupted = 130 // 128 + SIGINT
	exitTerminated  = 143 // 128 + SIGTERM
	exitClosedPipe  = 141 // 128 + SIGPIPE: the reader of the output has gone
)

// setExit takes the result of a command. It says what went wrong and settles the
// code.
func (a *app) setExit(code int, err error) {
	var stopped *signals.Stopped
	switch {
	case err == nil:
		a.code = code
	case errors.As(err, &stopped):
		a.code = stopped.ExitCode()
	case errors.Is(err, context.Canceled):
		a.code = a.stopper.code()
	case errors.Is(err, tea.ErrInterrupted):
		a.code = exitInterrupted
	case code == exitHungUp && errors.Is(err, syscall.EIO):
		a.code = code // the terminal has gone, and what is left to write with it
	case errors.Is(err, syscall.EPIPE):
		// Go ends a process that writes to a closed standard output by
		// SIGPIPE; only where that is ignored does the error get here. Either
		// way `lotop list | head` stays quiet.
		a.code = exitClosedPipe
	default:
		a.code = exitFailed
		a.printError(err)
	}
}

// printError writes an error, for a query with marks under the place.
func (a *app) printError(err error) {
	// An error can quote an argument, a file, a process: no byte of it is ours.
	text := untrusted.New(err.Error()).String()
	a.warn("%s", strings.TrimPrefix(text, "lotop ")) // it says so already
	var wrong *query.Error
	if errors.As(err, &wrong) {
		for line := range strings.SplitSeq(wrong.Pointer(), "\n") {
			a.writeErr("  " + line + "\n")
		}
	}
}

// exitHelp is what the man page says about the codes.
const exitHelp = `0    rows found, or the port is free or ready, or nothing limits lotop
1    no rows, or the port is in use, the wait timed out or something limits lotop
2    invalid usage or error; the reason is on standard error
129  the terminal was closed (SIGHUP)
130  interrupted (SIGINT)
131  stopped by SIGQUIT
143  stopped by SIGTERM`
