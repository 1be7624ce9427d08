package cli

import (
	"context"
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"lotop/ui/signals"
)

// unheardAfter is how long a command may take to act on a signal. What reads
// from a pipe, say, does not look at the context.
const unheardAfter = 2 * time.Second

// stopper notes the signal that has stopped a command.
type stopper struct {
	by atomic.Pointer[signals.Stopped]
}

// code returns what a command exits with that was stopped.
func (s *stopper) code() int {
	if by := s.by.Load(); by != nil {
		return by.ExitCode()
	}
	return exitInterrupted
}

// untilStopped returns a context that ends with the first signal that stops
// lotop. The second one does it at once, and so does time if the context goes
// unheard.
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
