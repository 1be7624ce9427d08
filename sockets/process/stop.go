package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// The defaults of StopOptions.
const (
	DefaultGrace       = 3 * time.Second
	DefaultParentGrace = 500 * time.Millisecond
)

// StopOptions are the options of Stop.
type StopOptions struct {
	Signal syscall.Signal // 0 means SIGTERM
	Grace  time.Duration  // how long to wait for all of them, 0 means DefaultGrace
	// ParentGrace is how long ancestors of other processes have to stop those
	// themselves, before the others are signaled; 0 means DefaultParentGrace. It is
	// part of Grace, at most half of it. After SIGKILL there is none.
	ParentGrace time.Duration
}

// Result is what became of a process that was to be stopped.
type Result string

// The results, as in JSON.
const (
	Exited   Result = "exited"   // it has exited
	Survived Result = "survived" // it was still running after the grace period
	Gone     Result = "gone"     // it had exited before anything was sent
	Denied   Result = "denied"   // this user may not stop it, or lotop refuses to
)

// Outcome is what was done to a process, and the result.
type Outcome struct {
	Process *Process
	Signal  syscall.Signal // what was sent, 0 for nothing
	Result  Result
	// After is how long an Exited process took after its signal, or after the first
	// signal of all if it exited without one of its own.
	After time.Duration
	// Reason is why a process survived and what to do; empty if unknown.
	Reason string
	Err    error // why it was Denied, or why it could not be signaled or waited for
}

// target is the Outcome of a process while it is being stopped.
type target struct {
	Outcome
	depth      int // how many of the other targets are its ancestors
	handle     *Handle
	signaledAt time.Time
	done       chan struct{} // closed when waiting for it has ended
	exitedAt   time.Time     // when it exited; read after done is closed
	waitErr    error         // why waiting for it failed; read after done is closed
}

// Stop asks processes to exit and waits for them. It opens all of them before the
// first signal; signals the ancestors of others, which may stop those themselves;
// then the rest; and waits for the grace period. It never sends a stronger signal.
// The outcomes are in the order of the signals. Once the context is done, nothing
// more is sent.
func (r *Reader) Stop(ctx context.Context, processes []*Process, opt StopOptions) []Outcome {
	opt = opt.withDefaults()
	all := r.sortByDepth(processes)
	for _, t := range all {
		t.open(r)
		if t.handle != nil {
			defer t.handle.Close()
		}
	}
	waiting, cancel := context.WithTimeout(ctx, opt.Grace)
	var watchers sync.WaitGroup
	for _, t := range all {
		if t.handle != nil {
			watchers.Go(func() { t.waitExit(waiting) })
		}
	}
	first := time.Now()
	if signalRoots(waiting, all, opt) {
		waitDescendants(waiting, all, opt.ParentGrace)
	}
	for _, t := range all {
		if t.depth > 0 {
			t.signal(waiting, opt.Signal)
		}
	}
	for _, t := range all {
		if t.worthWaiting() {
			<-t.done
		}
	}
	cancel() // no need to wait for those that were denied
	watchers.Wait()

	outcomes := make([]Outcome, len(all))
	for i, t := range all {
		t.setResult(ctx, r, first, opt.Signal)
		outcomes[i] = t.Outcome
	}
	return outcomes
}

func (o StopOptions) withDefaults() StopOptions {
	if o.Signal == 0 {
		o.Signal = syscall.SIGTERM
	}
	if o.Grace <= 0 {
		o.Grace = DefaultGrace
	}
	if o.ParentGrace <= 0 {
		o.ParentGrace = DefaultParentGrace
	}
	o.ParentGrace = min(o.ParentGrace, o.Grace/2)
	return o
}

// open opens the process, or sets the result if that fails.
func (t *target) open(r *Reader) {
	if reason, ok := r.Protected(t.Process); ok {
		t.Result, t.Reason = Denied, reason
		t.Err = fmt.Errorf("%w: process %d (%s): %s", ErrProtected, t.Process.PID, t.Process.Name, reason)
		return
	}
	h, err := r.Open(t.Process)
	switch {
	case errors.Is(err, ErrGone):
		t.Result = Gone
	case errors.Is(err, ErrDenied): // some systems refuse the handle already
		t.Result, t.Err = Denied, err
	case err != nil:
		t.Result, t.Err = Survived, err
	case h.exited(): // a zombie that its parent has not reaped
		t.Result = Gone
		h.Close()
	default:
		t.handle, t.done = h, make(chan struct{})
	}
}

// waitExit records when the process exits.
func (t *target) waitExit(ctx context.Context) {
	defer close(t.done)
	if t.waitErr = t.handle.Wait(ctx); t.waitErr == nil {
		t.exitedAt = time.Now()
	}
}

// worthWaiting reports whether the process can be expected to exit.
func (t *target) worthWaiting() bool { return t.handle != nil && t.Err == nil }

// alive reports whether the process is still running and waited for.
func (t *target) alive() bool {
	if t.handle == nil {
		return false
	}
	select {
	case <-t.done:
		return false
	default:
		return true
	}
}

// signal sends the signal unless the process has exited, and reports whether it did.
func (t *target) signal(ctx context.Context, sig syscall.Signal) bool {
	if !t.alive() || ctx.Err() != nil {
		return false
	}
	now := time.Now()
	err := t.handle.Signal(sig)
	switch {
	case err == nil:
		t.Signal, t.signaledAt = sig, now
		return true
	case errors.Is(err, ErrGone): // waitExit records it
	case errors.Is(err, ErrDenied):
		t.Result, t.Err = Denied, err
	default:
		t.Result, t.Err = Survived, err
	}
	return false
}

// signalRoots signals the processes without ancestors among the others, and reports
// whether to wait before the rest is signaled.
func signalRoots(ctx context.Context, all []*target, opt StopOptions) bool {
	sent, rest := false, false
	for _, t := range all {
		if t.depth > 0 {
			rest = rest || t.alive()
		} else if t.signal(ctx, opt.Signal) {
			sent = true
		}
	}
	return sent && rest && opt.Signal != syscall.SIGKILL
}

// waitDescendants waits until all of the rest have exited, up to timeout.
func waitDescendants(ctx context.Context, all []*target, timeout time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	for _, t := range all {
		if t.depth > 0 && t.handle != nil {
			select {
			case <-t.done:
			case <-ctx.Done():
				return
			}
		}
	}
}

// setResult sets the result of a process that was opened.
func (t *target) setResult(ctx context.Context, r *Reader, first time.Time, sig syscall.Signal) {
	if t.handle == nil {
		return
	}
	if t.waitErr == nil {
		since := first
		if t.Signal != 0 {
			since = t.signaledAt
		}
		t.Result, t.After, t.Err = Exited, max(0, t.exitedAt.Sub(since)), nil
		return
	}
	if t.Result != "" {
		return
	}
	t.Result = Survived
	switch {
	case ctx.Err() != nil:
		t.Err = ctx.Err()
	case !errors.Is(t.waitErr, context.DeadlineExceeded):
		t.Err = t.waitErr
	}
	t.Reason = r.survivalReason(t.Process.PID, sig)
}
