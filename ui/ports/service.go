// Package ports diagnoses a port with test binds, frees it by a plan, and waits for
// it: the use cases that the screen and the commands share. It stops the processes
// of a plan and no others, verifies with a bind that the port is free, and looks
// whether it is bound again.
package ports

import (
	"cmp"
	"context"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/model/program"
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

	// hideOptions, for tests, withholds the options of a socket, as if it were
	// another user's.
	hideOptions bool
}

func (f *Service) options(s *sockets.Socket) sockets.SocketOptions {
	if f.hideOptions {
		return sockets.SocketOptions{V6Only: s.V6Only}
	}
	return probe.OptionsOf(s)
}

// WatchDuration is how long a freed port is watched.
const WatchDuration = 2 * time.Second

// watchInterval is how often. It asks for the tables, not for a bind: a bind would
// be in the way of whoever comes back.
const watchInterval = 100 * time.Millisecond

// WatchRebind watches for WatchDuration whether the target is bound again. It returns nil
// if it is not.
func (f *Service) WatchRebind(ctx context.Context, target bind.Target, ended time.Time) (*plan.Rebound, error) {
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

func (f *Service) reboundBy(snap *sockets.Snapshot, s *sockets.Socket, after time.Duration) *plan.Rebound {
	r := &plan.Rebound{After: max(after, 0)}
	row := model.Row{Socket: s, Snapshot: snap}
	if r.By = row.Owner(s); r.By == nil {
		return r
	}
	if line, err := f.Reader.Ancestors(r.By.PID); err == nil && len(line) > 0 {
		r.Parent = line[0]
		r.Starter = f.starterOf(r.By, line)
	}
	return r
}

// starterOf returns which of its parents starts a process again: one that is known to do
// so, or else the nearest. It returns nil if lotop would not stop that one, or should not
// offer it.
func (f *Service) starterOf(p *process.Process, parents []*process.Process) *process.Process {
	starter := cmp.Or(program.Restarter(p, parents), parents[0])
	if _, ok := f.Reader.Protected(starter); ok || program.Keeps(starter) {
		return nil
	}
	return starter
}
