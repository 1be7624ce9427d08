package process

import (
	"os"
	"strconv"
	"strings"
)

// isTracer reports whether a program of that name is a debug server: checking the
// children of every process would cost too much.
func isTracer(name string) bool {
	switch name {
	case "dlv", "gdb", "gdbserver", "lldb", "lldb-server", "lldb-dap", "codelldb", "rr":
		return true
	}
	return false
}

// tracee returns the child that a debug server traces by ptrace, 0 if there is none,
// if it is not a debug server, or if this kernel does not list children
// (CONFIG_PROC_CHILDREN). The kernel lists children by the thread that started them.
func (r *Reader) tracee(d procDir, pid int, name string) int {
	if !isTracer(name) {
		return 0
	}
	tasks, err := os.ReadDir(d.path + "/task")
	if err != nil {
		return 0
	}
	buf := r.buffer()
	defer r.release(buf)
	for _, task := range tasks {
		b, err := d.read("task/"+task.Name()+"/children", buf)
		if err != nil {
			continue
		}
		for _, child := range parseChildren(b) {
			if s, err := r.status(child); err == nil && r.threadLeader(s.tracer) == pid {
				return child
			}
		}
	}
	return 0
}

// parseChildren parses a children file: PIDs, each followed by a space.
func parseChildren(b []byte) []int {
	var all []int
	for _, field := range strings.Fields(string(b)) {
		if pid, err := strconv.Atoi(field); err == nil && pid > 0 {
			all = append(all, pid)
		}
	}
	return all
}
