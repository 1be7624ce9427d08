package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// TestReplayPipeInterrupted ends at the first interrupt, whether the pipe has no
// writer or one that writes nothing.
func TestReplayPipeInterrupted(t *testing.T) {
	if _, err := os.ReadFile("/proc/self/syscall"); err != nil {
		t.Skip("cannot tell whether a process waits in open(2): ", err)
	}
	for _, writer := range []bool{false, true} {
		for _, command := range []string{"list", "watch"} {
			path := filepath.Join(t.TempDir(), "pipe")
			if err := unix.Mkfifo(path, 0o600); err != nil {
				t.Fatal(err)
			}
			if writer {
				f, err := os.OpenFile(path, os.O_RDWR, 0)
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
			}
			cmd := lotop(t, command, "--replay", path)
			var said strings.Builder
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			waits := func() bool { return opensOrHas(t, cmd.Process.Pid, path) }
			if !socketstest.Eventually(waits) {
				t.Error("it does not wait for the pipe")
			}
			if err := cmd.Process.Signal(unix.SIGINT); err != nil {
				t.Error(err)
			}
			if !socketstest.Eventually(func() bool { return isZombie(cmd.Process.Pid) }) {
				t.Errorf("%s, with a writer %v: it goes on", command, writer)
				_ = cmd.Process.Kill()
			}
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || said.Len() > 0 {
				t.Errorf("%s, with a writer %v: exit %d, %s", command, writer, code, said.String())
			}
		}
	}
}

// opensOrHas reports whether the process waits in open(2), or has the file open.
func opensOrHas(t *testing.T, pid int, path string) bool {
	t.Helper()
	dir := "/proc/" + strconv.Itoa(pid)
	tasks, _ := filepath.Glob(dir + "/task/*/syscall")
	for _, task := range tasks {
		// There is a number as long as it sleeps there, else it says "running".
		if b, _ := os.ReadFile(task); strings.HasPrefix(string(b), fmt.Sprint(unix.SYS_OPENAT, " ")) {
			return true
		}
	}
	fds, _ := filepath.Glob(dir + "/fd/*")
	for _, fd := range fds {
		if to, _ := os.Readlink(fd); to == path {
			return true
		}
	}
	return false
}

func isZombie(pid int) bool {
	b, _ := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, rest, _ := strings.Cut(string(b), ") ")
	return strings.HasPrefix(rest, "Z")
}
