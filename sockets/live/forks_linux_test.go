package live

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

func TestForkShares(t *testing.T) {
	e := openObserver(t, SockDiag)
	parent := socketstest.Start(t, socketstest.Name("the parent"))
	l := parent.Listen("tcp4", "127.0.0.1:0")
	e.refresh()
	e.checkOwned(l)
	// No socket is new; only the process is.
	child := parent.Fork([]socketstest.Sock{l}, socketstest.Name("the child"))
	inherited := child.Inherited()[0]
	e.refresh()
	e.checkOwned(l, inherited)
	for pid, name := range map[int]string{parent.PID(): "the parent", child.PID(): "the child"} {
		if who := e.Process(int32(pid)); who == nil || who.Name.Raw() != name {
			t.Errorf("process %d is %v, not %s", pid, who, name)
		}
	}
	parent.Close(l)
	e.refresh()
	e.checkOwned(inherited)
	child.Close(inherited)
	e.refresh()
	if e.has(l) {
		t.Error("is there after all have closed it")
	}
}

func TestParentDies(t *testing.T) {
	e := openObserver(t, SockDiag)
	parent := socketstest.Start(t)
	l := parent.Listen("tcp4", "127.0.0.1:0")
	e.refresh()
	e.checkOwned(l)
	orphan := parent.Orphan([]socketstest.Sock{l})
	e.refresh()
	e.checkOwned(orphan.Inherited()[0])
	if e.Process(int32(parent.PID())) != nil {
		t.Error("the parent is still an owner")
	}
	orphan.Kill()
	e.refresh()
	if e.has(l) {
		t.Error("is there after the orphan has died")
	}
}

// inheritor starts a shell that inherits a socket as its descriptor 3, and that
// turns into sleep once its input says so.
func inheritor(t *testing.T, fd int) socketstest.Sock {
	t.Helper()
	p, _ := startInheritor(t, fd)
	return p
}

func startInheritor(t *testing.T, fd int) (_ socketstest.Sock, turn func()) {
	t.Helper()
	cmd := exec.Command("sh", "-c", "echo ready; read x; exec sleep 600")
	copied, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	file := os.NewFile(uintptr(copied), "socket")
	defer file.Close()
	cmd.ExtraFiles = []*os.File{file}
	cmd.SysProcAttr = &unix.SysProcAttr{Pdeathsig: unix.SIGKILL}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Skip("no shell: ", err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	if _, err := fmt.Fscanln(out, new(string)); err != nil {
		t.Fatal(err)
	}
	turn = func() {
		fmt.Fprintln(in)
		awaitName(t, cmd.Process.Pid, "sleep")
	}
	return socketstest.Sock{PID: cmd.Process.Pid, FD: 3}, turn
}

// awaitName waits until the kernel calls the process so.
func awaitName(t *testing.T, pid int, name string) {
	t.Helper()
	called := socketstest.Eventually(func() bool {
		comm, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "comm"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(comm)) == name
	})
	if !called {
		t.Fatalf("process %d is not called %s", pid, name)
	}
}

// A process that was seen between fork and exec gets its own name: at the
// latest when all owners have had their turn.
func TestExecChangesName(t *testing.T) {
	l := newBoundSocket(t)
	p, turn := startInheritor(t, l.fd)
	e := openObserver(t, SockDiag)
	e.refresh()
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), p, l.owner(l.fd))
	before := e.Process(int32(p.PID))
	turn()
	for range 1 + len(e.Processes) { // each has its turn
		e.refresh()
	}
	after := e.Process(int32(p.PID))
	if after.Name.Raw() != "sleep" || !after.Same(before) || before.Name.Raw() == "sleep" {
		t.Errorf("%q became %q", before.Name.Raw(), after.Name.Raw())
	}
	e.checkOwners(e.findOne("tcp4", l.local, noAddr), p, l.owner(l.fd))
}

// Another process under the pid of one that held sockets is not taken for it.
func TestPIDReused(t *testing.T) {
	first := socketstest.Start(t, socketstest.Name("first"))
	old := first.Listen("tcp4", "127.0.0.1:0")
	e := openObserver(t, SockDiag)
	e.refresh()
	e.checkOwned(old)
	first.Kill()
	second, err := startAs(t, first.PID())
	if errors.Is(err, os.ErrPermission) {
		t.Skip("needs the right to choose a pid: ", err)
	}
	if err != nil {
		t.Skip("the pid could not be had again: ", err)
	}
	l := second.Listen("tcp4", "127.0.0.1:0")
	e.refresh()
	e.checkOwned(l)
	if name := e.Process(int32(second.PID())).Name.Raw(); name != "second" {
		t.Errorf("process %d is called %q", second.PID(), name)
	}
}

// startAs starts a process that has the pid, by telling the kernel the one
// before it.
func startAs(t *testing.T, pid int) (*socketstest.Process, error) {
	t.Helper()
	for range 20 {
		err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(fmt.Sprint(pid-1)), 0)
		if err != nil {
			return nil, err
		}
		p := socketstest.Start(t, socketstest.Name("second"))
		if p.PID() == pid {
			return p, nil
		}
		p.Kill()
	}
	return nil, fmt.Errorf("pid %d went to others", pid)
}
