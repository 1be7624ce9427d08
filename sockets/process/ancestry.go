package process

import "sort"

// ParentsFirst returns the processes in the order in which Stop signals them:
// ancestors of others first, else in the given order, each once.
func (r *Reader) ParentsFirst(all []*Process) []*Process {
	targets := r.sortByDepth(all)
	ordered := make([]*Process, len(targets))
	for i, t := range targets {
		ordered[i] = t.Process
	}
	return ordered
}

// sortByDepth counts for each process how many of the others are its ancestors, and
// sorts by that.
func (r *Reader) sortByDepth(all []*Process) []*target {
	given := make(map[identity]bool, len(all))
	var targets []*target
	for _, p := range all {
		id := identity{p.PID, p.Start}
		if !given[id] {
			given[id] = true
			targets = append(targets, &target{Outcome: Outcome{Process: p}})
		}
	}
	if len(targets) > 1 {
		for _, t := range targets {
			ancestors, _ := r.ancestorIDs(t.Process.PID) // as far as visible
			for _, id := range ancestors {
				if given[id] {
					t.depth++
				}
			}
		}
	}
	sort.SliceStable(targets, func(i, j int) bool { return targets[i].depth < targets[j].depth })
	return targets
}
