//go:build linux

package main_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"lotop/sockets/socketstest"

	"github.com/charmbracelet/x/ansi"
)

// TestScreen runs the real binary in a real terminal, tmux's, and reads what it
// shows.
func TestScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	socketstest.RequireTool(t, "tmux")
	t.Setenv("XDG_CONFIG_HOME", t.TempDir()) // no configuration of the user
	lotop := build(t)
	for name, test := range map[string]func(*testing.T, string){
		"sizes": screenSizes, "filter": screenFilter, "selection": screenSelection, "details": screenDetails,
		"free": screenFree, "quit": screenQuit, "interrupt": screenInterrupt, "resize": screenResize,
		"no color": screenNoColor, "nobody": screenNobody, "replay": screenReplay, "configured": screenConfigured,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, lotop)
		})
	}
}

// build compiles lotop to where every user can run it. Where the sources are out
// of reach, LOTOP_BINARY names one that is built.
func build(t *testing.T) string {
	t.Helper()
	if built := os.Getenv("LOTOP_BINARY"); built != "" {
		return built
	}
	dir, err := os.MkdirTemp("", "lotop-screen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "lotop")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return path
}

func screenSizes(t *testing.T, lotop string) {
	ports := freePorts(t, 2)
	serve(t, ports...)
	for _, size := range []struct{ width, height int }{{40, 12}, {80, 24}, {200, 50}} {
		x := open(t, size.width, size.height, lotop)
		screen := x.awaitText("lotop", "listening", "PORT", "▸", "q quit")
		checkSize(t, screen, size.width, size.height)
		x.press("/")
		x.press("-l", only(ports...))
		screen = x.awaitText(inRow(ports[0]), inRow(ports[1]), "/ lport:")
		checkSize(t, screen, size.width, size.height)
	}
}

func checkSize(t *testing.T, screen string, width, height int) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(screen, "\n"), "\n")
	if len(lines) != height {
		t.Errorf("%d lines, not %d", len(lines), height)
	}
	for _, l := range lines {
		if ansi.StringWidth(l) > width {
			t.Errorf("wider than %d: %s", width, l)
		}
	}
	if lines[len(lines)-1] == "" {
		t.Errorf("no keys on the last line:\n%s", screen)
	}
}

func screenFilter(t *testing.T, lotop string) {
	ports := freePorts(t, 2)
	serve(t, ports...)
	x := open(t, 80, 24, lotop)
	x.awaitText("▸")
	x.press("/")
	x.press("-l", fmt.Sprintf("lport:%d", ports[0]))
	x.awaitText(inRow(ports[0]))
	x.awaitNot(inRow(ports[1]))
	x.press("-l", ",x")
	x.awaitText("^", inRow(ports[0])) // the last good one stays in force
	x.press("Enter")
	x.awaitNot("^")
	x.awaitText(inRow(ports[0]), fmt.Sprintf("/ lport:%d  ", ports[0]))
	x.press("Escape")
	x.awaitNot("lport:")
}

// Rows come in above and go, and the selection stays with its socket.
func screenSelection(t *testing.T, lotop string) {
	ports := freePorts(t, 4)
	s := serve(t, ports[1], ports[3])
	x := open(t, 80, 24, lotop+" --interval 100ms "+only(ports...))
	x.awaitText(inRow(ports[1]), inRow(ports[3]))
	x.press("Down")
	x.awaitSelected(inRow(ports[3]))
	for _, p := range []uint16{ports[0], ports[2]} {
		s.toggle(p)
		x.awaitText(inRow(p))
		x.awaitSelected(inRow(ports[3]))
	}
	s.toggle(ports[0])
	x.awaitNot(inRow(ports[0]))
	x.awaitSelected(inRow(ports[3]))
	x.press("S")
	x.awaitText("PORT↓")
	x.awaitSelected(inRow(ports[3]))
}

func screenDetails(t *testing.T, lotop string) {
	ports := freePorts(t, 1)
	s := serve(t, ports...)
	for _, width := range []int{40, 80, 200} {
		x := open(t, width, 24, lotop+" "+only(ports...))
		x.awaitText(inRow(ports[0]))
		if width < 120 { // from there on they are open
			x.press("Enter")
		}
		x.awaitText(fmt.Sprintf("╭─ :%d  listening", ports[0]), fmt.Sprintf("pid %d", s.cmd.Process.Pid), "OPEN TO")
		x.press("Enter")
		x.awaitNot("╭─ ")
	}
}

