//go:build linux

package main_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lotop/sockets/socketstest"
)

// terminal is a tmux server of its own with one window, and a client of it in control
// mode (tmux(1), "CONTROL MODE"): a process for each command would be most of the work
// of these tests.
type terminal struct {
	t   *testing.T
	dir string // of its socket
	in  io.Writer
	out *bufio.Scanner
}

// open runs a line of shell in a new terminal, which stays when that ends.
func open(t *testing.T, width, height int, line string) *terminal {
	t.Helper()
	dir, err := os.MkdirTemp("", "tmux") // not t.TempDir: its path can be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, dir: dir}
	t.Cleanup(func() {
		_ = x.command("kill-server").Run()
		_ = os.RemoveAll(dir)
	})
	start := x.command("-f", "/dev/null", "new-session", "-d", "-x", fmt.Sprint(width), "-y", fmt.Sprint(height), line+"; echo exit $?; stty -a; exec cat")
	if out, err := start.CombinedOutput(); err != nil {
		t.Fatalf("tmux: %v: %s", err, out)
	}
	x.attach()
	return x
}

func (x *terminal) command(args ...string) *exec.Cmd {
	cmd := exec.Command("tmux", append([]string{"-S", filepath.Join(x.dir, "socket")}, args...)...)
	// A UTF-8 terminal without the looks of the one the tests run in, and a shell
	// that runs lines: where SHELL is not set tmux takes the one of the account,
	// which for nobody is nologin.
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TMUX") && !strings.HasPrefix(v, "NO_COLOR") && !strings.HasPrefix(v, "COLORTERM") && !strings.HasPrefix(v, "LC_") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	// What lotop remembers of one terminal must not show in the next.
	cmd.Env = append(cmd.Env, "LC_ALL=C.UTF-8", "SHELL=/bin/sh", "XDG_CONFIG_HOME="+filepath.Join(x.dir, "config"))
	return cmd
}

// attach starts the client, which reports no output and has no size.
func (x *terminal) attach() {
	x.t.Helper()
	cmd := x.command("-C", "attach-session", "-f", "ignore-size,no-output")
	in, err := cmd.StdinPipe()
	if err != nil {
		x.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		x.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	x.in, x.out = in, bufio.NewScanner(out)
	x.answer("attach-session")
}

// tmux runs a command in the client and returns what it prints.
func (x *terminal) tmux(args ...string) string {
	x.t.Helper()
	for i, arg := range args {
		args[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
	}
	line := strings.Join(args, " ")
	if _, err := io.WriteString(x.in, line+"\n"); err != nil {
		x.t.Fatalf("tmux %s: %v", line, err)
	}
	return x.answer(line)
}

// answer reads what a command prints: the lines between %begin and an %end, or an
// %error, with the same numbers.
func (x *terminal) answer(command string) string {
	x.t.Helper()
	var text strings.Builder
	numbers, begun := "", false
	for x.out.Scan() {
		line := x.out.Text()
		switch {
		case !begun:
			numbers, begun = strings.CutPrefix(line, "%begin ")
		case line == "%end "+numbers:
			return text.String()
		case line == "%error "+numbers:
			x.t.Fatalf("tmux %s: %s", command, &text)
		default:
			text.WriteString(line + "\n")
		}
	}
	x.t.Fatalf("tmux %s: the client ended: %v", command, x.out.Err())
	return ""
}

// press sends keys by tmux's names.
func (x *terminal) press(keys ...string) {
	x.t.Helper()
	x.tmux(append([]string{"send-keys"}, keys...)...)
}

func (x *terminal) screen() string { x.t.Helper(); return x.tmux("capture-pane", "-p") }

// await reads the screen until it is as wanted.
func (x *terminal) await(what string, good func(screen string) bool) string {
	x.t.Helper()
	var screen string
	shown := socketstest.Eventually(func() bool {
		screen = x.screen()
		return good(screen)
	})
	if !shown {
		x.t.Fatalf("the screen does not show %s:\n%s", what, screen)
	}
	return screen
}

func (x *terminal) awaitText(all ...string) string {
	x.t.Helper()
	return x.await(fmt.Sprintf("%q", all), func(screen string) bool {
		for _, want := range all {
			if !strings.Contains(screen, want) {
				return false
			}
		}
		return true
	})
}

func (x *terminal) awaitNot(text string) {
	x.t.Helper()
	x.await("the end of "+text, func(screen string) bool { return !strings.Contains(screen, text) })
}

// awaitSelected waits until that is the selected row.
func (x *terminal) awaitSelected(text string) {
	x.t.Helper()
	x.await("▸ at "+text, func(screen string) bool { return strings.Contains(lineWith(screen, "▸"), text) })
}

func lineWith(screen, text string) string {
	for line := range strings.Lines(screen) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// server is a child process that listens on the ports of its commands.
type server struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Scanner
}

func serve(t *testing.T, ports ...uint16) *server {
	t.Helper()
	cmd := socketstest.RoleCommand(testServerRole, "")
	cmd.Args[0] = testServerRole
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	s := &server{t, cmd, in, bufio.NewScanner(out)}
	for _, p := range ports {
		s.toggle(p)
	}
	return s
}

// toggle opens a port, or closes it again, and returns when that is done.
func (s *server) toggle(port uint16) {
	s.t.Helper()
	fmt.Fprintln(s.in, port)
	if !s.out.Scan() || s.out.Text() != "done" {
		s.t.Fatalf("the server says %q", s.out.Text())
	}
}

// runServer runs a server.
func runServer(string) error {
	listeners := map[string]net.Listener{}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		port := in.Text()
		if l := listeners[port]; l != nil {
			_ = l.Close()
			delete(listeners, port)
		} else if l, err := net.Listen("tcp4", "127.0.0.1:"+port); err == nil {
			listeners[port] = l
		} else {
			fmt.Println(err)
		}
		fmt.Println("done")
	}
	return nil
}

// freePorts are n ports in rising order.
func freePorts(t *testing.T, n int) []uint16 {
	t.Helper()
	var ports []uint16
	for len(ports) < n {
		if p := socketstest.FreePort(t, "tcp"); !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	slices.Sort(ports)
	return ports
}

// inRow is what the Ports view shows of a port on 127.0.0.1.
func inRow(port uint16) string { return fmt.Sprintf("%-5d  127.0.0.1", port) }

func local(port uint16) string { return fmt.Sprintf("127.0.0.1:%d", port) }

// only narrows lotop to ports, so that other tests do not disturb.
func only(ports ...uint16) string {
	return "lport:" + strings.Trim(strings.ReplaceAll(fmt.Sprint(ports), " ", ","), "[]")
}
