package process

import "sort"

// Order returns the processes in the order in which End asks them to end: those
// first that others of them descend from, else as they came. A process that is
// there twice stays once.
func (r *Reader) Order(all []*Process) []*Process {
	ranked := r.rank(all)
	ordered := make([]*Process, len(ranked))
	for i, v := range ranked {
		ordered[i] = v.Process
	}
	return ordered
}

// rank counts for each process how many of the others it descends from, at any
// distance, and sorts by that.
func (r *Reader) rank(all []*Process) []*victim {
	named := make(map[identity]bool, len(all))
	var ranked []*victim
	for _, p := range all {
		id := identity{p.PID, p.Start}
		if !named[id] {
			named[id] = true
			ranked = append(ranked, &victim{Outcome: Outcome{Process: p}})
		}
	}
	if len(ranked) > 1 {
		for _, v := range ranked {
			line, _ := r.lineage(v.Process.PID) // as far as it can be seen
			for _, at := range line {
				if named[at] {
					v.rank++
				}
			}
		}
	}
	sort.SliceStable(ranked, func(i, j int) bool { return ranked[i].rank < ranked[j].rank })
	return ranked
}
