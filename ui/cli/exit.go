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

// The exit codes.
const (
	exitOK          = 0   // rows found, and the like
	exitNotFound    = 1   // none
	exitFailed      = 2   // invalid usage or an error
	exitHungUp      = 129 // 128 + SIGHUP, as in shells; see signals.Stopped for other signals
	exitInterrupted = 130 // 128 + SIGINT
	exitTerminated  = 143 // 128 + SIGTERM
	exitClosedPipe  = 141 // 128 + SIGPIPE: the reader of the output has exited
)

// setExit sets the exit code from the result of a command, and prints its error.
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
		a.code = code // the terminal is gone, so nothing can be printed
	case errors.Is(err, syscall.EPIPE):
		// A Go program that writes to a closed standard output is killed by
		// SIGPIPE; only if that is ignored the error gets here. In both cases
		// `lotop list | head` prints no error.
		a.code = exitClosedPipe
	default:
		a.code = exitFailed
		a.printError(err)
	}
}

// printError prints an error. The wrong part of a query is underlined.
func (a *app) printError(err error) {
	// An error may quote an argument, a file or a process.
	text := untrusted.New(err.Error()).String()
	a.warn("%s", strings.TrimPrefix(text, "lotop ")) // warn adds the name
	var wrong *query.Error
	if errors.As(err, &wrong) {
		for line := range strings.SplitSeq(wrong.Pointer(), "\n") {
			a.writeErr("  " + line + "\n")
		}
	}
}

// exitHelp is the section about exit codes in the man page.
const exitHelp = `0    rows found, or the port is free or ready, or nothing limits lotop
1    no rows, or the port is in use, the wait timed out or something limits lotop
2    invalid usage or error; the reason is on standard error
129  the terminal was closed (SIGHUP)
130  interrupted (SIGINT)
131  stopped by SIGQUIT
143  stopped by SIGTERM`
