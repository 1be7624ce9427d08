//go:build linux

package main_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// TestScreenHangup takes the terminal away from the real binary.
func TestScreenHangup(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	lotop := build(t)
	for name, test := range map[string]func(*testing.T, string){
		"closed": closeTerminal, "closed, SIGHUP ignored": closeTerminalNohup, "stuck": stuckTerminal,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, lotop)
		})
	}
}

// hungTerminal is a terminal that lotop controls, without anybody between.
type hungTerminal struct {
	t      *testing.T
	master *os.File
	cmd    *exec.Cmd
	before *unix.Termios
	slave  string
}

func openHung(t *testing.T, name string, args ...string) *hungTerminal {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminal to test with:", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(int(master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 80})
	}
	if err != nil {
		t.Skip("no terminal to test with:", err)
	}
	h := &hungTerminal{t: t, master: master, cmd: exec.Command(name, args...), slave: fmt.Sprintf("/dev/pts/%d", n)}
	slave, err := os.OpenFile(h.slave, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminal to test with:", err)
	}
	defer slave.Close()
	h.before = h.termios(slave)
	h.cmd.Stdin, h.cmd.Stdout, h.cmd.Stderr = slave, slave, slave
	h.cmd.Env = append(os.Environ(), "TERM=xterm", "LC_ALL=C.UTF-8")
	h.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.cmd.Process.Kill(); _ = h.cmd.Wait() })
	return h
}

func (h *hungTerminal) termios(f *os.File) *unix.Termios {
	h.t.Helper()
	termios, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		h.t.Fatal(err)
	}
	return termios
}

// awaitScreen reads until the screen has been shown.
func (h *hungTerminal) awaitScreen() {
	h.t.Helper()
	buf := make([]byte, 4096)
	for said := ""; !strings.Contains(said, "▸"); {
		n, err := h.master.Read(buf)
		if said += string(buf[:n]); err != nil {
			h.t.Fatalf("%v after %q", err, said)
		}
	}
}

func (h *hungTerminal) awaitExit(code int) {
	h.t.Helper()
	done := make(chan struct{})
	go func() { _ = h.cmd.Wait(); close(done) }()
	if !socketstest.Eventually(func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}) {
		h.t.Fatal("lotop is still there")
	}
	if got := h.cmd.ProcessState.ExitCode(); got != code {
		h.t.Errorf("exit %d, not %d: %v", got, code, h.cmd.ProcessState)
	}
}

// writes reports whether a thread of lotop is in a write to standard output.
func (h *hungTerminal) writes() bool {
	calls, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", h.cmd.Process.Pid))
	for _, call := range calls {
		if b, _ := os.ReadFile(call); strings.HasPrefix(string(b), fmt.Sprintf("%d 0x1 ", unix.SYS_WRITE)) {
			return true
		}
	}
	return false
}

func closeTerminal(t *testing.T, lotop string) {
	h := openHung(t, lotop)
	h.awaitScreen()
	_ = h.master.Close()
	h.awaitExit(129)
}

// Without the signal the terminal's own error shows it.
func closeTerminalNohup(t *testing.T, lotop string) {
	h := openHung(t, "sh", "-c", "trap '' HUP; exec "+lotop)
	h.awaitScreen()
	_ = h.master.Close()
	h.awaitExit(129)
}

// A terminal without a reader takes no more output; its modes can still be
// restored.
func stuckTerminal(t *testing.T, lotop string) {
	h := openHung(t, lotop, "--interval", "100ms")
	h.awaitScreen()
	slave, err := os.OpenFile(h.slave, os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	width := uint16(80)
	if !socketstest.Eventually(func() bool {
		for {
			if _, err := unix.Write(int(slave.Fd()), []byte(strings.Repeat("x", 256))); err != nil {
				break
			}
		}
		width = 200 - width // so that all of the screen is to be drawn
		_ = unix.IoctlSetWinsize(int(h.master.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: width + 1})
		return h.writes()
	}) {
		t.Skip("the terminal takes output for ever")
	}
	_ = h.cmd.Process.Signal(syscall.SIGTERM)
	h.awaitExit(143)
	if after := h.termios(slave); after.Lflag != h.before.Lflag || after.Iflag != h.before.Iflag || after.Oflag != h.before.Oflag {
		t.Errorf("the terminal is left with %+v, before it had %+v", after, h.before)
	}
}
