package owners

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"lotop/sockets/process"
)

// writeProcess makes a process in a proc file system of the test's own.
func writeProcess(t *testing.T, proc string, pid, tracer int, name, children string) {
	t.Helper()
	dir := filepath.Join(proc, strconv.Itoa(pid))
	if err := os.MkdirAll(filepath.Join(dir, "task", strconv.Itoa(pid)), 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"stat":    strconv.Itoa(pid) + " (" + name + ") S 1" + strings.Repeat(" 0", 17) + " 77" + strings.Repeat(" 0", 30),
		"status":  "Name:\t" + name + "\nTgid:\t" + strconv.Itoa(pid) + "\nTracerPid:\t" + strconv.Itoa(tracer) + "\nUid:\t0\t0\t0\t0\n",
		"cmdline": name + "\x00",
		"cgroup":  "0::/\n",
		filepath.Join("task", strconv.Itoa(pid), "children"): children,
	} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// A debuggee holds no socket, and the debug server is named by it.
func TestTraceesAreKnown(t *testing.T) {
	proc := t.TempDir()
	writeProcess(t, proc, 5120, 0, "dlv", "5133 ")
	writeProcess(t, proc, 5133, 5120, "shop", "")
	cache := NewProcessCache(process.NewReader(proc))
	first := cache.Update(map[int32]bool{5120: true})
	if p := first[5133]; p == nil || p.Name.String() != "shop" {
		t.Fatalf("the debuggee is not there: %v", first)
	}
	if again := cache.Update(map[int32]bool{5120: false}); again[5133] == nil {
		t.Error("the debuggee is gone when the owners are listed again")
	}
	if after := cache.Update(map[int32]bool{}); len(after) != 0 {
		t.Errorf("the debuggee stays without its debug server: %v", after)
	}
}
