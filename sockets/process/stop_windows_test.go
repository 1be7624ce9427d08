package process

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"lotop/sockets/socketstest"
)

// What Wine 8 cannot show, and is left to a run on Windows itself: processes of
// other users and those that are protected (there is one user), Ctrl+Break (it
// refuses to send that), and a console that a terminal other than conhost made.

func onWine() bool {
	return windows.NewLazySystemDLL("ntdll.dll").NewProc("wine_get_version").Find() == nil
}

func mustRead(t *testing.T, r *Reader, pid int) *Process {
	t.Helper()
	p, err := r.Read(pid)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRead(t *testing.T) {
	r := NewReader("")
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	child := socketstest.StartChild(t, socketstest.ChildConfig{Args: []string{"-x", `two words`, `quote"`}})
	p := mustRead(t, r, child.PID)
	self, _ := os.Executable()
	if p.Name.String() != filepath.Base(self) || p.Parent != os.Getpid() || strings.Join(p.Args[1:], "|") != `-x|two words|quote"` {
		t.Errorf("%+v", p)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if _, name, _ := strings.Cut(me.Username, `\`); p.Account.String() != name || name == "" {
		t.Errorf("%q is not %q", p.Account, me.Username)
	}
	if off := p.Started.Sub(before); off < -time.Minute || off > time.Minute {
		t.Errorf("started %v after CreateProcess", off)
	}
	d, err := r.Details(child.PID)
	if err != nil {
		t.Fatal(err)
	}
	if d.Cwd.String() != folder || !strings.EqualFold(d.Executable.String(), self) || d.User.String() == "" || d.Threads == 0 || d.Memory == 0 {
		t.Errorf("%+v, in %s", d, folder)
	}
	if again, err := r.Refresh(p); again != p || err != nil {
		t.Errorf("%v %v", again, err)
	}
	line, err := r.Ancestors(child.PID)
	if err != nil || len(line) == 0 || line[0].PID != os.Getpid() {
		t.Errorf("%v %v", line, err)
	}
	all, err := r.ReadAll(map[int32]bool{int32(child.PID): true, 2: true}, map[int32]*Process{int32(child.PID): p})
	if err != nil || len(all) != 1 || all[int32(child.PID)] != p {
		t.Errorf("%v %v", all, err)
	}
	child.Close()
	for i, err := range []error{errorOf(r.Read(child.PID)), errorOf(r.Refresh(p)), errorOf(r.Open(p)), errorOf(r.Details(child.PID))} {
		if !errors.Is(err, ErrGone) {
			t.Error(i, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// A process that has the pid of the one that was meant is left alone.
func TestOpenComparesStart(t *testing.T) {
	r := NewReader("")
	other := *mustRead(t, r, socketstest.StartChild(t, socketstest.ChildConfig{}).PID)
	other.Start--
	if h, err := r.Open(&other); !errors.Is(err, ErrGone) {
		t.Error(h, err)
	}
	out := r.Stop(t.Context(), []*Process{&other}, StopOptions{Signal: syscall.SIGKILL})
	if len(out) != 1 || out[0].Result != Gone {
		t.Errorf("%+v", out)
	}
}

func stopPID(t *testing.T, pid int, sig syscall.Signal) Outcome {
	t.Helper()
	r := NewReader("")
	out := r.Stop(t.Context(), []*Process{mustRead(t, r, pid)}, StopOptions{Signal: sig, Grace: 5 * time.Second})
	if len(out) != 1 {
		t.Fatalf("%+v", out)
	}
	return out[0]
}

func TestKill(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{IgnoresCtrlC: true})
	if out := stopPID(t, child.PID, syscall.SIGKILL); out.Result != Exited || out.Signal != syscall.SIGKILL {
		t.Errorf("%+v", out)
	}
}

// On a console of its own a program is asked by Ctrl+C.
func TestCloseByCtrlC(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Flags: windows.CREATE_NEW_CONSOLE})
	out := stopPID(t, child.PID, syscall.SIGTERM)
	if out.Result != Exited || child.Line() != "interrupted" {
		t.Errorf("%+v", out)
	}
}

// Ctrl+Break reaches those too that Ctrl+C does not.
func TestCloseByCtrlBreak(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Flags: windows.CREATE_NEW_CONSOLE})
	out := stopPID(t, child.PID, syscall.SIGQUIT)
	if out.Err != nil && onWine() {
		t.Skip(out.Err)
	}
	if out.Result != Exited || child.Line() != "interrupted" {
		t.Errorf("%+v", out)
	}
}

func TestSurvivorOfCtrlC(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Flags: windows.CREATE_NEW_CONSOLE, IgnoresCtrlC: true})
	r := NewReader("")
	p := mustRead(t, r, child.PID)
	out := r.Stop(t.Context(), []*Process{p}, StopOptions{Grace: 500 * time.Millisecond})
	if len(out) != 1 || out[0].Result != Survived || out[0].Err != nil || child.Line() != "interrupted" {
		t.Errorf("%+v", out)
	}
}

func checkNotClosed(t *testing.T, pid int, want string) {
	t.Helper()
	out := stopPID(t, pid, syscall.SIGTERM)
	if out.Result != Survived || out.Err == nil || !strings.Contains(out.Err.Error(), want) {
		t.Errorf("%+v", out)
	}
}

// Nobody is asked through a console on which others would be hit, and nobody
// without one; but who descends from the one that is asked goes along.
func TestNotClosed(t *testing.T) {
	checkNotClosed(t, socketstest.StartChild(t, socketstest.ChildConfig{Flags: windows.DETACHED_PROCESS}).PID, "neither a window nor a console")
	pair := socketstest.StartChild(t, socketstest.ChildConfig{Flags: windows.CREATE_NEW_CONSOLE, ConsolePeer: true})
	r := NewReader("")
	companion := mustRead(t, r, pair.ConsolePeer)
	checkNotClosed(t, pair.ConsolePeer, "shares its console with "+companion.Name.String())
	if out := stopPID(t, pair.PID, syscall.SIGTERM); out.Result != Exited {
		t.Errorf("%+v", out)
	}
	if out := r.Stop(t.Context(), []*Process{companion}, StopOptions{}); out[0].Result == Survived {
		t.Errorf("%+v", out[0])
	}
}

func TestCloseWindow(t *testing.T) {
	child := socketstest.StartChild(t, socketstest.ChildConfig{Window: true})
	out := stopPID(t, child.PID, syscall.SIGTERM)
	if out.Result != Exited || child.Line() != "closed" {
		t.Errorf("%+v", out)
	}
}

func TestProtected(t *testing.T) {
	r := NewReader("")
	if _, ok := r.Protected(&Process{PID: kernelPID}); !ok {
		t.Error("the kernel is not protected")
	}
	if _, ok := r.Protected(mustRead(t, r, os.Getpid())); !ok {
		t.Error("the test itself is not protected")
	}
	if why, ok := r.Protected(mustRead(t, r, socketstest.StartChild(t, socketstest.ChildConfig{}).PID)); ok {
		t.Error(why)
	}
}
