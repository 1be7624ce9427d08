package cli

import (
	"os"
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
	port := at[strings.LastIndexByte(at, ':')+1:]

	list := execute(t, lotop(t, "list", "--json", "--all"))
	validate(t, all["list"], "list", list.out)
	if !strings.Contains(list.out, `"cwd":`) || !strings.Contains(list.out, `"started":`) {
		t.Errorf("a process of this user has a directory and a start:\n%s", list.out)
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
		r := execute(t, lotop(t, append(strings.Fields(c.args), "--json")...))
		validate(t, all[c.schema], c.args, r.out)
	}
}

func TestSchemaOfRealEvents(t *testing.T) {
	schema := schemas(t)["watch"]
	l := listen(t)
	w := startWatch(t, l, lotop(t, "watch", "--json", "port:"+portOf(l)))
	for range 5 {
		knock(t, l)
	}
	w.next("close", func(e watchedEvent) bool { return e.Event == "closed" })
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	for range w.events {
	}
	_ = w.cmd.Wait()
	for line := range strings.Lines(w.lines.String()) {
		validate(t, schema, "watch", line)
	}
}
