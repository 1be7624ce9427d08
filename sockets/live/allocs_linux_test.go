package live

import (
	"fmt"
	"testing"

	"lotop/sockets/socketstest"
)

// What an unchanged refresh allocates does not grow with the number of sockets,
// and hardly with that of processes: the crowds differ in the former.
func TestAllocationsOfUnchangedRefresh(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates on its own")
	}
	var allocs [2]float64
	for i, each := range []int{5, 200} {
		t.Run(fmt.Sprint(20*each, " sockets"), func(t *testing.T) {
			socketstest.StartLoad(t, 20, each)
			e := openObserver(t, SockDiag)
			e.refresh()
			e.refresh()
			allocs[i] = testing.AllocsPerRun(20, e.refresh)
			if n := len(e.Sockets); n < 20*each {
				t.Fatalf("only %d sockets", n)
			}
		})
	}
	if few, many := allocs[0], allocs[1]; many > few+200 {
		t.Errorf("%v allocations with 100 sockets, %v with 4,000", few, many)
	}
}
