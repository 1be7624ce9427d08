package cli

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

// openTerminal makes a terminal of that width; what is written to its second
// end can be read from the first.
func openTerminal(t *testing.T, width uint16) (*os.File, *os.File) {
	t.Helper()
	first, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminal to test with:", err)
	}
	t.Cleanup(func() { _ = first.Close() })
	fd := int(first.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: width})
	}
	if err != nil {
		t.Skip("no terminal to test with:", err)
	}
	second, err := os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no terminal to test with:", err)
	}
	t.Cleanup(func() { _ = second.Close() })
	return first, second
}

func TestOnTerminal(t *testing.T) {
	p := socketstest.Start(t, socketstest.Args("shop", strings.Repeat("x", 500), "end"))
	query := "state:listen " + p.Listen("tcp4", "127.0.0.1:0").Local.String()
	for _, c := range []struct {
		name   string
		env    string
		args   []string
		colors bool
		says   string
	}{
		{"colors", "TERM=xterm", []string{"list", query}, true, ""},
		{"NO_COLOR", "NO_COLOR=yes", []string{"list", query}, false, ""},
		{"--color", "TERM=xterm", []string{"list", "--color", "never", query}, false, ""},
		{"dumb", "TERM=dumb", []string{query}, false, "TERM=dumb"},
	} {
		first, second := openTerminal(t, 90)
		cmd := lotop(t, c.args...)
		cmd.Env = append(cmd.Env, "TERM=xterm", c.env)
		var said bytes.Buffer
		cmd.Stdin, cmd.Stdout, cmd.Stderr = second, second, &said
		if err := cmd.Run(); err != nil {
			t.Fatal(c.name, err, said.String())
		}
		_ = second.Close()
		got := readTerminal(first)
		if has := strings.Contains(got, "\x1b["); has != c.colors {
			t.Errorf("%s: colors %v\n%q", c.name, has, got)
		}
		if strings.Count(got, "\r\n") != 2 || strings.Contains(got, strings.Repeat("x", 60)) || !strings.Contains(said.String(), c.says) {
			t.Errorf("%s: %q, says %q", c.name, got, said.String())
		}
	}
}

// The help must not wait for a terminal that answers no questions, and heeds
// NO_COLOR whatever its value.
func TestHelpOnTerminal(t *testing.T) {
	for env, colors := range map[string]bool{"NO_COLOR=": true, "NO_COLOR=yes": false, "TERM=dumb": false} {
		first, second := openTerminal(t, 90)
		cmd := lotop(t, "--help")
		cmd.Env = append(cmd.Env, "TERM=xterm", env)
		cmd.Stdin, cmd.Stdout, cmd.Stderr = second, second, second
		if err := cmd.Run(); err != nil {
			t.Fatal(env, err)
		}
		_ = second.Close()
		got := readTerminal(first)
		if !strings.Contains(got, "lotop") || strings.Contains(got, "\x1b]") || strings.Contains(got, "\x1b[c") {
			t.Errorf("%s: %q", env, got)
		}
		if has := strings.Contains(got, ";34m") || strings.Contains(got, "[36m"); has != colors {
			t.Errorf("%s: colors %v\n%q", env, has, got)
		}
	}
}

// readTerminal reads what is there; at the end Linux says EIO.
func readTerminal(f *os.File) string {
	var all []byte
	buf := make([]byte, 4096)
	for {
		n, err := f.Read(buf)
		all = append(all, buf[:n]...)
		if err != nil {
			return string(all)
		}
	}
}
