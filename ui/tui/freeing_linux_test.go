package tui

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/sockets"
	"lotop/sockets/live"
	"lotop/sockets/process"
	"lotop/sockets/socketstest"
	"lotop/ui/ports"
)

// openLive opens the screen over the real kernel, with what has to do with a port.
func openLive(t testing.TB, port uint16) *driver {
	t.Helper()
	open := func() (sockets.Source, error) { return live.Open(live.Options{}) }
	source, err := open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = source.Close() })
	d := prepare(t, sockets.Snapshot{}, Options{Query: "lport:" + strconv.Itoa(int(port))})
	reader := process.NewReader("")
	d.m.worker = newWorker(source, reader, nil)
	d.m.ports = &ports.Service{Reader: reader, Open: open}
	d.m.now, d.m.root = time.Now, os.Geteuid() == 0
	d.send(tea.WindowSizeMsg{Width: 80, Height: 30})
	d.run(d.m.Init())
	return d
}

// look reads the tables until the screen shows the text.
func (d *driver) look(want string) {
	d.t.Helper()
	shown := socketstest.Eventually(func() bool {
		d.run(d.m.refresh())
		return strings.Contains(d.text(), want)
	})
	if !shown {
		d.t.Fatalf("no %q on the screen:\n%s", want, d.text())
	}
}

func address(port uint16) string { return fmt.Sprintf("127.0.0.1:%d", port) }

func TestFreeExitsOnSIGTERM(t *testing.T) {
	t.Parallel()
	port := socketstest.FreePort(t, "tcp")
	p := socketstest.Start(t, socketstest.Args("obedient"))
	p.Listen("tcp4", address(port))
	d := openLive(t, port)
	d.look("LISTEN")
	d.press("x")
	d.wants("ends      obedient ("+strconv.Itoa(p.PID())+")", "[ y  end it ]")
	d.press("y")
	d.wants("✓ "+address(port)+" is free", "exited after", "Still free after")
	<-p.Done()
}

func TestFreeIgnoresSIGTERM(t *testing.T) {
	t.Parallel()
	port := socketstest.FreePort(t, "tcp")
	p := socketstest.Start(t, socketstest.Args("stubborn"), socketstest.IgnoreSIGTERM())
	p.Listen("tcp4", address(port))
	d := openLive(t, port)
	d.look("LISTEN")
	d.press("x", "y")
	d.wants("did not exit on SIGTERM", "[ f  send SIGKILL ]")
	if !p.Alive() {
		t.Fatal("it was killed without a second yes")
	}
	d.press("f")
	d.wants("is free")
	<-p.Done()
}

func TestFreeShared(t *testing.T) {
	t.Parallel()
	port := socketstest.FreePort(t, "tcp")
	parent := socketstest.Start(t, socketstest.Args("parent"))
	l := parent.Listen("tcp4", address(port))
	child := parent.Fork([]socketstest.Sock{l}, socketstest.Args("child"))
	d := openLive(t, port)
	d.look("+1")
	d.press("x")
	var order []int
	for _, v := range d.m.dialog.jobs[0].plan.ToStop {
		order = append(order, v.PID)
	}
	if want := []int{parent.PID(), child.PID()}; !slices.Equal(order, want) {
		t.Errorf("to be ended: %v, not %v", order, want)
	}
	d.press("y")
	d.wants("is free", named(parent, "parent"), named(child, "child"))
	<-parent.Done()
	<-child.Done()
}

func named(p *socketstest.Process, name string) string { return fmt.Sprintf("%s (%d)", name, p.PID()) }

func TestFreeRestarted(t *testing.T) {
	t.Parallel()
	port := socketstest.FreePort(t, "tcp")
	supervisor := socketstest.RoleCommand(superviseRole, strconv.Itoa(int(port)))
	supervisor.Args = []string{"supervisor"}
	stdin, err := supervisor.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := supervisor.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = supervisor.Wait(); close(ended) }()
	t.Cleanup(func() { _ = stdin.Close(); <-ended })
	d := openLive(t, port)
	d.look("LISTEN")
	d.press("x", "y")
	if strings.Contains(d.text(), "is free") {
		t.Errorf("it does not seem to be in use again:\n%s", d.text())
	}
	text := strings.Join(strings.Fields(d.text()), " ")
	if !strings.Contains(text, "was bound again after") || !strings.Contains(text, fmt.Sprintf("(%d)", supervisor.Process.Pid)) {
		t.Errorf("it does not say by whom:\n%s", d.text())
	}
	d.wants("[ p  end ")
	d.press("p")
	d.wants(fmt.Sprintf("(%d)?", supervisor.Process.Pid), fmt.Sprintf("(%d)  supervisor", supervisor.Process.Pid), ")  server", "[ y  end them ]")
	select {
	case <-ended:
		t.Fatal("it was ended without a yes of its own")
	default:
	}
	d.press("y")
	d.wants(fmt.Sprintf("(%d) exited after", supervisor.Process.Pid), "✓ "+address(port)+" is free", "Still free after")
}

