package cli

import (
	"encoding/json"
	"fmt"
	"net"
	"strconv"
	"strings"
	"testing"

	"lotop/sockets/socketstest"
)

// firstClient reports whether the first connection that l accepts is one that the
// test makes now: then nothing has connected before.
func firstClient(t *testing.T, l net.Listener) bool {
	t.Helper()
	own, err := net.Dial("tcp4", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	got, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	return got.RemoteAddr().String() == own.LocalAddr().String()
}

func listenOn(t *testing.T, network, addr string) (l net.Listener, port string) {
	t.Helper()
	l, err := net.Listen(network, addr)
	if err != nil {
		t.Skipf("%s: %v", network, err)
	}
	t.Cleanup(func() { _ = l.Close() })
	_, port, _ = net.SplitHostPort(l.Addr().String())
	return l, port
}

// A server that accepts one connection and exits, as nc -l does, must outlive a
// question about its port.
func TestWhyDoesNotConnect(t *testing.T) {
	l, port := listenOn(t, "tcp4", "127.0.0.1:0")
	for _, target := range []string{port, "127.0.0.1:" + port, "localhost:" + port, "0.0.0.0:" + port} {
		r := execute(t, lotop(t, "why", target))
		if r.code != 1 || !strings.Contains(r.out, "listens, queue 0 of ") {
			t.Errorf("why %s: exit %d\n%s%s", target, r.code, r.out, r.err)
		}
		if !firstClient(t, l) {
			t.Fatalf("lotop why %s has connected", target)
		}
	}
	for _, args := range [][]string{{"--connect", port}, {"http://127.0.0.1:" + port + "/x"}} {
		r := execute(t, lotop(t, append([]string{"why"}, args...)...))
		if firstClient(t, l) || !strings.Contains(r.out, " open") {
			t.Errorf("lotop why %v has not connected:\n%s", args, r.out)
		}
		if firstClient(t, l) { // the one of the test that is still in the queue
			t.Errorf("lotop why %v has connected twice", args)
		}
	}
}

func TestWhyConnectsJSON(t *testing.T) {
	l, port := listenOn(t, "tcp4", "127.0.0.1:0")
	var why struct {
		Connects []struct {
			Address, Result string
			Queue           *struct{ Length, Limit int }
		}
	}
	read := func(args ...string) {
		t.Helper()
		r := execute(t, lotop(t, append([]string{"why", "--json", port}, args...)...))
		if err := json.Unmarshal([]byte(r.out), &why); err != nil || len(why.Connects) != 2 {
			t.Fatalf("%v in %s", err, r.out)
		}
	}
	read()
	if c := why.Connects[0]; c.Result != "listening" || c.Queue == nil || c.Queue.Length != 0 || c.Queue.Limit == 0 {
		t.Errorf("%+v", c)
	}
	if c := why.Connects[1]; c.Address != "::1" || c.Result != "refused" && c.Result != "EADDRNOTAVAIL" || c.Queue != nil {
		t.Errorf("nothing listens: %+v", c)
	}
	if !firstClient(t, l) {
		t.Error("lotop why --json has connected")
	}
	if read("--connect"); why.Connects[0].Result != "open" {
		t.Errorf("%+v", why.Connects[0])
	}
}

// A server that listens on ::1 is what a question about 127.0.0.1 is about.
func TestWhyElsewhere(t *testing.T) {
	_, port := listenOn(t, "tcp6", "[::1]:0")
	for _, c := range []struct{ target, name string }{{"127.0.0.1:" + port, "127.0.0.1:" + port}, {"0.0.0.0:" + port, "0.0.0.0:" + port}} {
		r := execute(t, lotop(t, "why", c.target))
		first, _, _ := strings.Cut(r.out, "\n")
		if r.code != 0 || !strings.Contains(first, " is listening on [::1]:"+port+", not on "+c.name+".") || !strings.Contains(r.out, c.name+" is free") {
			t.Errorf("why %s: exit %d\n%s", c.target, r.code, r.out)
		}
		if r := execute(t, lotop(t, "free", c.target)); r.code != 0 || !strings.Contains(r.err, "is listening on [::1]:"+port) {
			t.Errorf("free %s: exit %d\n%s", c.target, r.code, r.err)
		}
	}
	var why struct{ Elsewhere []object }
	r := execute(t, lotop(t, "why", "--json", "127.0.0.1:"+port))
	if err := json.Unmarshal([]byte(r.out), &why); err != nil || len(why.Elsewhere) != 1 {
		t.Errorf("%v in %s", err, r.out)
	}
	for _, target := range []string{port, "[::1]:" + port, "localhost:" + port} {
		if r := execute(t, lotop(t, "why", target)); strings.Contains(r.out, ", not on ") {
			t.Errorf("why %s is about the listener:\n%s", target, r.out)
		}
	}
}

// Nobody can bind an address of another machine, whatever the privileges.
func TestWhyNotLocal(t *testing.T) {
	r := execute(t, lotop(t, "why", "198.51.100.7:53"))
	if r.code != 1 || !strings.Contains(r.out, "198.51.100.7 is not a local address") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	if strings.Contains(r.out, "setcap") || strings.Contains(r.out, "sysctl") {
		t.Errorf("advice that does not help:\n%s", r.out)
	}
}

func TestWhySeveral(t *testing.T) {
	_, port := listenOn(t, "tcp4", "127.0.0.1:0")
	idle := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	r := execute(t, lotop(t, "why", idle, port, "127.0.0.1:"+idle, idle))
	if r.code != 1 || !strings.HasPrefix(r.out, idle+" is free") || !strings.Contains(r.out, "\n\n"+port+" is in use") ||
		strings.Count(r.out, "every bind succeeds") != 2 {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	var why []struct{ Target struct{ Port int } }
	r = execute(t, lotop(t, "why", "--json", idle, port))
	if err := json.Unmarshal([]byte(r.out), &why); err != nil || r.code != 1 || len(why) != 2 || strconv.Itoa(why[1].Target.Port) != port {
		t.Errorf("exit %d, %v in %s", r.code, err, r.out)
	}
	r = execute(t, lotop(t, "why", "--json", "198.51.100.7:1000-1002"))
	if err := json.Unmarshal([]byte(r.out), &why); err != nil || len(why) != 3 || why[2].Target.Port != 1002 {
		t.Errorf("a range: %v in %s", err, r.out)
	}
}

// Both ports of one process are free when it has exited.
func TestFreeSeveral(t *testing.T) {
	p, first := server(t)
	second := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	p.Listen("tcp4", "127.0.0.1:"+second, socketstest.ReuseAddr)
	other, third := server(t)
	args := strings.Join([]string{first, second, third}, " ")
	free(t, 0, args+" --dry-run", first+":\n", second+":\n", third+":\n", named(p), named(other))
	r := free(t, 0, args+" --yes --json", "✓ "+named(p)+" exited", "✓ "+first+" is free", "✓ "+second+" is free", "✓ "+third+" is free")
	if n := strings.Count(r.err, named(p)+" exited"); n != 1 {
		t.Errorf("%d outcomes of one process:\n%s", n, r.err)
	}
	var all []freed
	if err := json.Unmarshal([]byte(r.out), &all); err != nil || len(all) != 3 || len(all[2].Actions) != 1 || all[1].Verdict != "free" {
		t.Errorf("%v in %s", err, r.out)
	}
	checkAlive(t, p, false)
	checkAlive(t, other, false)
	if p, port := server(t, socketstest.IgnoreSIGTERM()); true {
		free(t, 1, third+" "+port+" --yes --grace 200ms", third+" is already free", port+" is in use")
		checkAlive(t, p, true)
	}
}

// A process that has not exited in time gets one signal, however many of its ports are
// to be freed: many servers take a second one for the order to exit at once.
func TestFreeSeveralSignalsOnce(t *testing.T) {
	t.Parallel()
	p, first := server(t, socketstest.IgnoreSIGTERM())
	second := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	p.Listen("tcp4", "127.0.0.1:"+second, socketstest.ReuseAddr)
	r := free(t, 1, first+" "+second+" --yes --json --grace 200ms", "✗ "+first+" is in use", "✗ "+second+" is in use")
	if n := strings.Count(r.err, "did not exit on SIGTERM"); n != 1 {
		t.Errorf("%d signals to one process:\n%s", n, r.err)
	}
	var all []freed
	if err := json.Unmarshal([]byte(r.out), &all); err != nil || len(all) != 2 || len(all[0].Actions) != 1 || len(all[1].Actions) != 0 || all[1].Verdict != "taken" {
		t.Errorf("%v in %s", err, r.out)
	}
	checkAlive(t, p, true)
	free(t, 0, first+" "+second+" --yes --force --grace 200ms", "✓ "+first+" is free", "✓ "+second+" is free")
	checkAlive(t, p, false)
}

func TestFreeByName(t *testing.T) {
	name := fmt.Sprintf("Shop%d", socketstest.RandomPort(t))
	start := func() (*socketstest.Process, string) {
		return server(t, socketstest.Name(name), socketstest.Args(name))
	}
	one, first := start()
	two, second := start()
	other, _ := server(t)
	free(t, 0, strings.ToLower(name)+" --yes", "✓ 127.0.0.1:"+first+" is free", "✓ 127.0.0.1:"+second+" is free",
		fmt.Sprintf("%s (%d) exited", name, one.PID()), fmt.Sprintf("%s (%d) exited", name, two.PID()))
	checkAlive(t, one, false)
	checkAlive(t, two, false)
	checkAlive(t, other, true)
	free(t, 2, name+" --yes", "no process named "+name+" listens", "expected PORT, HOST:PORT or the name of a process")
	part := name[:len(name)-1]
	free(t, 2, part+" --udp --dry-run", "no process named "+part+" has a bound UDP socket")
}

// A program that shares the port with one of another name goes on.
func TestFreeByNameSpares(t *testing.T) {
	t.Parallel()
	name := fmt.Sprintf("shop%d", socketstest.RandomPort(t))
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	shop := socketstest.Start(t, socketstest.Name(name))
	shop.Listen("tcp4", "127.0.0.1:"+port, socketstest.ReusePort)
	other := socketstest.Start(t, socketstest.Name("other"))
	other.Listen("tcp4", "127.0.0.1:"+port, socketstest.ReusePort)
	free(t, 1, name+" --yes", fmt.Sprintf("ends      %s (%d)", name, shop.PID()), "no process named "+name+" owns it: run lotop free 127.0.0.1:"+port)
	checkAlive(t, shop, false)
	checkAlive(t, other, true)
}

// A port that two of the names share, or that was given itself too, is not limited to
// one of them.
func TestFreeByNames(t *testing.T) {
	t.Parallel()
	port := strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	var names []string
	for _, name := range []string{"one", "two"} {
		p := socketstest.Start(t, socketstest.Name(name+port))
		p.Listen("tcp4", "127.0.0.1:"+port, socketstest.ReusePort)
		names = append(names, name+port)
	}
	for _, args := range []string{names[0] + " " + names[1], "127.0.0.1:" + port + " " + names[0], names[1] + " 127.0.0.1:" + port} {
		r := free(t, 0, args+" --dry-run", "ends      "+names[0], "ends      "+names[1])
		if text := r.out + r.err; strings.Contains(text, "skip") {
			t.Errorf("free %s: %s", args, text)
		}
	}
}

// The plans of a name are in the order of the ports, so that two runs can be compared.
func TestFreeByNameInOrder(t *testing.T) {
	t.Parallel()
	name := fmt.Sprintf("Order%d", socketstest.RandomPort(t))
	p, _ := server(t, socketstest.Name(name))
	for range 7 {
		p.Listen("tcp4", "127.0.0.1:0")
	}
	var all []struct{ Target struct{ Port int } }
	r := free(t, 0, name+" --dry-run --json")
	if err := json.Unmarshal([]byte(r.out), &all); err != nil || len(all) != 8 {
		t.Fatalf("%d plans, %v in %s", len(all), err, r.out)
	}
	for i := range all[1:] {
		if all[i].Target.Port >= all[i+1].Target.Port {
			t.Errorf("%d before %d", all[i].Target.Port, all[i+1].Target.Port)
		}
	}
}

func TestWaitForSeveral(t *testing.T) {
	t.Parallel()
	p := socketstest.Start(t)
	one, two := p.Bind("tcp4", "127.0.0.1:0"), p.Listen("tcp4", "127.0.0.1:0")
	first, second := one.Local.String(), two.Local.String()
	r := execute(t, lotop(t, "wait", first, second, "--timeout", "3s"))
	if r.code != 1 || !strings.HasPrefix(r.out, second+" is ready: ") || !strings.Contains(r.err, "nothing is listening on "+first) {
		t.Errorf("one is ready: %+v", r)
	}
	end := begin(t, "--json", first, second, "--timeout", "15s")
	p.Close(one)
	p.Listen("tcp4", first)
	r = end()
	var all []struct {
		Reached bool
		Target  struct{ Port uint16 }
	}
	if err := json.Unmarshal([]byte(r.out), &all); err != nil || r.code != 0 || len(all) != 2 || !all[0].Reached || all[0].Target.Port != one.Local.Port() {
		t.Errorf("%v, %+v", err, r)
	}
	end = begin(t, "--free", first, second)
	p.Exit()
	if r := end(); r.code != 0 || !strings.Contains(r.out, first+" is free") || !strings.Contains(r.out, second+" is free") {
		t.Errorf("until free: %+v", r)
	}
}
