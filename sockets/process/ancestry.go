package process

import "sort"

// ParentsFirst returns the processes in the order in which End asks them to end: those
// first that others of them descend from, else as they came. A process that is
// there twice stays once.
func (r *Reader) ParentsFirst(all []*Process) []*Process {
	ranked := r.sortByDepth(all)
	ordered := make([]*Process, len(ranked))
	for i, v := range ranked {
		ordered[i] = v.Process
	}
	return ordered
}

// sortByDepth counts for each process how many of the others it descends from, at any
// distance, and sorts by that.
func (r *Reader) sortByDepth(all []*Process) []*target {
	named := make(map[identity]bool, len(all))
	var ranked []*target
	for _, p := range all {
		id := identity{p.PID, p.Start}
		if !named[id] {
			named[id] = true
			ranked = append(ranked, &target{Outcome: Outcome{Process: p}})
		}
	}
	if len(ranked) > 1 {
		for _, v := range ranked {
			line, _ := r.ancestorIDs(v.Process.PID) // as far as it can be seen
			for _, at := range line {
				if named[at] {
					v.depth++
				}
			}
		}
	}
	sort.SliceStable(ranked, func(i, j int) bool { return ranked[i].depth < ranked[j].depth })
	return ranked
}
