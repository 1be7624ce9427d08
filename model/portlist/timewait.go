package portlist

import (
	"cmp"
	"slices"

	"lotop/model"
)

func (b *builder) addTimeWait(r *model.Row) {
	port := waitPort(r)
	if port == r.Socket.Local.Port() || r.InScope() {
		b.closed[port]++
	}
	if b.matches(r) {
		b.waiting[port]++
		if b.options.TimeWait {
			b.waits = append(b.waits, *r)
		}
	}
}

// waitPort is the port under which a TIME_WAIT is counted: the server's, or if that is
// unknown the lower one.
func waitPort(r *model.Row) uint16 {
	if r.RoleUnknown {
		return min(r.Socket.Local.Port(), r.Socket.Remote.Port())
	}
	return r.ServerPort()
}

// timeWaits returns the counts by port, the largest first.
func (b *builder) timeWaits() []TimeWait {
	all := make([]TimeWait, 0, len(b.waiting))
	for port, n := range b.waiting {
		all = append(all, TimeWait{port, n})
	}
	slices.SortFunc(all, func(x, y TimeWait) int {
		return cmp.Or(cmp.Compare(y.Count, x.Count), cmp.Compare(x.Port, y.Port))
	})
	return all
}
