package tui

import (
	"os"
	"strconv"
	"strings"
)

// groupParents returns the parents of the members of a process group, as far as
// /proc shows them.
func groupParents(group int) []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // an error leaves those that were read before it
	var parents []int
	for _, name := range names {
		if name[0] < '0' || name[0] > '9' {
			continue
		}
		stat, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // it has exited
		}
		if parent, of := parentAndGroup(string(stat)); of == group {
			parents = append(parents, parent)
		}
	}
	return parents
}

// parentAndGroup parses /proc/PID/stat (proc_pid_stat(5)): after the name, which can
// contain parentheses, are state, ppid and pgrp.
func parentAndGroup(stat string) (parent, group int) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 3 {
		return 0, 0
	}
	parent, _ = strconv.Atoi(fields[1]) // 0 if the format is unknown
	group, _ = strconv.Atoi(fields[2])
	return parent, group
}
