package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"lotop/sockets/socketstest"
)

// freed is what free --json says.
type freed struct {
	Actions []struct {
		Action, Signal, Name, Result, Reason string

		PID    int
		Socket *struct{ State string }
	}
	Verdict string
	Retaken *struct {
		PID       int
		Name      string
		StartedBy *struct {
			PID  int
			Name string
		} `json:"started_by"`
	} `json:"retaken_by"`
	Refused []struct {
		PID    int
		Reason string
	}
	Left []struct{ Reason string }
}

// server starts a process that listens on a port of its own.
func server(t testing.TB, opts ...socketstest.Option) (*socketstest.Process, string) {
	t.Helper()
	p := socketstest.Start(t, append([]socketstest.Option{socketstest.Name("shop"), socketstest.Args("shop", "--serve")}, opts...)...)
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	p.Listen("tcp4", "127.0.0.1:"+port, socketstest.ReuseAddr)
	return p, port
}

// free runs the command and checks how it ends and that it says all of words.
func free(t testing.TB, code int, args string, words ...string) result {
	t.Helper()
	r := execute(t, lotop(t, append([]string{"free"}, strings.Fields(args)...)...))
	checkSaid(t, "free "+args, r, code, words...)
	return r
}

func checkSaid(t testing.TB, what string, r result, code int, words ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("%s: exit %d, want %d\n%s%s", what, r.code, code, r.out, r.err)
	}
	for _, w := range words {
		if !strings.Contains(r.err, w) {
			t.Errorf("%s: no %q in\n%s", what, w, r.err)
		}
	}
}

func freeJSONOf(t testing.TB, r result) (f freed) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.out), &f); err != nil {
		t.Fatalf("%v in %q\n%s", err, r.out, r.err)
	}
	return f
}

// checkAlive holds a process to the wish that it was left alone, or ended.
func checkAlive(t testing.TB, p *socketstest.Process, want bool) {
	t.Helper()
	if !want { // the end of a child is noted by the test a moment later
		select {
		case <-p.Done():
		case <-time.After(socketstest.Timeout):
		}
	}
	if p.Alive() != want {
		t.Errorf("process %d: alive is %v", p.PID(), !want)
	}
}

func named(p *socketstest.Process) string { return fmt.Sprintf("shop (%d)", p.PID()) }

func TestFreeYes(t *testing.T) {
	t.Parallel()
	p, port := server(t)
	client := socketstest.Start(t)
	client.Dial("127.0.0.1:" + port)
	free(t, 0, port+" --yes", "ends      "+named(p)+"  shop --serve", "cuts off", "✓ "+named(p)+" exited after", "✓ "+port+" is free")
	checkAlive(t, p, false)
	checkAlive(t, client, true)
	free(t, 0, port+" --yes", "nothing to do: "+port+" is already free.")
}

func TestFreeDryRun(t *testing.T) {
	t.Parallel()
	p, port := server(t)
	free(t, 0, port+" --dry-run", "ends      "+named(p))
	f := freeJSONOf(t, free(t, 0, port+" --dry-run --json"))
	if len(f.Actions) != 1 || f.Actions[0].PID != p.PID() || f.Actions[0].Result != "planned" || f.Verdict != "taken" {
		t.Errorf("%+v", f)
	}
	checkAlive(t, p, true)
}

func TestFreeWithoutTerminal(t *testing.T) {
	t.Parallel()
	p, port := server(t)
	r := free(t, 2, port, "ends      "+named(p), "cannot ask for confirmation", "--yes")
	if r.out != "" {
		t.Errorf("data: %q", r.out)
	}
	checkAlive(t, p, true)
}

