package process

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"lotop/sockets/untrusted"
)

func TestRead(t *testing.T) {
	h := startHelper(t, "wait", func(cmd *exec.Cmd) { cmd.Args = []string{"server", "--port", "3000", "two words"} })
	p := mustRead(t, NewReader(""), h.pid())
	if p.PID != h.pid() || p.Parent != os.Getpid() || p.UID != uint32(os.Geteuid()) || p.Start == 0 {
		t.Errorf("pid %d, parent %d, uid %d, start %d", p.PID, p.Parent, p.UID, p.Start)
	}
	if age := time.Since(p.Started); age < -time.Second || age > time.Minute {
		t.Errorf("started %v ago", age)
	}
	if diff := cmp.Diff([]string{"server", "--port", "3000", "two words"}, p.Args); diff != "" {
		t.Error(diff)
	}
	if got := p.Command.String(); got != "server --port 3000 two words" {
		t.Errorf("command %q", got)
	}
	if p.Name.Raw() != "exe" { // of /proc/self/exe
		t.Errorf("name %q", p.Name)
	}
}

func TestReadStrangeName(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	before := mustRead(t, r, h.pid())
	h.send("name a) b (\x1b[31m")
	h.line()
	p := mustRead(t, r, h.pid())
	if p.Name.Raw() != "a) b (\x1b[31m" || p.Name.String() != `a) b (\x1b[31m` || p.Parent != os.Getpid() {
		t.Errorf("name %q shown as %q, parent %d", p.Name.Raw(), p.Name, p.Parent)
	}
	again, err := r.Refresh(before)
	if err != nil || again == before || again.Name != p.Name {
		t.Errorf("refresh did not see the new name: %v, %v", again, err)
	}
}

func TestReadOtherUser(t *testing.T) {
	requireRoot(t)
	p := mustRead(t, NewReader(""), startHelper(t, "wait", asUserNobody).pid())
	if p.UID != 65534 {
		t.Errorf("uid %d", p.UID)
	}
}

func TestZombie(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	before := mustRead(t, r, h.pid())
	h.zombie(mustOpen(t, r, before))
	p := mustRead(t, r, h.pid())
	if p.State != 'Z' || p.Args != nil || p.Command.Raw() != "" || !p.Same(before) || p.Name != before.Name {
		t.Errorf("%+v", p)
	}
	again, err := r.Refresh(before)
	if err != nil || again == before || again.State != 'Z' {
		t.Errorf("refresh did not see the end: %v, %v", again, err)
	}
	if same, err := r.Refresh(again); err != nil || same != again {
		t.Errorf("refresh of a zombie: %v, %v", same, err)
	}
	h.collect()
	if _, err := r.Read(h.pid()); !errors.Is(err, ErrGone) {
		t.Errorf("read after exit: %v", err)
	}
	if _, err := r.Refresh(before); !errors.Is(err, ErrGone) {
		t.Errorf("refresh after the end: %v", err)
	}
	if _, err := r.Details(h.pid()); !errors.Is(err, ErrGone) {
		t.Errorf("details after the end: %v", err)
	}
	if _, err := r.Ancestors(h.pid()); !errors.Is(err, ErrGone) {
		t.Errorf("parents after the end: %v", err)
	}
}

// TestExitsDuringRead holds the folder open while the process goes.
func TestExitsDuringRead(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	f, err := r.openDir(h.pid())
	if err != nil {
		t.Fatal(err)
	}
	defer f.close()
	_ = h.in.Close()
	h.collect()
	if _, err := r.collect(f, h.pid(), r.buffer()); !errors.Is(err, ErrGone) {
		t.Errorf("stat: %v", err)
	}
	if _, err := f.cgroup(r.buffer()); !errors.Is(err, ErrGone) {
		t.Errorf("cgroup: %v", err)
	}
	if got := f.link("exe", r.buffer()); got != (untrusted.Text{}) {
		t.Errorf("exe: %v", got)
	}
}

func TestRefreshSeesExec(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	before := mustRead(t, r, h.pid())
	for range 3 {
		if same, err := r.Refresh(before); err != nil || same != before {
			t.Fatalf("refresh of what has not changed: %v, %v", same, err)
		}
	}
	h.send("exec")
	h.line()
	after, err := r.Refresh(before)
	if err != nil || after == before || !after.Same(before) {
		t.Fatalf("refresh did not see exec: %v, %v", after, err)
	}
	if diff := cmp.Diff([]string{"other", "program"}, after.Args); diff != "" {
		t.Error(diff)
	}
	wrong := *after
	wrong.Start++
	if _, err := r.Refresh(&wrong); !errors.Is(err, ErrGone) {
		t.Errorf("refresh with another start: %v", err)
	}
}

