//go:build linux

package socketstest_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"lotop/sockets/socketstest"
)

func procFile(t *testing.T, pid int, name string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func statusField(t *testing.T, pid int, key string) string {
	t.Helper()
	for line := range strings.Lines(procFile(t, pid, "status")) {
		if v, ok := strings.CutPrefix(line, key+":\t"); ok {
			return strings.TrimSpace(v)
		}
	}
	t.Fatalf("no %s in the status of %d", key, pid)
	return ""
}

// exited reports whether no process with that PID is running any more. A
// zombie counts: some containers have an init that never reaps.
func exited(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err != nil || bytes.HasPrefix(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" Z"))
}

func TestProcessAttributes(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := socketstest.Start(t, socketstest.Args("/usr/bin/dlv", "dap", "--listen=127.0.0.1:0"),
		socketstest.Dir(dir))
	if got := procFile(t, p.PID(), "cmdline"); got != "/usr/bin/dlv\x00dap\x00--listen=127.0.0.1:0\x00" {
		t.Errorf("cmdline %q", got)
	}
	if got := procFile(t, p.PID(), "comm"); got != "dlv\n" {
		t.Errorf("comm %q", got)
	}
	if got, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", p.PID())); got != dir {
		t.Errorf("cwd %q, %v", got, err)
	}
	p = socketstest.Start(t, socketstest.Name("a) R (b"))
	if got := procFile(t, p.PID(), "comm"); got != "a) R (b\n" {
		t.Errorf("comm %q", got)
	}
	g := p.Fork(nil, socketstest.Name("worker"), socketstest.Args("x", "y"), socketstest.Dir(dir))
	if got := procFile(t, g.PID(), "comm") + procFile(t, g.PID(), "cmdline"); got != "worker\nx\x00y\x00" {
		t.Errorf("fork has name and command line %q", got)
	}
}

func TestAsUserNobody(t *testing.T) {
	p := socketstest.Start(t, socketstest.AsUserNobody())
	for _, key := range []string{"Uid", "Gid"} {
		if got := statusField(t, p.PID(), key); got != "65534\t65534\t65534\t65534" {
			t.Errorf("%s %s", key, got)
		}
	}
	if got := statusField(t, p.PID(), "Groups"); got != "" {
		t.Errorf("groups %s", got)
	}
	l := p.Listen("tcp4", "127.0.0.1:0")
	checkInTable(t, l, socketstest.StateListen)
	if r := socketstest.AwaitState(t, "tcp4", l.Local, l.Remote, socketstest.StateListen); r.UID != 65534 {
		t.Errorf("uid %d in the table", r.UID)
	}
	checkOwned(t, p.Fork([]socketstest.Sock{l}).Inherited()[0])

	root := socketstest.Start(t)
	shared := root.Listen("tcp4", "127.0.0.1:0")
	worker := root.Fork([]socketstest.Sock{shared}, socketstest.AsUserNobody())
	if got := statusField(t, worker.PID(), "Uid"); !strings.HasPrefix(got, "65534") {
		t.Errorf("worker of root has uid %s", got)
	}
	checkOwned(t, worker.Inherited()[0])
}

func TestSignals(t *testing.T) {
	p := socketstest.Start(t)
	p.Suspend()
	if got := statusField(t, p.PID(), "State"); !strings.HasPrefix(got, "T") {
		t.Errorf("state %s", got)
	}
	p.Resume()
	p.Listen("tcp4", "127.0.0.1:0")
	p.Signal(unix.SIGTERM)
	<-p.Done()
	if p.Alive() || unix.Kill(p.PID(), 0) != unix.ESRCH {
		t.Error("survives SIGTERM")
	}

	p = socketstest.Start(t, socketstest.IgnoreSIGTERM())
	p.Signal(unix.SIGTERM)
	l := p.Listen("tcp4", "127.0.0.1:0")
	if !p.Alive() {
		t.Error("does not survive SIGTERM")
	}
	g := p.Fork([]socketstest.Sock{l})
	g.Signal(unix.SIGTERM)
	<-g.Done()
	p.Exit()
	if p.Alive() {
		t.Error("alive after Exit")
	}
	if _, err := p.TryListen("tcp4", "127.0.0.1:0"); err == nil {
		t.Error("a dead process listens")
	}
}