func TestFreeSurvivor(t *testing.T) {
	t.Parallel()
	p, port := server(t, socketstest.IgnoreSIGTERM())
	r := free(t, 1, port+" --yes --grace 200ms", named(p)+" did not exit on SIGTERM: it ignores SIGTERM", port+" is in use", "  lotop free "+port+" --force  ")
	if strings.Contains(r.err, "lotop free "+port+"  ") {
		t.Errorf("it advises the command that has just failed:\n%s", r.err)
	}
	free(t, 1, port+" --yes --grace 200ms --clients", "  lotop free "+port+" --force  stop the owner")
	checkAlive(t, p, true)
	f := freeJSONOf(t, free(t, 0, port+" --yes --grace 200ms --force --json"))
	if len(f.Actions) != 2 || f.Actions[0].Result != "survived" || f.Actions[1].Signal != "SIGKILL" || f.Actions[1].Result != "exited" || f.Verdict != "free" {
		t.Errorf("%+v", f)
	}
	checkAlive(t, p, false)
}

func TestFreeSignal(t *testing.T) {
	t.Parallel()
	p, port := server(t, socketstest.IgnoreSIGTERM())
	free(t, 2, port+" --yes --signal USR1", "TERM, INT, HUP")
	free(t, 2, port+" --yes --grace 0s", "must be greater than zero")
	checkAlive(t, p, true)
	if signal.Ignored(syscall.SIGINT) { // and by what the tests start, as under a script in the background
		free(t, 0, port+" --yes --signal hup", "SIGHUP to  "+named(p))
	} else {
		free(t, 0, port+" --yes --signal int", "sends     SIGINT")
	}
	checkAlive(t, p, false)
}

func TestFreeUDP(t *testing.T) {
	t.Parallel()
	p := socketstest.Start(t, socketstest.Name("shop"))
	port := strconv.Itoa(int(socketstest.FreePort(t, "udp")))
	p.UDP("127.0.0.1:" + port)
	free(t, 0, "--yes 127.0.0.1:"+port, "nothing to do: 127.0.0.1:"+port+" is already free.")
	checkAlive(t, p, true)
	free(t, 0, "--yes --udp 127.0.0.1:"+port, "sends     SIGTERM", "exited after")
	checkAlive(t, p, false)
}

// The parent is asked first; a child that goes with it needs no signal.
func TestFreeFamily(t *testing.T) {
	t.Parallel()
	p, port := server(t)
	l := p.Listen("tcp4", "127.0.0.2:"+port)
	child := p.Fork([]socketstest.Sock{l}, socketstest.Name("shop"))
	p.Close(l)
	r := free(t, 0, port+" --yes --json", "ends      "+named(p))
	f := freeJSONOf(t, r)
	if len(f.Actions) != 2 || f.Actions[0].PID != p.PID() || f.Actions[1].PID != child.PID() || f.Actions[1].Signal != "" || f.Actions[1].Result != "exited" {
		t.Errorf("want a signal for the parent, none for the child: %s", r.out)
	}
	checkAlive(t, p, false)
	checkAlive(t, child, false)
}

func TestFreeClient(t *testing.T) {
	// Not parallel: the kernel may assign the freed port to a client of another test.
	far, p := socketstest.Start(t), socketstest.Start(t, socketstest.Name("shop"))
	c := p.Dial(far.Listen("tcp4", "127.0.0.1:0").Target())
	port := strconv.Itoa(int(c.Local.Port()))
	if os.Geteuid() != 0 {
		free(t, 2, port+" --yes", "--clients", "cannot free the port")
	} else {
		free(t, 0, port+" --yes", "closes    ESTABLISHED 127.0.0.1:"+port, "no process stopped", "is free")
	}
	checkAlive(t, p, true)
}

// A client that has bound its port by hand keeps it when its connection is
// closed: only its process can give it back.
func TestFreeBoundClient(t *testing.T) {
	t.Parallel()
	far, p := socketstest.Start(t), socketstest.Start(t, socketstest.Name("shop"))
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	// It ends by a reset, or its own end would still be closing when it has gone.
	p.SetLinger0(p.Dial(far.Listen("tcp4", "127.0.0.1:0").Target(), socketstest.From("127.0.0.1:"+port)))
	if os.Geteuid() == 0 {
		free(t, 1, port+" --yes", "✓ 1 connection closed", "the connection is closed, but its socket still uses the port")
		free(t, 2, port+" --yes", "the connection is closed but its owner keeps the socket", "--clients", "cannot free the port")
	}
	checkAlive(t, p, true)
	free(t, 0, port+" --yes --clients", "ends      "+named(p), "is free")
	checkAlive(t, p, false)
	checkAlive(t, far, true)
}

