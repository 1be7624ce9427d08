package ports

import (
	"context"
	"slices"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/live"
)

// WaitResult is what a wait has come to.
type WaitResult struct {
	Verdict bind.Verdict // of AwaitFree
	Row     model.Row    // of AwaitListener: what listens
}

// waitInterval is how often the port's sockets are read. The kernel tells when one
// closes, but not when one begins to listen, nor when a TIME_WAIT is over.
const waitInterval = 20 * time.Millisecond

// AwaitListener waits until something listens at the target. The source should
// be opened for the target's port alone.
func AwaitListener(ctx context.Context, source sockets.Source, t bind.Target) (WaitResult, error) {
	for tick := time.NewTicker(waitInterval); ; {
		m, err := readTracker(ctx, source)
		if err != nil {
			return WaitResult{}, err
		}
		rows := m.ByPort(t.Protocol, t.Port)
		if i := slices.IndexFunc(rows, func(r model.Row) bool { return t.ReceivedBy(r.Socket) }); i >= 0 {
			return WaitResult{Row: rows[i]}, nil
		}
		select {
		case <-ctx.Done():
			return WaitResult{}, ctx.Err()
		case <-tick.C:
		}
	}
}

// bindRetryInterval is how often a bind is tried although the same sockets hold the
// port: nothing shows that a privilege or an address has come.
const bindRetryInterval = 500 * time.Millisecond

// AwaitFree waits until the target can be bound, as nearly all servers do it,
// with SO_REUSEADDR; not_permitted ends the wait as well. A bind is only tried
// when the port's sockets have changed: it could be in the way of a server that
// starts at that moment.
func AwaitFree(ctx context.Context, source sockets.Source, t bind.Target) (WaitResult, error) {
	var wake <-chan struct{}
	if ears, err := live.WatchDestroyed([]sockets.PortRange{{First: t.Port, Last: t.Port}}); err == nil {
		defer ears.Close()
		wake = ears.Ready() // only to look at once: what has closed is in no table
	}
	var refused []socketState
	var tried time.Time
	for tick := time.NewTicker(waitInterval); ; {
		m, err := readTracker(ctx, source)
		if err != nil {
			return WaitResult{}, err
		}
		now := socketStates(m.ByPort(t.Protocol, t.Port))
		if tried.IsZero() || !slices.Equal(now, refused) || time.Since(tried) >= bindRetryInterval {
			v := bind.VerdictOf(probeBinds(t, t.Binds()))
			if v != bind.VerdictTaken {
				return WaitResult{Verdict: v}, nil
			}
			refused, tried = now, time.Now()
		}
		select {
		case <-ctx.Done():
			return WaitResult{Verdict: bind.VerdictTaken}, ctx.Err()
		case <-wake:
		case <-tick.C:
		}
	}
}

// socketState is a socket in a state: what a bind's answer depends on.
type socketState struct {
	id    sockets.ID
	state sockets.State
}

func socketStates(rows []model.Row) []socketState {
	all := make([]socketState, 0, len(rows))
	for i := range rows {
		all = append(all, socketState{rows[i].Socket.ID, rows[i].Socket.State})
	}
	return all
}
