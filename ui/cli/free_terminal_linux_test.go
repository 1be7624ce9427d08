package cli

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"lotop/sockets/socketstest"
	"lotop/ui/style"
)

// session is a command on a terminal.
type session struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File // our end
	said string   // all that it has written
}

func onTerminal(t *testing.T, args ...string) *session {
	t.Helper()
	first, second := openTerminal(t, 80)
	s := &session{t: t, cmd: lotop(t, args...), tty: first}
	s.cmd.Env = append(s.cmd.Env, "TERM=xterm", "NO_COLOR=1")
	s.cmd.Stdin, s.cmd.Stdout, s.cmd.Stderr = second, second, second
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = second.Close() // so that reading ends with the command
	return s
}

// expect reads until the words have come.
func (s *session) expect(words string) {
	s.t.Helper()
	buf := make([]byte, 4096)
	for !strings.Contains(s.said, words) {
		n, err := s.tty.Read(buf)
		s.said += string(buf[:n])
		if err != nil {
			s.t.Fatalf("no %q, but %q, then %v", words, s.said, err)
		}
	}
}

func (s *session) answer(line string) {
	s.t.Helper()
	if _, err := s.tty.WriteString(line); err != nil {
		s.t.Fatal(err)
	}
}

// end reads the rest and checks the code.
func (s *session) end(code int, words ...string) {
	s.t.Helper()
	s.said += readTerminal(s.tty)
	_ = s.cmd.Wait()
	checkSaid(s.t, "on a terminal", result{code: s.cmd.ProcessState.ExitCode(), err: s.said}, code, words...)
	for line := range strings.Lines(s.said) {
		if w := style.Width(strings.TrimRight(line, "\r\n")); w > 80 {
			s.t.Errorf("%d cells: %q", w, line)
		}
	}
}

func TestFreeAsks(t *testing.T) {
	t.Parallel()
	p, port := server(t, socketstest.Args("shop", strings.Repeat("long", 50), "--port", "3000"))
	for _, answer := range []string{"\n", "n\n", "\x04", "yesterday\n"} {
		s := onTerminal(t, "free", port)
		s.expect("[y/N] ")
		s.answer(answer)
		s.end(2, "ends      "+named(p)+"  shop", "…", "--port 3000", "canceled")
	}
	s := onTerminal(t, "free", port)
	s.expect("[y/N] ")
	_ = s.cmd.Process.Signal(os.Interrupt)
	s.end(130)
	checkAlive(t, p, true)
	s = onTerminal(t, "free", port)
	s.expect("[y/N] ")
	s.answer("y\n")
	s.end(0, "exited after", "✓ "+port+" is free")
	checkAlive(t, p, false)
}

func TestFreeAsksAgain(t *testing.T) {
	t.Parallel()
	p, port := server(t, socketstest.IgnoreSIGTERM())
	for _, c := range []struct {
		answer string
		code   int
		alive  bool
	}{{"n\n", 1, true}, {"y\n", 0, false}} {
		s := onTerminal(t, "free", port, "--grace", "200ms")
		s.expect("[y/N] ")
		s.answer("y\n")
		s.expect("Send SIGKILL? [y/N] ")
		s.answer(c.answer)
		s.end(c.code, named(p)+" did not exit on SIGTERM")
		checkAlive(t, p, c.alive)
		if n := strings.Count(s.said, "did not exit"); n != 1 {
			t.Errorf("told %d times that it survived:\n%s", n, s.said)
		}
	}
}

// Exactly the processes that the plan has shown are stopped, whatever has become of the
// port while the question stood there.
func TestFreeOtherTable(t *testing.T) {
	t.Parallel()
	p, port := server(t)
	s := onTerminal(t, "free", port)
	s.expect("[y/N] ")
	p.Kill()
	stranger := socketstest.Start(t, socketstest.Name("stranger"))
	stranger.Listen("tcp4", "127.0.0.1:"+port, socketstest.ReuseAddr)
	bystander := socketstest.Start(t, socketstest.Name("stranger"))
	bystander.Listen("tcp4", "127.0.0.2:"+port, socketstest.ReuseAddr)
	s.answer("y\n")
	s.end(1, named(p)+" had already exited", "was bound again", "by stranger (")
	checkAlive(t, stranger, true)
	checkAlive(t, bystander, true)
}

// The answer of why keeps to the width of a terminal; in a pipe nothing is cut.
func TestWhyWidth(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long", 50)
	p, port := server(t, socketstest.Args("shop", long, "--port", "3000"))
	s := onTerminal(t, "why", port)
	s.end(1, port+" is in use by "+named(p), "…", "--port 3000")
	if r := execute(t, lotop(t, "why", port)); !strings.Contains(r.out, "shop "+long+" --port 3000\n") {
		t.Errorf("cut in a pipe:\n%s", r.out)
	}
	onTerminal(t, "why", "127.0.0.77:"+port).end(0, "is free")
}