func TestFreeTimeWait(t *testing.T) {
	t.Parallel()
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	socketstest.TimeWait(t, "127.0.0.1:"+port)
	if os.Geteuid() != 0 {
		free(t, 2, port+" --yes", "TIME_WAIT", ": no owner: close it as root", "cannot free the port")
		return
	}
	free(t, 0, port+" --yes", "closes    TIME_WAIT 127.0.0.1:"+port, "✓ 1 connection closed", "✓ "+port+" is free: every bind succeeds")
}

// What the connections of the stopped process leave behind is closed by root too, or
// a server without SO_REUSEADDR could not start.
func TestFreeRemains(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can close a TIME_WAIT")
	}
	p := socketstest.Start(t, socketstest.Name("shop"))
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	l := p.Listen("tcp4", "127.0.0.1:"+port)
	client := socketstest.Start(t)
	client.Dial(l.Target())
	p.Accept(l)
	f := freeJSONOf(t, free(t, 0, port+" --yes --json"))
	if f.Verdict != "free" || len(f.Actions) != 2 || f.Actions[1].Action != "close_connection" || !strings.HasPrefix(f.Actions[1].Socket.State, "FIN_WAIT") {
		t.Errorf("%+v", f)
	}
	checkAlive(t, client, true)
}

func TestFreeRespawn(t *testing.T) {
	t.Parallel()
	supervisor := socketstest.Start(t, socketstest.Name("nodemon"))
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	worker := func() *socketstest.Process {
		p := supervisor.Fork(nil, socketstest.Name("shop"))
		p.Listen("tcp4", "127.0.0.1:"+port, socketstest.ReuseAddr)
		return p
	}
	first := worker()
	done := make(chan result)
	cmd := lotop(t, "free", port, "--yes", "--json")
	go func() { done <- execute(t, cmd) }()
	<-first.Done()
	second := worker()
	r := <-done
	checkSaid(t, "free", r, 1, "bound again", "by "+named(second), fmt.Sprintf("started by nodemon (%d)", supervisor.PID()), "stop nodemon")
	f := freeJSONOf(t, r)
	if f.Retaken == nil || f.Retaken.PID != second.PID() || f.Retaken.StartedBy == nil || f.Retaken.StartedBy.PID != supervisor.PID() || f.Verdict != "taken" {
		t.Errorf("%+v", f)
	}
	checkAlive(t, second, true)
}

// What was interrupted had less than its time: there is nothing to advise, least
// of all the flag that was given.
func TestFreeInterrupted(t *testing.T) {
	t.Parallel()
	p, port := server(t, socketstest.IgnoreSIGTERM())
	for sig, code := range map[syscall.Signal]int{syscall.SIGINT: 130, syscall.SIGTERM: 143, syscall.SIGHUP: 129} {
		interruptFree(t, p, sig, code, "free", port, "--yes", "--force", "--grace", "15s")
	}
}

func interruptFree(t *testing.T, p *socketstest.Process, sig syscall.Signal, code int, args ...string) {
	t.Helper()
	cmd := lotop(t, args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 4096)
	if n, err := stderr.Read(buf); err != nil || !strings.Contains(string(buf[:n]), "SIGTERM") {
		t.Fatalf("%q, %v", buf[:n], err)
	}
	_ = cmd.Process.Signal(sig)
	said, _ := io.ReadAll(stderr)
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != code {
		t.Errorf("%v: exit %d, not %d", sig, got, code)
	}
	sent := strings.Contains(string(said), named(p)+" has not exited yet: SIGTERM sent, interrupted")
	unsent := strings.Contains(string(said), named(p)+" was not stopped: interrupted")
	if sent == unsent || strings.Contains(string(said), "force") {
		t.Errorf("%v: %s", sig, said)
	}
	checkAlive(t, p, true)
}