func screenFree(t *testing.T, lotop string) {
	ports := freePorts(t, 1)
	s := serve(t, ports...)
	x := open(t, 80, 24, lotop+" "+only(ports...))
	x.awaitText(inRow(ports[0]))
	x.press("x")
	x.awaitText("╭─ Free "+local(ports[0]), "ends      ", fmt.Sprintf("(%d)", s.cmd.Process.Pid), "[ y  end it ]")
	x.press("n")
	x.awaitNot("╭─ Free")
	x.press("x")
	x.awaitText("[ y  end it ]")
	x.press("y")
	x.awaitText("✓ "+local(ports[0])+" is free", "exited after")
	if l, err := net.Listen("tcp4", local(ports[0])); err != nil {
		t.Errorf("it is not free: %v", err)
	} else {
		_ = l.Close()
	}
	x.awaitText("Still free after")
	x.press("Enter")
	x.awaitNot("╭─ Free")
}

// awaitSane waits for the end of lotop and reports whether the terminal is as it was before lotop.
func (x *terminal) awaitSane(code int) {
	x.t.Helper()
	screen := x.awaitText(fmt.Sprintf("exit %d\n", code), "-extproc")
	settings := strings.Fields(strings.NewReplacer(";", " ").Replace(screen))
	for _, want := range []string{"icanon", "echo", "isig", "opost", "onlcr"} {
		if !slices.Contains(settings, want) {
			x.t.Errorf("the terminal is left without %s:\n%s", want, screen)
		}
	}
	if strings.Contains(screen, "Ports  2 Connections") {
		x.t.Errorf("the screen is left behind:\n%s", screen)
	}
	if got := strings.TrimSpace(x.tmux("display-message", "-p", "#{alternate_on}#{mouse_any_flag}#{cursor_flag}")); got != "001" {
		x.t.Errorf("other screen, mouse, cursor: %s, not 001", got)
	}
}

func screenQuit(t *testing.T, lotop string) {
	x := open(t, 80, 24, lotop)
	x.awaitText("▸")
	x.press("q")
	x.awaitSane(0)
}

func screenInterrupt(t *testing.T, lotop string) {
	ports := freePorts(t, 1)
	serve(t, ports...)
	x := open(t, 80, 24, lotop+" "+only(ports...))
	x.awaitText(inRow(ports[0]))
	x.press("x")
	x.awaitText("[ y  end it ]")
	x.press("C-c")
	x.awaitSane(130)
}

func screenResize(t *testing.T, lotop string) {
	ports := freePorts(t, 1)
	serve(t, ports...)
	x := open(t, 80, 24, lotop+" "+only(ports...))
	x.awaitText(inRow(ports[0]))
	x.press("x")
	x.awaitText("[ y  end it ]")
	for _, size := range []struct{ width, height int }{{200, 50}, {40, 12}, {20, 5}, {100, 30}} {
		x.tmux("resize-window", "-x", fmt.Sprint(size.width), "-y", fmt.Sprint(size.height))
		want := "[ y  end"
		screen := x.await("a dialog of the new size", func(screen string) bool {
			edge := strings.TrimRight(lineWith(screen, "╰"), "\n")
			return strings.Contains(screen, want) && strings.HasSuffix(strings.TrimRight(edge, " "), "╯") &&
				strings.Count(screen, "\n") == size.height && ansi.StringWidth(edge) <= size.width
		})
		for line := range strings.Lines(screen) {
			if w := ansi.StringWidth(strings.TrimRight(line, "\n")); w > size.width {
				t.Errorf("at %d×%d a line has %d cells: %s", size.width, size.height, w, line)
			}
		}
	}
	x.press("n")
	x.awaitText(inRow(ports[0]), "q quit")
}

func screenNoColor(t *testing.T, lotop string) {
	ports := freePorts(t, 1)
	serve(t, ports...)
	color := regexp.MustCompile(`\x1b\[[0-9;]*(3[0-8]|4[0-8]|9[0-7]|10[0-7])[0-9;:]*m`)
	for env, want := range map[string]bool{"": true, "NO_COLOR=1": false, "NO_COLOR=yes": false, "NO_COLOR=": true} {
		x := open(t, 80, 24, "env "+env+" "+lotop+" "+only(ports...))
		x.awaitText(inRow(ports[0]), "▸")
		if got := color.MatchString(x.tmux("capture-pane", "-p", "-e")); got != want {
			t.Errorf("with %q colors: %v", env, got)
		}
	}
}

// Another user's process is not ended, and lotop says what to do.
func screenNobody(t *testing.T, lotop string) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to be another user")
	}
	ports := freePorts(t, 1)
	serve(t, ports...)
	x := open(t, 80, 24, "setpriv --reuid=65534 --regid=65534 --clear-groups "+lotop+" "+only(ports...))
	x.awaitText(inRow(ports[0]), "root")
	x.press("x")
	x.awaitText("another user: run sudo lotop free", "[ esc  close ]")
	x.press("y")
	x.awaitText("copied sudo lotop free")
	x.press("Escape")
	x.awaitNot("[ esc  close ]")
}
