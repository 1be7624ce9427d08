//go:build linux

package main_test

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"lotop/sockets/socketstest"
)

// TestScreenSignals sends signals to the real binary in a real terminal.
func TestScreenSignals(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	socketstest.RequireTool(t, "tmux")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	lotop := build(t)
	for name, test := range map[string]func(*testing.T, string){
		"end": signalsEnd, "nowhere to suspend to": suspendNowhere, "suspend": suspendInShell, "suspend a script": suspendScript,
		"suspended and ended": endSuspended, "suspended and ended by bash": endSuspendedByBash,
		"suspended from outside": suspendFromOutside, "continued in the background": continueInBackground,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, lotop)
		})
	}
}

// child waits for a child of the terminal's shell of that name.
func (x *terminal) child(name string) int {
	x.t.Helper()
	shell := strings.TrimSpace(x.tmux("display-message", "-p", "#{pane_pid}"))
	found := 0
	if !socketstest.Eventually(func() bool {
		pids, _ := os.ReadFile("/proc/" + shell + "/task/" + shell + "/children")
		for _, pid := range strings.Fields(string(pids)) {
			if comm, _ := os.ReadFile("/proc/" + pid + "/comm"); strings.TrimSpace(string(comm)) == name {
				found, _ = strconv.Atoi(pid)
			}
		}
		return found > 0
	}) {
		x.t.Fatalf("no %s below process %s", name, shell)
	}
	return found
}

func (x *terminal) kill(pid int, s syscall.Signal) {
	x.t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		x.t.Fatal(err)
	}
}

// modes returns those of the alternate screen, the mouse and the cursor.
func (x *terminal) modes() string {
	x.t.Helper()
	return strings.TrimSpace(x.tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}"))
}

func (x *terminal) awaitModes(want string) {
	x.t.Helper()
	got := ""
	if !socketstest.Eventually(func() bool { got = x.modes(); return got == want }) {
		x.t.Fatalf("other screen, mouse, cursor: %s, not %s\n%s", got, want, x.screen())
	}
}

func signalsEnd(t *testing.T, lotop string) {
	for _, s := range []syscall.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM} {
		x := open(t, 80, 24, lotop)
		x.awaitText("▸")
		x.kill(x.child("lotop"), s)
		x.awaitSane(128 + int(s))
		if screen := x.screen(); strings.Contains(screen, "goroutine") {
			t.Errorf("%v: %s", s, screen)
		}
	}
}

func suspendNowhere(t *testing.T, lotop string) {
	x := open(t, 80, 24, lotop)
	x.awaitText("▸")
	x.press("C-z")
	x.awaitText("cannot suspend: no shell to return to")
	x.press("q")
	x.awaitSane(0)
	x = open(t, 80, 24, lotop)
	x.awaitText("▸")
	x.press("C-z")
	x.awaitText("cannot suspend: no shell to return to")
	x.kill(x.child("lotop"), syscall.SIGTERM)
	x.awaitSane(143)
}

// inBash begins lotop in a bash with job control.
func inBash(t *testing.T, lotop string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	x := open(t, 80, 24, "exec env PS1='ready> ' bash --norc --noprofile -i")
	x.awaitText("ready>")
	x.press(lotop, "Enter")
	x.awaitText("▸", "q quit")
	return x
}

// awaitPrompt waits until bash has the terminal, as it was before lotop.
func (x *terminal) awaitPrompt() {
	x.t.Helper()
	x.awaitText("Stopped")
	x.awaitModes("001")
}

func (x *terminal) foreground() {
	x.t.Helper()
	x.press("fg; echo code $?", "Enter")
}

func suspendInShell(t *testing.T, lotop string) {
	x := inBash(t, lotop)
	for range 2 {
		x.press("C-z")
		x.awaitPrompt()
		x.foreground()
		x.awaitText("▸", "q quit")
		x.awaitModes("110")
		x.press("/")
		x.awaitText("enter keep")
		x.press("Escape")
		x.awaitText("q quit")
	}
	x.press("q")
	x.awaitText("code 0")
	x.awaitModes("001")
}

// A script stops with lotop, and its parent is the shell that continues both.
func suspendScript(t *testing.T, lotop string) {
	x := inBash(t, "sh -c '"+lotop+"; echo end of script'")
	x.press("C-z")
	x.awaitPrompt()
	x.foreground()
	x.awaitText("▸", "q quit")
	x.awaitModes("110")
	x.press("q")
	x.awaitText("end of script\n", "code 0")
}

// SIGTERM alone acts when lotop is continued.
func endSuspended(t *testing.T, lotop string) {
	x := inBash(t, lotop)
	x.press("C-z")
	x.awaitPrompt()
	x.kill(x.child("lotop"), syscall.SIGTERM)
	x.foreground()
	x.awaitText("code 143")
	x.awaitModes("001")
}

// bash continues what it sends SIGTERM, in the background.
func endSuspendedByBash(t *testing.T, lotop string) {
	x := inBash(t, lotop)
	x.press("C-z")
	x.awaitPrompt()
	x.press("kill %1", "Enter")
	x.await("the end of the job", func(screen string) bool {
		x.press("Enter") // bash reports jobs before a prompt
		return strings.Contains(screen, "Exit 143")
	})
	x.awaitModes("001")
}

func suspendFromOutside(t *testing.T, lotop string) {
	x := inBash(t, lotop)
	pid := x.child("lotop")
	for range 2 {
		x.kill(pid, syscall.SIGTSTP)
		x.awaitPrompt()
		x.foreground()
		x.awaitText("▸", "q quit")
		x.awaitModes("110")
	}
	x.press("q")
	x.awaitText("code 0")
	x.awaitModes("001")
}

func continueInBackground(t *testing.T, lotop string) {
	x := inBash(t, lotop)
	x.press("C-z")
	x.awaitPrompt()
	x.press("clear; bg", "Enter")
	x.await("lotop stopped again", func(screen string) bool {
		x.press("Enter")
		return strings.Contains(screen, "Stopped")
	})
	x.awaitModes("001")
	x.foreground()
	x.awaitText("▸", "q quit")
	x.awaitModes("110")
	x.press("q")
	x.awaitText("code 0")
}
