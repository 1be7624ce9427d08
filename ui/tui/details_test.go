package tui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
)

// The facts that no golden file has, each of the row that shows it.
func TestDetailsFacts(t *testing.T) {
	self := sock(30, sockets.TCP, sockets.Established, "127.0.0.1:50123", "127.0.0.1:50123", 2001)
	kept := sock(31, sockets.TCP, sockets.Established, "127.0.0.1:3000", "127.0.0.1:50200", 2001)
	kept.Timer, kept.TimerLeft = sockets.KeepTimer, 7*time.Second
	shared := sock(32, sockets.TCP, sockets.Listen, "127.0.0.1:4001", "", 2001, 3001)
	only6 := sock(33, sockets.TCP, sockets.Listen, "[::]:4002", "", 2001)
	only6.V6Only = sockets.Yes
	far := sock(34, sockets.TCP, sockets.Established, "192.168.1.5:8080", "192.168.1.9:50300", 990)
	for _, tt := range []struct {
		row  string
		want []string
	}{
		{"127.0.0.1:50123", []string{"self-connect: the client was assigned the port it kept retrying"}},
		{"127.0.0.1:50200", []string{"keepalive, 7s left"}},
		{"127.0.0.1:4001", []string{"also owned by python3 (3001)", "PROGRAM /usr/bin/node", "traced by PID 77"}},
		{"[::]:4002", []string{"every machine that can reach this one over IPv6 ⚠", "http://[::1]:4002", "keep it here: bind to ::1"}},
		{"127.0.0.1:7000", []string{"OPEN TO no: bound, not listening"}},
		{"*:8080", []string{"every machine that can reach this one ⚠", "http://192.168.1.5:8080 wlan0", "another machine  192.168.1.9:50300"}},
	} {
		d := prepare(t, with(street(), self, kept, shared, only6, far), Options{})
		d.processes.details[2001] = &process.Details{
			Process: *crew()[2001], Executable: untrusted.New("/usr/bin/node"), Cwd: untrusted.New("/" + strings.Repeat("very/", 40) + "deep"), Tracer: 77,
		}
		d.send(tea.WindowSizeMsg{Width: 200, Height: 50})
		d.run(d.m.Init())
		d.selectRow(tt.row)
		d.press("enter")
		text := strings.Join(strings.Fields(d.text()), " ")
		for _, want := range tt.want {
			if !strings.Contains(text, strings.Join(strings.Fields(want), " ")) {
				t.Errorf("%s: no %q in\n%s", tt.row, want, d.text())
			}
		}
	}
}

// The keys of pages scroll the help, letters search in it, and esc or ? close it.
func TestHelpKeys(t *testing.T) {
	d := start(t, street(), 80, 24)
	d.press("?", "down", "pgdown", "up", "pgup")
	if d.m.help == nil || d.m.help.scroll != 0 {
		t.Errorf("help %+v", d.m.help)
	}
	d.press("pgdown")
	first := d.text()
	d.press("pgup")
	if d.text() == first || d.m.help == nil {
		t.Error("the page keys do not scroll the help")
	}
	d.press("pgdown", "x", "q", "space")
	if d.m.help == nil || d.m.help.typed() != "xq " || len(d.left) > 0 {
		t.Errorf("letters do not search in the help: %+v", d.m.help)
	}
	if d.press("esc"); d.m.help == nil || d.m.help.typed() != "" {
		t.Error("the first esc does not just clear what is typed")
	}
	if d.text() != first {
		t.Errorf("the page is not where it was:\n%s", d.text())
	}
	if d.press("esc"); d.m.help != nil {
		t.Error("esc does not close the help")
	}
	if d.press("?", "?"); d.m.help != nil {
		t.Error("? does not close the help")
	}
	if d.press("?", "a", "?"); d.m.help == nil || d.m.help.typed() != "a?" {
		t.Error("? does not type behind a letter")
	}
}
