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

// waitInterval is how often the port's sockets are read. The kernel notifies when one
// closes, but not when one begins to listen, nor when a TIME_WAIT is over.
const waitInterval = 20 * time.Millisecond

// AwaitListeners waits until something has listened at each of the targets, and
// calls ready for each as soon as it does. The source should be opened for the
// ports of the targets alone.
func AwaitListeners(ctx context.Context, source sockets.Source, targets []bind.Target, ready func(at int, got WaitResult)) error {
	open := newOpenTargets(targets)
	for tick := time.NewTicker(waitInterval); ; {
		m, err := readTracker(ctx, source)
		if err != nil {
			return err
		}
		open.keep(func(t *openTarget) bool {
			rows := m.ByPort(t.Protocol, t.Port)
			i := slices.IndexFunc(rows, func(r model.Row) bool { return t.ReceivedBy(r.Socket) })
			if i >= 0 {
				ready(t.at, WaitResult{Row: rows[i]})
			}
			return i < 0
		})
		if len(open.all) == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// bindRetryInterval is how often a bind is tried although the same sockets hold the
// port: nothing shows that a privilege or an address has come.
const bindRetryInterval = 500 * time.Millisecond

// AwaitFree waits until each of the targets can be bound, as nearly all servers do
// it, with SO_REUSEADDR, and calls ready for each as soon as it can; not_permitted
// ends the wait for one as well. A bind is only tried when the port's sockets have
// changed: it could be in the way of a server that starts at that moment.
func AwaitFree(ctx context.Context, source sockets.Source, targets []bind.Target, ready func(at int, got WaitResult)) error {
	open := newOpenTargets(targets)
	var wake <-chan struct{}
	if closed, err := live.WatchDestroyed(PortsOf(targets)); err == nil {
		defer closed.Close()
		wake = closed.Ready() // only to look at once: what has closed is in no table
	}
	for tick := time.NewTicker(waitInterval); ; {
		m, err := readTracker(ctx, source)
		if err != nil {
			return err
		}
		open.keep(func(t *openTarget) bool {
			v := t.tryBind(socketStates(m.ByPort(t.Protocol, t.Port)))
			if v != bind.VerdictTaken {
				ready(t.at, WaitResult{Verdict: v})
			}
			return v == bind.VerdictTaken
		})
		if len(open.all) == 0 {
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

// openTargets are those that a wait has not come to an end for.
type openTargets struct{ all []openTarget }

// openTarget is one of them, with its place among all, and what was found when a bind
// was tried last.
type openTarget struct {
	bind.Target
	at      int
	refused []socketState
	tried   time.Time
}

func newOpenTargets(targets []bind.Target) openTargets {
	var open openTargets
	for i, t := range targets {
		open.all = append(open.all, openTarget{Target: t, at: i})
	}
	return open
}

// keep leaves those of the targets for which open holds.
func (o *openTargets) keep(open func(*openTarget) bool) {
	kept := o.all[:0]
	for i := range o.all {
		if open(&o.all[i]) {
			kept = append(kept, o.all[i])
		}
	}
	o.all = kept
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
