package sockdiag

import (
	"slices"

	"lotop/sockets"
)

// dedup removes from the first n sockets, which were read before the others,
// those that stand among the others once more: the later word is the true one.
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
	place := 0
	return slices.DeleteFunc(all, func(s sockets.Socket) bool {
		place++
		return place <= n && moved[s.ID]
	})
}
