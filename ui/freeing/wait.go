package freeing

import (
	"context"
	"slices"
	"time"

	"lotop/model"
	"lotop/sockets"
)

// Reached is what a wait has come to.
type Reached struct {
	Verdict model.Verdict // of AwaitFree
	Row     model.Row     // of AwaitListener: what listens
}

// waitEvery is how often the port's sockets are read. The kernel tells when one
// closes, but not when one begins to listen, nor when a TIME_WAIT is over.
const waitEvery = 20 * time.Millisecond

// AwaitListener waits until something listens at the target. The source should
// be opened for the target's port alone.
func AwaitListener(ctx context.Context, source sockets.Source, t model.Target) (Reached, error) {
	for tick := time.NewTicker(waitEvery); ; {
		m, err := look(ctx, source)
		if err != nil {
			return Reached{}, err
		}
		rows := m.ByPort(t.Protocol, t.Port)
		if i := slices.IndexFunc(rows, func(r model.Row) bool { return t.ReceivedBy(r.Socket) }); i >= 0 {
			return Reached{Row: rows[i]}, nil
		}
		select {
		case <-ctx.Done():
			return Reached{}, ctx.Err()
		case <-tick.C:
		}
	}
}

// bindAgain is how often a bind is tried although the same sockets hold the
// port: nothing shows that a privilege or an address has come.
const bindAgain = 500 * time.Millisecond

// AwaitFree waits until the target can be bound, as nearly all servers do it,
// with SO_REUSEADDR; not_permitted ends the wait as well. A bind is only tried
// when the port's sockets have changed: it could be in the way of a server that
// starts at that moment.
func AwaitFree(ctx context.Context, source sockets.Source, t model.Target) (Reached, error) {
	var wake <-chan struct{}
	if ears, err := sockets.WatchDestroyed([]sockets.PortRange{{First: t.Port, Last: t.Port}}); err == nil {
		defer ears.Close()
		wake = ears.Ready() // only to look at once: what has closed is in no table
	}
	var refused []holding
	var tried time.Time
	for tick := time.NewTicker(waitEvery); ; {
		m, err := look(ctx, source)
		if err != nil {
			return Reached{}, err
		}
		now := holdings(m.ByPort(t.Protocol, t.Port))
		if tried.IsZero() || !slices.Equal(now, refused) || time.Since(tried) >= bindAgain {
			v := model.VerdictOf(ask(t, t.Binds()))
			if v != model.VerdictTaken {
				return Reached{Verdict: v}, nil
			}
			refused, tried = now, time.Now()
		}
		select {
		case <-ctx.Done():
			return Reached{Verdict: model.VerdictTaken}, ctx.Err()
		case <-wake:
		case <-tick.C:
		}
	}
}

// holding is a socket in a state: what a bind's answer depends on.
type holding struct {
	id    sockets.ID
	state sockets.State
}

func holdings(rows []model.Row) []holding {
	all := make([]holding, 0, len(rows))
	for i := range rows {
		all = append(all, holding{rows[i].Socket.ID, rows[i].Socket.State})
	}
	return all
}
