package tui

import "golang.org/x/sys/unix"

// groupParents returns the parents of the members of a process group.
func groupParents(group int) []int {
	all, err := unix.SysctlKinfoProcSlice("kern.proc.pgrp", group)
	if err != nil {
		return nil
	}
	var parents []int
	for _, p := range all {
		parents = append(parents, int(p.Eproc.Ppid))
	}
	return parents
}
