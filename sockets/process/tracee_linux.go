package process

import (
	"os"
	"strconv"
	"strings"
)

// isTracer tells whether a program of that name is one that debugs others:
// to look for what every process holds would cost too much.
func isTracer(name string) bool {
	switch name {
	case "dlv", "gdb", "gdbserver", "lldb", "lldb-server", "lldb-dap", "codelldb", "rr":
		return true
	}
	return false
}

// tracee returns the child that a debug server holds by ptrace, 0 if there is
// none, if it is no debug server, or if this kernel does not list children
// (CONFIG_PROC_CHILDREN). A child is one of the thread that started it.
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

// parseChildren reads a children file: pids with a space behind each.
func parseChildren(b []byte) []int {
	var all []int
	for _, field := range strings.Fields(string(b)) {
		if pid, err := strconv.Atoi(field); err == nil && pid > 0 {
			all = append(all, pid)
		}
	}
	return all
}
