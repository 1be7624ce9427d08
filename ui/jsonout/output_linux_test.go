package jsonout_test

import (
	"bufio"
	"encoding/json"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"

	"lotop/sockets/socketstest"
)

// What the commands print of real sockets is what the schemas say.
func TestSchemaOfRealSockets(t *testing.T) {
	all := schemas(t)
	p := socketstest.Start(t)
	l := p.Listen("tcp4", "127.0.0.1:0")
	client := p.Dial(l.Target())
	p.Accept(l)
	p.Close(client) // half closed, and later TIME_WAIT
	at := l.Local.String()
	port := strconv.Itoa(int(l.Local.Port()))

	list := printed(t, "list", "--json", "--all")
	validate(t, all["list"], "list", list)
	if !strings.Contains(list, `"cwd":`) || !strings.Contains(list, `"started":`) {
		t.Errorf("a process of this user has a directory and a start:\n%s", list)
	}
	for _, c := range []struct{ schema, args string }{
		{"why", "why " + at},
		{"why", "why " + port},
		{"why", "why --udp " + port},
		{"wait", "wait " + at},
		{"wait", "wait --free --timeout 10ms " + at},
		{"free", "free --dry-run " + at},
		{"free", "free --yes " + at},
	} {
		validate(t, all[c.schema], c.args, printed(t, append(strings.Fields(c.args), "--json")...))
	}
}

// A port of one process on both loopback addresses, with a client.
func TestSchemaOfRealPorts(t *testing.T) {
	schema := schemas(t)["ports"]
	server, client := socketstest.Start(t), socketstest.Start(t)
	four := server.Listen("tcp4", "127.0.0.1:0")
	port := strconv.Itoa(int(four.Local.Port()))
	if _, err := server.TryListen("tcp6", "[::1]:"+port); err != nil {
		t.Skip("the port is in use at ::1:", err)
	}
	server.UDP("127.0.0.1:0")
	for range 2 {
		client.Dial(four.Target())
		server.Accept(four)
	}
	validate(t, schema, "ports", printed(t, "ports", "--json", "--all"))

	out := printed(t, "ports", "--json", "lport:"+port, "state:listen", "pid:"+strconv.Itoa(server.PID()))
	validate(t, schema, "one port", out)
	var got []struct {
		Place       string
		Addresses   []string
		Folder      string
		Owners      []struct{ PID int }
		Clients     []struct{ PID, Connections int }
		Connections int
		Sockets     []string
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got) != 1 {
		t.Fatalf("%v: %s", err, out)
	}
	p := got[0]
	if p.Place != "localhost" || strings.Join(p.Addresses, " ") != "127.0.0.1 ::1" || len(p.Sockets) != 2 || p.Connections != 2 ||
		len(p.Owners) != 1 || p.Owners[0].PID != server.PID() || p.Folder == "" ||
		len(p.Clients) != 1 || p.Clients[0].PID != client.PID() || p.Clients[0].Connections != 2 {
		t.Errorf("%s", out)
	}
}

// Several targets give an array, and one target gives none.
func TestSchemaOfSeveral(t *testing.T) {
	all := schemas(t)
	both := "127.0.0.1:" + strconv.Itoa(int(socketstest.FreePort(t, "tcp"))) + " 127.0.0.1:" + strconv.Itoa(int(socketstest.FreePort(t, "tcp")))
	for command, name := range map[string]string{
		"why --json " + both: "why", "wait --json --free --timeout 10ms " + both: "wait", "free --json --dry-run " + both: "free",
	} {
		out := printed(t, strings.Fields(command)...)
		if !strings.HasPrefix(out, "[") {
			t.Errorf("%s: no array in %s", command, out)
		}
		validate(t, all[name], command, out)
	}
}

func TestSchemaOfRealEvents(t *testing.T) {
	schema := schemas(t)["watch"]
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	watch := lotop("watch", "--json", "--for", socketstest.Timeout.String(), l.Addr().String())
	out, err := watch.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := watch.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan string, 1024)
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(out); s.Scan(); {
			lines <- s.Text()
		}
	}()
	socketstest.Eventually(func() bool { // until it watches
		c, err := net.Dial("tcp4", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		server, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.Close(), server.Close()
		return len(lines) >= 5
	})
	_ = watch.Process.Signal(os.Interrupt)
	seen := 0
	for line := range lines {
		seen++
		validate(t, schema, "watch", line)
	}
	if _ = watch.Wait(); seen < 5 {
		t.Errorf("%d events", seen)
	}
}
