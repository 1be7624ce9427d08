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
	firstIDs := make([]sockets.ID, n)
	for i := range firstIDs {
		firstIDs[i] = all[i].ID
	}
	slices.Sort(firstIDs)
	duplicates := map[sockets.ID]bool{}
	for i := n; i < len(all); i++ {
		if _, ok := slices.BinarySearch(firstIDs, all[i].ID); ok {
			duplicates[all[i].ID] = true
		}
	}
	if len(duplicates) == 0 {
		return all
	}
	i := 0
	return slices.DeleteFunc(all, func(s sockets.Socket) bool {
		i++
		return i <= n && duplicates[s.ID]
	})
}
