package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"lotop/ui/signals"
)

// unheardAfter is how long a command may take to act on a signal. A read from a
// pipe, for example, does not end with its context.
const unheardAfter = 2 * time.Second

// stopper holds the signal that stopped a command.
type stopper struct {
	by atomic.Pointer[signals.Stopped]
}

// code returns the exit code of a command that was stopped.
func (s *stopper) code() int {
	if by := s.by.Load(); by != nil {
		return by.ExitCode()
	}
	return exitInterrupted
}

// untilStopped returns a context that the first signal cancels. The process exits
// on the second signal, or if the command has not returned after unheardAfter.
func (s *stopper) untilStopped(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	c := make(chan os.Signal, 1)
	signals.Notify(c)
	over := make(chan struct{})
	go func() {
		select {
		case sig := <-c:
			signal.Stop(c)
			s.by.Store(signals.By(sig))
			cancel()
		case <-over:
			return
		}
		select {
		case <-time.After(unheardAfter):
			os.Exit(s.code())
		case <-over:
		}
	}()
	return ctx, func() {
		signal.Stop(c)
		cancel()
		close(over)
	}
}