func TestCloseOnlyTheConnection(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to close a connection")
	}
	t.Parallel()
	port := socketstest.FreePort(t, "tcp")
	server, client := socketstest.Start(t), socketstest.Start(t)
	l := server.Listen("tcp4", address(port))
	client.Dial(l.Target())
	server.Accept(l)
	d := openLive(t, port)
	d.look("ESTABLISHED")
	d.selectRow("ESTABLISHED")
	d.press("x", "k")
	d.wants("closes    ESTABLISHED", "[ y  close socket ]")
	d.press("y")
	if strings.Contains(d.text(), "not supported") {
		t.Skip("this kernel cannot close connections")
	}
	d.wants("1 connection closed, no process stopped")
	if !server.Alive() || !client.Alive() {
		t.Error("a process was stopped")
	}
}

func TestFreeLotopItself(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := openLive(t, uint16(l.Addr().(*net.TCPAddr).Port))
	d.look("LISTEN")
	d.press("x")
	d.wants("it is lotop itself: quit lotop") // the rest may stand on the next line
	d.wantsNot("[ y")
}

// inChild returns the dialog for a port in a child process.
func inChild(t *testing.T, port uint16, credential *syscall.Credential) string {
	t.Helper()
	cmd := socketstest.RoleCommand(dialogRole, strconv.Itoa(int(port)), "-test.run=^TestInChild$", "-test.v")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: credential}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v:\n%s", err, out)
	}
	return string(bytes.Join(bytes.Fields(bytes.ReplaceAll(out, []byte("│"), nil)), []byte(" ")))
}

func TestInChild(t *testing.T) {
	arg, ok := socketstest.InRole(dialogRole)
	if !ok {
		t.Skip("only for other tests")
	}
	port, err := strconv.ParseUint(arg, 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	d := openLive(t, uint16(port))
	d.look("LISTEN")
	d.press("x")
	fmt.Println(d.text())
	d.press("y")
	if d.m.dialog != nil && d.m.dialog.stage != stageConfirming {
		t.Error("y does something")
	}
	fmt.Println(d.text())
}

func TestFreeAncestor(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	text := inChild(t, uint16(l.Addr().(*net.TCPAddr).Port), nil)
	if !strings.Contains(text, "lotop runs inside it: stop") || strings.Contains(text, "[ y") {
		t.Errorf("an ancestor is not refused:\n%s", text)
	}
}

func TestFreeOtherUsers(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to be another user")
	}
	port := socketstest.FreePort(t, "tcp")
	p := socketstest.Start(t)
	p.Listen("tcp4", address(port))
	text := inChild(t, port, &syscall.Credential{Uid: 65534, Gid: 65534})
	if !strings.Contains(text, "owned by another user: run sudo lotop free") || !strings.Contains(text, "copied sudo lotop free "+address(port)) || strings.Contains(text, "end it") {
		t.Errorf("what to do is not said:\n%s", text)
	}
	if !p.Alive() {
		t.Error("it was ended")
	}
}

// What forwards a port into a container is not stopped: that would cut the network
// of the whole container. The engine is asked for the container's name.
func TestFreePublishedPort(t *testing.T) {
	t.Parallel()
	engine := filepath.Join(t.TempDir(), "podman.sock")
	for _, forwarder := range []string{"rootlessport", "pasta", "slirp4netns", "docker-proxy"} {
		port := socketstest.FreePort(t, "tcp")
		p := socketstest.Start(t, socketstest.Name(forwarder))
		p.Listen("tcp4", address(port))
		d := openLive(t, port)
		d.m.ports.(*ports.Service).Engines = []ports.Engine{{Name: "podman", Socket: engine}, {Name: "docker", Socket: engine}}
		d.look("LISTEN")
		d.press("x")
		text := strings.Join(strings.Fields(strings.ReplaceAll(d.text(), "│", " ")), " ")
		if !strings.Contains(text, "skips "+named(p, forwarder)+": it forwards the port to a container: ") {
			t.Errorf("%s is not skipped:\n%s", forwarder, d.text())
		}
		d.wantsNot("end it")
		d.press("y")
		if !p.Alive() {
			t.Errorf("%s was stopped", forwarder)
		}
	}
}
