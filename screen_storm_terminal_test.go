//go:build linux

package main_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// stormTerminal is a terminal that no program draws, with a lotop in it.
type stormTerminal struct {
	t             *testing.T
	first, second *os.File
	before        unix.Termios // before lotop
	cmd           *exec.Cmd
	stderr        string // the file that lotop's standard error goes to
	ended         chan struct{}
	err           error // of lotop, once it has ended

	mu    sync.Mutex
	modes modes // as of what lotop has written so far
}

// openStorm opens a terminal and runs lotop in it.
func openStorm(t *testing.T, args ...string) *stormTerminal {
	t.Helper()
	x := &stormTerminal{t: t, ended: make(chan struct{}), modes: modes{on: map[string]bool{}}}
	x.openTerminal()
	said, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	x.stderr = said.Name()
	x.cmd = exec.Command("/proc/self/exe", args...)
	x.cmd.Args[0] = "lotop"
	// No PATH: there is no browser for it to open.
	env := []string{
		"TERM=xterm-256color", "LC_ALL=C.UTF-8", "XDG_CONFIG_HOME=" + t.TempDir(), "GORACE=" + os.Getenv("GORACE"),
		"GOCOVERDIR=" + t.TempDir(), // or go test -cover makes it write a warning
	}
	x.cmd.Env = socketstest.RoleEnviron(env, lotopRole, "")
	x.cmd.Stdin, x.cmd.Stdout, x.cmd.Stderr = x.second, x.second, said
	x.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := x.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		x.err = x.cmd.Wait()
		close(x.ended)
	}()
	t.Cleanup(func() {
		_ = x.cmd.Process.Kill()
		<-x.ended
	})
	go x.read()
	return x
}

func (x *stormTerminal) openTerminal() {
	x.t.Helper()
	var err error
	if x.first, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		x.t.Skip("no terminal to test with:", err)
	}
	x.t.Cleanup(func() { _ = x.first.Close() })
	fd := int(x.first.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		x.t.Skip("no terminal to test with:", err)
	}
	if x.second, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0); err != nil {
		x.t.Skip("no terminal to test with:", err)
	}
	x.t.Cleanup(func() { _ = x.second.Close() })
	x.resize(80, 24)
	before, err := unix.IoctlGetTermios(int(x.second.Fd()), unix.TCGETS)
	if err != nil {
		x.t.Fatal(err)
	}
	x.before = *before
}

func (x *stormTerminal) resize(width, height int) {
	x.t.Helper()
	if err := unix.IoctlSetWinsize(int(x.first.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: uint16(height), Col: uint16(width)}); err != nil {
		x.t.Fatal(err)
	}
}

// read takes what lotop writes, as a terminal does.
func (x *stormTerminal) read() {
	buf := make([]byte, 1<<16)
	for {
		n, err := x.first.Read(buf)
		x.mu.Lock()
		x.modes.take(buf[:n])
		x.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (x *stormTerminal) write(s string) {
	x.t.Helper()
	if _, err := io.WriteString(x.first, s); err != nil {
		x.t.Fatal(err)
	}
}

// press types with a pause behind each key.
func (x *stormTerminal) press(keys ...string) {
	x.t.Helper()
	for _, k := range keys {
		x.write(k)
		if !x.drained() {
			x.t.Fatalf("lotop does not read what is typed:\n%s", x.dump())
		}
		time.Sleep(pause)
	}
}

// drained reports whether lotop has read all that was typed.
func (x *stormTerminal) drained() bool {
	x.t.Helper()
	return socketstest.Eventually(func() bool {
		select {
		case <-x.ended:
			x.t.Fatalf("lotop has ended: %v\n%s", x.err, x.dump())
		default:
		}
		n, err := unix.IoctlGetInt(int(x.second.Fd()), unix.TIOCINQ)
		return err == nil && n == 0
	})
}

func (x *stormTerminal) awaitOutput(text string) {
	x.t.Helper()
	shown := socketstest.Eventually(func() bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return strings.Contains(string(x.modes.tail), text)
	})
	if !shown {
		x.t.Fatalf("no %q on the screen:\n%s", text, x.dump())
	}
}

// said is what lotop has written to standard error.
func (x *stormTerminal) said() string {
	said, err := os.ReadFile(x.stderr)
	if err != nil {
		return err.Error()
	}
	return string(said)
}

// dump stops lotop and returns its goroutines and the last that it has drawn.
func (x *stormTerminal) dump() string {
	_ = x.cmd.Process.Signal(syscall.SIGQUIT)
	select {
	case <-x.ended:
	case <-time.After(quitWithin):
		_ = x.cmd.Process.Kill()
		<-x.ended
	}
	return x.said() + "\n" + x.lastOutput()
}

// lastOutput is the last that lotop has written, about what a screen holds.
func (x *stormTerminal) lastOutput() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	const enough = 4096
	return strconv.Quote(string(x.modes.tail[max(len(x.modes.tail)-enough, 0):]))
}

// modes are what a program switches on in a terminal by escape codes.
type modes struct {
	on   map[string]bool
	tail []byte // the last of what was written
}

const tailLength = 1 << 14

// setMode is a DEC private mode that is set or reset, a level of keyboard
// enhancements that is pushed or popped, or the way that other keys are sent.
var setMode = regexp.MustCompile(`\x1b\[(?:\?([0-9;]+)([hl])|([<>])[0-9]*u|>4(;[1-9])?m)`)

// take follows what was written. A code that is cut in two is seen whole with
// the next part, which does no harm to those that are seen twice.
func (m *modes) take(out []byte) {
	const longest = 32
	from := max(len(m.tail)-longest, 0)
	m.tail = append(m.tail, out...)
	for _, code := range setMode.FindAllSubmatch(m.tail[from:], -1) {
		switch {
		case len(code[1]) > 0:
			for mode := range strings.SplitSeq(string(code[1]), ";") {
				m.on[mode] = string(code[2]) == "h"
			}
		case len(code[3]) > 0:
			m.on["keyboard"] = string(code[3]) == ">"
		default:
			m.on["other keys"] = len(code[4]) > 0
		}
	}
	if cut := len(m.tail) - tailLength; cut > tailLength {
		m.tail = append(m.tail[:0], m.tail[cut:]...)
	}
}

// modesOn are the modes that are not as a terminal has them at the start.
func (x *stormTerminal) modesOn() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	const cursor, wrap = "25", "7"
	var set []string
	for mode, on := range x.modes.on {
		if on != (mode == cursor || mode == wrap) {
			set = append(set, mode)
		}
	}
	slices.Sort(set)
	return set
}
