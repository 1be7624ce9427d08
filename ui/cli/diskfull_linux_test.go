package cli

import (
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// onFullDisk makes a command that runs lotop with `--record FILE` on a file system
// of 16 KiB, and then
// says on standard error how many events FILE holds. The file system is there for this
// command only. fill says whether it is full before.
func onFullDisk(t *testing.T, fill bool, args ...string) *exec.Cmd {
	t.Helper()
	const script = `mount -t tmpfs -o size=16k none "$1" || exit 99
dir=$1; shift
case $1 in yes) head -c 16k /dev/zero > "$dir/fill";; esac
shift
"$0" "$@" --record "$dir/session"
code=$?
echo "left: $("$0" watch --json --replay "$dir/session" 2>/dev/null | wc -l)" >&2
exit $code`
	word := "no"
	if fill {
		word = "yes"
	}
	cmd := lotop(t)
	cmd.Args = append([]string{"sh", "-c", script, cmd.Path, t.TempDir(), word}, args...)
	var err error
	if cmd.Path, err = exec.LookPath("sh"); err != nil {
		t.Skip("there is no shell")
	}
	ownNamespace(cmd)
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) } // of the shell and of lotop
	probe := exec.Command(cmd.Path, "-c", "mount -t tmpfs -o size=16k none "+t.TempDir())
	ownNamespace(probe)
	if out, err := probe.CombinedOutput(); err != nil {
		t.Skipf("needs a mount namespace of its own: %v %s", err, out)
	}
	return cmd
}

// ownNamespace lets a command mount what no other process sees.
func ownNamespace(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
}

const noSpace = "/session: no space left on device"

// checkStopped checks that it was printed once that the recording stopped.
func checkStopped(t *testing.T, r result) {
	t.Helper()
	if r.code != exitFailed || strings.Count(r.err, "recording stopped after ") != 1 || !strings.Contains(r.err, noSpace) {
		t.Errorf("exit %d, %s", r.code, r.err)
	}
}

// left returns how many events are in what was recorded.
func left(t *testing.T, said string) int {
	t.Helper()
	_, rest, ok := strings.Cut(said, "left: ")
	n, err := strconv.Atoi(strings.TrimSpace(rest))
	if !ok || err != nil {
		t.Fatalf("nothing can be said of what is left: %s", said)
	}
	return n
}

// TestDiskFull ends a watch as soon as nothing more can be recorded. What was
// recorded stays.
func TestDiskFull(t *testing.T) {
	l := listen(t)
	w := startWatch(t, l, onFullDisk(t, false, "watch", "--json", "--interval", "50ms", "port:"+portOf(l)))
	for ended := false; !ended; { // until there is no room
		knock(t, l)
		select {
		case _, ok := <-w.events:
			ended = !ok
		default:
		}
	}
	_ = w.cmd.Wait()
	checkStopped(t, result{code: w.cmd.ProcessState.ExitCode(), err: w.err.String()})
	if n := left(t, w.err.String()); n < 10 {
		t.Errorf("%d events can be read", n)
	}
}

// TestDiskFullFromTheStart leaves nothing that could be read, and says so.
func TestDiskFullFromTheStart(t *testing.T) {
	l := listen(t)
	for _, command := range []string{"watch", "list"} {
		r := execute(t, onFullDisk(t, true, command, "port:"+portOf(l)))
		checkStopped(t, r)
		if has := strings.Contains(r.out, l.Addr().String()); has != (command == "list") || !strings.Contains(r.err, "after 0 snapshots") {
			t.Errorf("%s: %s\n%s", command, r.out, r.err)
		}
	}
}

// TestDiskFullScreen goes on with the screen, says it there at once, and again
// when it ends.
func TestDiskFullScreen(t *testing.T) {
	t.Parallel()
	l := listen(t)
	cmd := onFullDisk(t, false, "--interval", "100ms", "port:"+portOf(l))
	first, second := openTerminal(t, 120)
	cmd.Env = append(cmd.Env, "TERM=xterm", "NO_COLOR=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = second, second, second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = second.Close()
	s := &session{t: t, cmd: cmd, tty: first}
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() { // fills the disk
		defer close(done)
		for {
			select {
			case <-stop:
				return
			default:
			}
			if c, err := net.Dial("tcp", l.Addr().String()); err == nil {
				if s, err := l.Accept(); err == nil {
					_ = s.Close()
				}
				_ = c.Close()
			}
		}
	}()
	s.expect("recording stopped after ")
	close(stop)
	<-done
	before := len(s.said)
	s.answer("q")
	s.said += readTerminal(first)
	_ = cmd.Wait()
	if code, rest := cmd.ProcessState.ExitCode(), s.said[before:]; code != exitFailed || !strings.Contains(rest, "lotop: recording stopped after ") || !strings.Contains(rest, noSpace) {
		t.Errorf("exit %d, %q", code, rest)
	}
}
