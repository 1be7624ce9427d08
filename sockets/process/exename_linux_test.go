package process_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/process"
)

// TestExecutableName asks about processes that call themselves something else.
func TestExecutableName(t *testing.T) {
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Skip("there is no sleep(1)")
	}
	program, err := os.ReadFile(sleep)
	if err != nil {
		t.Skip("sleep(1) cannot be copied: ", err)
	}
	path := filepath.Join(t.TempDir(), "really")
	if err := os.WriteFile(path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	memory := memoryFile(t, program)
	r := process.NewReader("")
	for exe, want := range map[string]string{path: "really", "/proc/self/fd/3": ""} {
		// A multi-call sleep looks at argv[0], so that it keeps its name there.
		cmd := exec.Command(exe, "100")
		cmd.Args[0], cmd.ExtraFiles = "sleep", []*os.File{memory}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		p, err := r.Read(cmd.Process.Pid)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.ExecutableName(p).Raw(); got != want {
			t.Errorf("%s: %q, want %q", exe, got, want)
		}
		if want != "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			if got := r.ExecutableName(p).Raw(); got != want {
				t.Errorf("of a file that was removed: %q", got)
			}
		}
		other := *p
		other.Start++
		if got := r.ExecutableName(&other).Raw(); got != "" {
			t.Errorf("of another process with that pid: %q", got)
		}
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if got := r.ExecutableName(p).Raw(); got != "" {
			t.Errorf("of a process that has exited: %q", got)
		}
	}
}

// memoryFile makes a file that is in no directory.
func memoryFile(t *testing.T, content []byte) *os.File {
	t.Helper()
	fd, err := unix.MemfdCreate("SECRET", unix.MFD_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	f := os.NewFile(uintptr(fd), "memfd")
	t.Cleanup(func() { _ = f.Close() })
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	return f
}