func TestRefreshSeesSuspend(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	before := mustRead(t, r, h.pid())
	h.suspend()
	after, err := r.Refresh(before)
	if err != nil || after == before || after.State != 'T' {
		t.Errorf("refresh did not see the stop: %v, %v", after, err)
	}
}

func TestDetails(t *testing.T) {
	folder := t.TempDir()
	h := startHelper(t, "wait", func(cmd *exec.Cmd) { cmd.Dir = folder })
	r := NewReader("")
	d, err := r.Details(h.pid())
	if err != nil {
		t.Fatal(err)
	}
	exe, err := os.Readlink("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	if d.Cwd.Raw() != folder || d.Executable.Raw() != exe {
		t.Errorf("folder %q, executable %q", d.Cwd, d.Executable)
	}
	if d.Memory < 1<<20 || d.Threads < 2 || d.Tracer != 0 || d.PID != h.pid() {
		t.Errorf("memory %d, threads %d, tracer %d, pid %d", d.Memory, d.Threads, d.Tracer, d.PID)
	}
	if want := r.Users().Name(uint32(os.Geteuid())); d.User != want {
		t.Errorf("user %q, want %q", d.User, want)
	}
}

func TestDetailsOfAnotherUser(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may read everything")
	}
	r := NewReader("")
	if p, err := r.Read(1); err != nil || p.UID != 0 {
		t.Skipf("root's pid 1 cannot be seen here: %v", err)
	}
	d, err := r.Details(1)
	if err != nil {
		t.Fatal(err)
	}
	if d.Name.Raw() == "" || d.Cwd != (untrusted.Text{}) || d.Executable != (untrusted.Text{}) {
		t.Errorf("name %q, folder %q, executable %q", d.Name, d.Cwd, d.Executable)
	}
}

func TestReadThread(t *testing.T) {
	h := startHelper(t, "wait")
	threads, err := os.ReadDir(filepath.Join("/proc", itoa(h.pid()), "task"))
	if err != nil || len(threads) < 2 {
		t.Fatalf("%d threads, %v", len(threads), err)
	}
	if _, err := NewReader("").Read(atoi(threads[1].Name())); !errors.Is(err, ErrGone) {
		t.Errorf("a thread is taken for a process: %v", err)
	}
}

func TestAncestors(t *testing.T) {
	h := startHelper(t, "parent")
	child := atoi(h.ready)
	line, err := NewReader("").Ancestors(child)
	if err != nil {
		t.Fatal(err)
	}
	if len(line) < 2 || line[0].PID != h.pid() || line[1].PID != os.Getpid() {
		t.Fatalf("%d parents", len(line))
	}
	for i, p := range line[1:] {
		if p.Start > line[i].Start {
			t.Errorf("%d started after its child", p.PID)
		}
	}
	if last := line[len(line)-1]; last.Parent != 0 {
		t.Errorf("the chain ends at %d, whose parent is %d", last.PID, last.Parent)
	}
}

func TestMissingProc(t *testing.T) {
	r := NewReader(filepath.Join(t.TempDir(), "proc"))
	_, err := r.Read(1)
	if err == nil || errors.Is(err, ErrGone) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no proc file system: %v", err)
	}
	if _, err := r.Open(&Process{PID: os.Getpid()}); err == nil || errors.Is(err, ErrGone) {
		t.Errorf("open without proc file system: %v", err)
	}
}

func TestReadConcurrently(t *testing.T) {
	r, h := NewReader(""), startHelper(t, "wait")
	p := mustRead(t, r, h.pid())
	before := openFiles(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				if again, err := r.Refresh(p); err != nil || again != p {
					t.Errorf("refresh: %v, %v", again, err)
				}
				if again, err := r.Read(p.PID); err != nil || again.Name != p.Name || again.Command != p.Command {
					t.Errorf("read: %v, %v", again, err)
				}
			}
		})
	}
	all.Wait()
	if after := openFiles(t); after != before {
		t.Errorf("%d files open, before it were %d", after, before)
	}
}

// openFiles counts this process's descriptors.
func openFiles(t *testing.T) int {
	t.Helper()
	n := 0
	for fd := range 1024 {
		if _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); err == nil {
			n++
		}
	}
	return n
}

func BenchmarkRead(b *testing.B) {
	r := NewReader("")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(os.Getpid()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRefresh(b *testing.B) {
	r := NewReader("")
	p, err := r.Read(os.Getpid())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if same, err := r.Refresh(p); err != nil || same.PID != p.PID {
			b.Fatal(err)
		}
	}
}
