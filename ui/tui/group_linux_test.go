package tui

import (
	"os"
	"os/exec"
	"slices"
	"syscall"
	"testing"
)

func TestParentAndGroup(t *testing.T) {
	for stat, want := range map[string][2]int{
		"7 (lotop) S 5 6 4 34816 7 4194560 2185\n": {5, 6},
		"7 (a) b) S (c) R 5 6 4 0 -1 4194560\n":    {5, 6},
		"7 (lotop) S 5":                            {},
		"":                                         {},
	} {
		if parent, group := parentAndGroup(stat); parent != want[0] || group != want[1] {
			t.Errorf("%q: parent %d, group %d, not %v", stat, parent, group, want)
		}
	}
}

func TestGroupParents(t *testing.T) {
	cmd := exec.Command("cat")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip(err)
	}
	defer func() { _ = in.Close(); _ = cmd.Wait() }()
	if got := groupParents(cmd.Process.Pid); !slices.Equal(got, []int{os.Getpid()}) {
		t.Errorf("parents %v, not [%d]", got, os.Getpid())
	}
	if !isShell(cmd.Process.Pid) || isShell(os.Getpid()) || isShell(0) || isShell(1<<30) {
		t.Error("a process of another group in this session alone can be the shell")
	}
}
