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
	Row     model.Row    // of AwaitListeners: what listens
}

// waitInterval is how often the port's sockets are read. The kernel notifies when one
// closes, but not when one begins to listen, nor when a TIME_WAIT is over.
const waitInterval = 20 * time.Millisecond

// AwaitListeners waits until something has listened at each of the targets, and
// calls ready for each as soon as it does. The source should be opened for the
// ports of the targets alone.
func AwaitListeners(ctx context.Context, source sockets.Source, targets []bind.Target, ready func(at int, got WaitResult)) error {
	return await(ctx, source, targets, nil, func(t *openTarget, rows []model.Row) bool {
		i := slices.IndexFunc(rows, func(r model.Row) bool { return t.ReceivedBy(r.Socket) })
		if i >= 0 {
			ready(t.at, WaitResult{Row: rows[i]})
		}
		return i >= 0
	})
}

// bindRetryInterval is how often a bind is tried although the same sockets hold the
// port: nothing shows that a privilege or an address has come.
const bindRetryInterval = 500 * time.Millisecond

// AwaitFree waits until each of the targets can be bound, as nearly all servers do
// it, with SO_REUSEADDR, and calls ready for each as soon as it can; not_permitted
// ends the wait for one as well. A bind is only tried when the port's sockets have
// changed: it could be in the way of a server that starts at that moment.
func AwaitFree(ctx context.Context, source sockets.Source, targets []bind.Target, ready func(at int, got WaitResult)) error {
	var wake <-chan struct{}
	if closed, err := live.WatchDestroyed(PortsOf(targets)); err == nil {
		defer closed.Close()
		wake = closed.Ready() // only to look at once: what has closed is in no table
	}
	return await(ctx, source, targets, wake, func(t *openTarget, rows []model.Row) bool {
		v := t.tryBind(socketStates(rows))
		if v != bind.VerdictTaken {
			ready(t.at, WaitResult{Verdict: v})
		}
		return v != bind.VerdictTaken
	})
}

// await reads the tables, now, every waitInterval and whenever wake says so, until done
// has held for each of the targets with the rows of its port.
func await(
	ctx context.Context, source sockets.Source, targets []bind.Target, wake <-chan struct{}, done func(*openTarget, []model.Row) bool,
) error {
	open := make([]*openTarget, 0, len(targets))
	for i, t := range targets {
		open = append(open, &openTarget{Target: t, at: i})
	}
	for tick := time.NewTicker(waitInterval); ; {
		m, err := readTracker(ctx, source)
		if err != nil {
			return err
		}
		open = slices.DeleteFunc(open, func(t *openTarget) bool { return done(t, m.ByPort(t.Protocol, t.Port)) })
		if len(open) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-wake:
		case <-tick.C:
		}
	}
}

// PortsOf lists the ports of targets.
func PortsOf(targets []bind.Target) []sockets.PortRange {
	all := make([]sockets.PortRange, 0, len(targets))
	for _, t := range targets {
		all = append(all, sockets.PortRange{First: t.Port, Last: t.Port})
	}
	return all
}

// openTarget is a target that a wait has not come to an end for, with its place among
// all, and what was found when a bind was tried last.
type openTarget struct {
	bind.Target
	at      int
	refused []socketState
	tried   time.Time
}

// tryBind binds the target if that can have another result than before.
func (t *openTarget) tryBind(now []socketState) bind.Verdict {
	if !t.tried.IsZero() && slices.Equal(now, t.refused) && time.Since(t.tried) < bindRetryInterval {
		return bind.VerdictTaken
	}
	t.refused, t.tried = now, time.Now()
	return bind.VerdictOf(probeBinds(t.Target, t.Binds()))
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
