// Package ports diagnoses a port with test binds, frees it by a plan, and waits for
// it: the use cases that the screen and the commands share. It stops the processes
// of a plan and no others, verifies with a bind that the port is free, and looks
// whether it is bound again.
package ports

import (
	"context"
	"errors"
	"net/netip"
	"syscall"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/probe"
	"lotop/sockets/process"
)

// Service ends what holds a port. Open gives a source of its own for each watch,
// because the one of the screen is busy.
type Service struct {
	Reader *process.Reader
	Open   func() (sockets.Source, error)
	// Engines are the container engines to ask, and UnitPaths where systemd's
	// units are, the first to win first; nil for those of this machine and user.
	Engines   []Engine
	UnitPaths []string

	// hideOptions, for tests, withholds what a socket tells of itself, as if it were
	// another user's.
	hideOptions bool
}

func (f *Service) options(s *sockets.Socket) sockets.SocketOptions {
	if f.hideOptions {
		return sockets.SocketOptions{V6Only: s.V6Only}
	}
	return probe.OptionsOf(s)
}

// Report is what became of a plan.
type Report struct {
	Outcomes []process.Outcome
	// Free tells that the kernel allowed a bind of the target.
	Free bool
	// NeedsReuse tells that it is free for servers that set SO_REUSEADDR, and
	// will be for the others when the last TIME_WAIT is over.
	NeedsReuse bool
	// Err is the kernel's refusal if it is not free.
	Err error
}

// StillRunning lists the processes that are still there.
func (r *Report) StillRunning() []*process.Process {
	var all []*process.Process
	for _, o := range r.Outcomes {
		if o.Result == process.Survived {
			all = append(all, o.Process)
		}
	}
	return all
}

// Stop sends sig to the victims, waits for them for the grace period at most,
// and asks the kernel whether the target is free.
func (f *Service) Stop(ctx context.Context, target bind.Target, victims []*process.Process, sig syscall.Signal, grace time.Duration) Report {
	r := Report{Outcomes: f.Reader.Stop(ctx, victims, process.StopOptions{Signal: sig, Grace: grace})}
	r.verifyFree(target)
	return r
}

// Close closes one connection without ending anyone, and asks the kernel
// whether its local address is free.
func (f *Service) Close(s *sockets.Socket) Report {
	if err := probe.Destroy(s); err != nil {
		return Report{Err: err}
	}
	var r Report
	r.verifyFree(bind.TargetOf(s))
	return r
}

// verifyFree binds every address of the target, and releases it at once.
func (r *Report) verifyFree(t bind.Target) {
	r.Free = true
	for _, b := range t.Binds() {
		at := netip.AddrPortFrom(b.Host, t.Port)
		opt := probe.BindOptions{DualStack: !b.V6Only}
		err := probe.Bind(t.Protocol, at, opt)
		if errors.Is(err, syscall.EADDRINUSE) {
			opt.ReuseAddr = true
			if probe.Bind(t.Protocol, at, opt) == nil {
				r.NeedsReuse = true
				continue
			}
		}
		if err != nil {
			r.Free, r.Err = false, err
			return
		}
	}
}

// Rebound says who took a port again that had been freed.
type Rebound struct {
	After  time.Duration
	By     *process.Process // nil if it cannot be told
	Parent *process.Process // who started By, nil if it cannot be told
}

// WatchDuration is how long a freed port is watched.
const WatchDuration = 2 * time.Second

// watchInterval is how often. It asks for the tables, not for a bind: a bind would
// be in the way of whoever comes back.
const watchInterval = 100 * time.Millisecond

// WatchRebind looks whether somebody takes the target again, for WatchDuration. It returns
// nil if nobody does.
func (f *Service) WatchRebind(ctx context.Context, target bind.Target, ended time.Time) (*Rebound, error) {
	source, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer source.Close()
	ctx, cancel := context.WithTimeout(ctx, WatchDuration)
	defer cancel()
	tick := time.NewTicker(watchInterval)
	defer tick.Stop()
	var snap sockets.Snapshot
	for {
		if err := source.Read(ctx, &snap); err != nil {
			if ctx.Err() != nil {
				return nil, nil
			}
			return nil, err
		}
		for i := range snap.Sockets {
			if target.OccupiedBy(&snap.Sockets[i]) {
				return f.reboundBy(&snap, &snap.Sockets[i], snap.Time.Sub(ended)), nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, nil
		case <-tick.C:
		}
	}
}

func (f *Service) reboundBy(snap *sockets.Snapshot, s *sockets.Socket, after time.Duration) *Rebound {
	r := &Rebound{After: max(after, 0)}
	row := model.Row{Socket: s, Snapshot: snap}
	if r.By = row.Owner(s); r.By == nil {
		return r
	}
	if line, err := f.Reader.Ancestors(r.By.PID); err == nil && len(line) > 0 {
		r.Parent = line[0]
	}
	return r
}
