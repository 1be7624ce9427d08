package sockdiag

import (
	"slices"

	"lotop/sockets"
)

// dedup removes those of the first n sockets, which were read before the others, that
// are also among the others: the later state is the right one.
func dedup(all []sockets.Socket, n int) []sockets.Socket {
	if n == 0 {
		return all
	}
	early := make([]sockets.ID, n)
	for i := range early {
		early[i] = all[i].ID
	}
	slices.Sort(early)
	moved := map[sockets.ID]bool{}
	for i := n; i < len(all); i++ {
		if _, ok := slices.BinarySearch(early, all[i].ID); ok {
			moved[all[i].ID] = true
		}
	}
	if len(moved) == 0 {
		return all
	}
	i := 0
	return slices.DeleteFunc(all, func(s sockets.Socket) bool {
		i++
		return i <= n && moved[s.ID]
	})
}
