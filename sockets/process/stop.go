package process

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"
	"time"
)

// What StopOptions stand for where they are zero.
const (
	DefaultGrace       = 3 * time.Second
	DefaultParentGrace = 500 * time.Millisecond
)

// StopOptions say how to end processes.
type StopOptions struct {
	Signal syscall.Signal // 0 means SIGTERM
	Grace  time.Duration  // how long to wait in all, 0 means DefaultGrace
	// ParentGrace is how long the processes that others descend from have to take
	// those along, before they are asked themselves; 0 means DefaultParentGrace. It
	// is part of Grace, at most half of it. After SIGKILL there is none.
	ParentGrace time.Duration
}

// Result is what became of a process that was to be ended.
type Result string

// The results, as JSON writes them.
const (
	Exited   Result = "exited"   // it has ended
	Survived Result = "survived" // it was still there at the end
	Gone     Result = "gone"     // it had ended before anything was sent
	Denied   Result = "denied"   // this user may not end it, or lotop will not
)

// Outcome is what was done to a process and what came of it.
type Outcome struct {
	Process *Process
	Signal  syscall.Signal // what was sent, 0 for nothing
	Result  Result
	// After is how long an Exited one took since its signal, or since the first
	// signal of all if it went along without one of its own.
	After time.Duration
	// Reason says of a survivor what keeps it, then what to do; empty if that
	// cannot be told.
	Reason string
	Err    error // why it was Denied, or why nothing could be sent or awaited
}

// target is an Outcome in the making.
type target struct {
	Outcome
	depth      int // how many of the others it descends from
	handle     *Handle
	signaledAt time.Time
	done       chan struct{} // closed when nobody waits for it any more
	exitedAt   time.Time     // when it had gone; read after done is closed
	waitErr    error         // why waiting for it failed; read after done is closed
}

// Stop asks processes to end and waits for it. It takes hold of all of them
// before the first signal; sends it to those that others of them descend from,
// which may take these along; then to the rest; and waits out the grace
// period. It never sends a stronger signal by itself. The outcomes stand in the
// order of the signals. Once the context ends, nothing more is sent.
func (r *Reader) Stop(ctx context.Context, victims []*Process, opt StopOptions) []Outcome {
	opt = opt.withDefaults()
	all := r.sortByDepth(victims)
	for _, v := range all {
		v.open(r)
		if v.handle != nil {
			defer v.handle.Close()
		}
	}
	waiting, cancel := context.WithTimeout(ctx, opt.Grace)
	var watchers sync.WaitGroup
	for _, v := range all {
		if v.handle != nil {
			watchers.Go(func() { v.waitExit(waiting) })
		}
	}
	first := time.Now()
	if signalRoots(waiting, all, opt) {
		waitDescendants(waiting, all, opt.ParentGrace)
	}
	for _, v := range all {
		if v.depth > 0 {
			v.signal(waiting, opt.Signal)
		}
	}
	for _, v := range all {
		if v.worthWaiting() {
			<-v.done
		}
	}
	cancel() // those that were denied need no watching to the end
	watchers.Wait()

	outcomes := make([]Outcome, len(all))
	for i, v := range all {
		v.setResult(ctx, r, first, opt.Signal)
		outcomes[i] = v.Outcome
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

// open takes hold of the process, or settles the outcome.
func (v *target) open(r *Reader) {
	if reason, ok := r.Protected(v.Process); ok {
		v.Result, v.Reason = Denied, reason
		v.Err = fmt.Errorf("%w: process %d (%s): %s", ErrProtected, v.Process.PID, v.Process.Name, reason)
		return
	}
	h, err := r.Open(v.Process)
	switch {
	case errors.Is(err, ErrGone):
		v.Result = Gone
	case errors.Is(err, ErrDenied): // some systems refuse the hold already
		v.Result, v.Err = Denied, err
	case err != nil:
		v.Result, v.Err = Survived, err
	case h.exited(): // a zombie that its parent has not collected
		v.Result = Gone
		h.Close()
	default:
		v.handle, v.done = h, make(chan struct{})
	}
}

// waitExit notes when the process has ended.
func (v *target) waitExit(ctx context.Context) {
	defer close(v.done)
	if v.waitErr = v.handle.Wait(ctx); v.waitErr == nil {
		v.exitedAt = time.Now()
	}
}

// worthWaiting tells whether it is worth waiting for the process.
func (v *target) worthWaiting() bool { return v.handle != nil && v.Err == nil }

// alive tells whether the process is still watched.
func (v *target) alive() bool {
	if v.handle == nil {
		return false
	}
	select {
	case <-v.done:
		return false
	default:
		return true
	}
}

// signal sends the signal unless it is not needed any more.
func (v *target) signal(ctx context.Context, sig syscall.Signal) bool {
	if !v.alive() || ctx.Err() != nil {
		return false
	}
	now := time.Now()
	err := v.handle.Signal(sig)
	switch {
	case err == nil:
		v.Signal, v.signaledAt = sig, now
		return true
	case errors.Is(err, ErrGone): // its watcher sees the same
	case errors.Is(err, ErrDenied):
		v.Result, v.Err = Denied, err
	default:
		v.Result, v.Err = Survived, err
	}
	return false
}

// signalRoots sends the signal to those that descend from no other, and tells
// whether it is worth a pause before the rest is asked.
func signalRoots(ctx context.Context, all []*target, opt StopOptions) bool {
	sent, rest := false, false
	for _, v := range all {
		if v.depth > 0 {
			rest = rest || v.alive()
		} else if v.signal(ctx, opt.Signal) {
			sent = true
		}
	}
	return sent && rest && opt.Signal != syscall.SIGKILL
}

// waitDescendants waits until all of the rest have ended, but not long.
func waitDescendants(ctx context.Context, all []*target, long time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	for _, v := range all {
		if v.depth > 0 && v.handle != nil {
			select {
			case <-v.done:
			case <-ctx.Done():
				return
			}
		}
	}
}

// setResult settles the outcome of a process that was held.
func (v *target) setResult(ctx context.Context, r *Reader, first time.Time, sig syscall.Signal) {
	if v.handle == nil {
		return
	}
	if v.waitErr == nil {
		since := first
		if v.Signal != 0 {
			since = v.signaledAt
		}
		v.Result, v.After, v.Err = Exited, max(0, v.exitedAt.Sub(since)), nil
		return
	}
	if v.Result != "" {
		return
	}
	v.Result = Survived
	switch {
	case ctx.Err() != nil:
		v.Err = ctx.Err()
	case !errors.Is(v.waitErr, context.DeadlineExceeded):
		v.Err = v.waitErr
	}
	v.Reason = r.survivalReason(v.Process.PID, sig)
}
