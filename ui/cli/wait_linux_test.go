package cli

import (
	"bytes"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"lotop/sockets/socketstest"
)

// begin starts lotop wait. Whether it waits already when something happens is
// left to chance: it has to see it either way.
func begin(t *testing.T, args ...string) (end func() result) {
	t.Helper()
	cmd := lotop(t, append([]string{"wait"}, args...)...)
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return func() result {
		_ = cmd.Wait()
		return result{code: cmd.ProcessState.ExitCode(), out: out.String(), err: said.String()}
	}
}

func TestWaitForListener(t *testing.T) {
	t.Parallel()
	p := socketstest.Start(t)
	bound := p.Bind("tcp4", "127.0.0.1:0")
	at := bound.Local.String()
	if r := execute(t, lotop(t, "wait", at, "--timeout", "60ms")); r.code != 1 || !strings.Contains(r.err, "nothing is listening on "+at) || r.out != "" {
		t.Errorf("held without listening: %+v", r)
	}
	end := begin(t, at, "--timeout", "15s")
	p.Close(bound)
	p.Listen("tcp4", at)
	if r := end(); r.code != 0 || !strings.HasPrefix(r.out, at+" is ready: ") || !strings.Contains(r.out, "("+strconv.Itoa(p.PID())+") listening on "+at+", after ") {
		t.Errorf("%+v", r)
	}
	other := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.77"), bound.Local.Port()).String()
	if r := execute(t, lotop(t, "wait", other, "--timeout", "60ms")); r.code != 1 {
		t.Errorf("at another address: %+v", r)
	}
	if r := execute(t, lotop(t, "wait", "--json", at)); r.code != 0 || !strings.Contains(r.out, `"reached":true`) || !strings.Contains(r.out, `"state":"LISTEN"`) {
		t.Errorf("%+v", r)
	}
}

// A wildcard serves the addresses of its family, or of both.
func TestWaitForWildcard(t *testing.T) {
	t.Parallel()
	p := socketstest.Start(t)
	l := p.Listen("tcp6", "[::]:0")
	port := strconv.Itoa(int(l.Local.Port()))
	for _, target := range []string{port, "127.0.0.1:" + port, "[::1]:" + port, "localhost:" + port} {
		if r := execute(t, lotop(t, "wait", target, "--timeout", "10s")); r.code != 0 {
			t.Errorf("%s: %+v", target, r)
		}
	}
	u := p.UDP("127.0.0.1:0")
	if r := execute(t, lotop(t, "wait", "--udp", u.Local.String(), "--timeout", "10s")); r.code != 0 {
		t.Errorf("UDP: %+v", r)
	}
}

func TestWaitForFree(t *testing.T) {
	t.Parallel()
	p := socketstest.Start(t)
	at := fmt.Sprintf("127.0.0.1:%d", socketstest.FreePort(t, "tcp")) // no client gets it once it is free
	l := p.Listen("tcp4", at)
	if r := execute(t, lotop(t, "wait", "--free", at, "--timeout", "60ms")); r.code != 1 || !strings.Contains(r.err, at+" is still in use after ") {
		t.Errorf("taken: %+v", r)
	}
	end := begin(t, "--free", "--json", at)
	p.Close(l)
	if r := end(); r.code != 0 || !strings.Contains(r.out, `"verdict":"free"`) {
		t.Errorf("%+v", r)
	}
}

func TestWaitInterrupted(t *testing.T) {
	t.Parallel()
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	cmd := lotop(t, "wait", "--free", l.Local.String())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	awaitNotices(t, cmd)
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit %d", code)
	}
}

// awaitNotices waits until a process listens for closed sockets, which it does
// behind everything that a start takes: one of its descriptors is then a
// netlink socket with those groups.
func awaitNotices(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	folder := "/proc/" + strconv.Itoa(cmd.Process.Pid) + "/fd/"
	listens := func() bool {
		text, err := os.ReadFile("/proc/net/netlink")
		if err != nil {
			t.Fatal(err)
		}
		inodes := map[string]bool{}
		for line := range strings.Lines(string(text)) {
			if f := strings.Fields(line); len(f) == 10 && f[1] == "4" && f[3] == "0000000f" {
				inodes["socket:["+f[9]+"]"] = true
			}
		}
		open, _ := os.ReadDir(folder) // it may just have ended
		for _, fd := range open {
			if link, _ := os.Readlink(folder + fd.Name()); inodes[link] {
				return true
			}
		}
		return false
	}
	if !socketstest.Eventually(listens) {
		t.Fatal("it does not listen for closed sockets")
	}
}