func TestFork(t *testing.T) {
	p := socketstest.Start(t)
	kept := p.Listen("tcp4", "127.0.0.1:0")
	l := p.Listen("tcp4", "127.0.0.1:0")
	u := p.UDP("[::1]:0")
	g := p.Fork([]socketstest.Sock{l, u})
	if got := statusField(t, g.PID(), "PPid"); got != fmt.Sprint(p.PID()) {
		t.Errorf("parent %s", got)
	}
	in := g.Inherited()
	if len(in) != 2 || in[0].Inode != l.Inode || in[1].Inode != u.Inode || in[0].PID != g.PID() {
		t.Fatalf("inherited %+v", in)
	}
	if n := len(socketLinks(t, g.PID())); n != 2 {
		t.Errorf("%d sockets in the fork", n)
	}
	p.Close(l)
	checkInTable(t, in[0], socketstest.StateListen)
	c := p.Dial(in[0].Target())
	checkInTable(t, g.Accept(in[0]), socketstest.StateEstablished)
	checkInTable(t, c, socketstest.StateEstablished)
	checkInTable(t, kept, socketstest.StateListen)

	gg := g.Fork(in[:1])
	checkOwned(t, gg.Inherited()[0])
	p.Kill()
	<-g.Done()
	<-gg.Done()
}

func TestOrphan(t *testing.T) {
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	g := p.Orphan([]socketstest.Sock{l})
	if p.Alive() {
		t.Error("the parent lives")
	}
	if got := statusField(t, g.PID(), "PPid"); got == fmt.Sprint(p.PID()) {
		t.Errorf("parent %s", got)
	}
	checkInTable(t, g.Inherited()[0], socketstest.StateListen)
	p2 := socketstest.Start(t)
	p2.Dial(g.Inherited()[0].Target())
	g.Accept(g.Inherited()[0])
	g.Exit()
}

func TestCleanup(t *testing.T) {
	var pids []int
	t.Run("start", func(t *testing.T) {
		p := socketstest.Start(t, socketstest.IgnoreSIGTERM())
		g := p.Fork(nil, socketstest.IgnoreSIGTERM())
		q := socketstest.Start(t)
		o := q.Orphan(nil)
		s := socketstest.Start(t)
		s.Suspend()
		o.Suspend()
		for _, p := range []*socketstest.Process{p, g, q, o, s} {
			pids = append(pids, p.PID())
		}
	})
	for _, pid := range pids {
		if !exited(pid) {
			t.Errorf("process %d is still there", pid)
		}
	}
}

func TestAbandoned(t *testing.T) {
	if _, ok := socketstest.InRole("abandon"); ok { // this is the test binary that gets killed
		p := socketstest.Start(t)
		g, o := p.Fork(nil), socketstest.Start(t).Orphan(nil)
		s := socketstest.Start(t)
		s.Suspend()
		fmt.Println("pids", p.PID(), g.PID(), o.PID(), s.PID())
		select {}
	}
	cmd := socketstest.RoleCommand("abandon", "", "-test.run=^TestAbandoned$")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pids [4]int
	line, _ := bufio.NewReader(out).ReadString('\n')
	_, err = fmt.Sscanf(line, "pids %d %d %d %d", &pids[0], &pids[1], &pids[2], &pids[3])
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err != nil {
		t.Fatalf("%q: %v", line, err)
	}
	for _, pid := range pids {
		if !socketstest.Eventually(func() bool { return exited(pid) }) {
			t.Fatalf("process %d outlives the tests", pid)
		}
	}
}
