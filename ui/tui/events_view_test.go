package tui

import (
	"strings"
	"testing"

	"lotop/sockets"
)

// Equal short connections are one row, which → unfolds and ← folds.
func TestFoldedEvents(t *testing.T) {
	d, notifications := startWithNotifications(t, "")
	for i := range 3 {
		port := string(rune('0' + i))
		notifications.push(d.clock, sock(sockets.ID(900+2*i), sockets.TCP, sockets.Established, "127.0.0.1:4000"+port, "127.0.0.1:5432"), 10)
		notifications.push(d.clock, sock(sockets.ID(901+2*i), sockets.TCP, sockets.Established, "127.0.0.1:5432", "127.0.0.1:4000"+port), 20)
	}
	d.run(d.m.schedule(taskRead))
	d.press("4")
	d.m.events.MoveTo(0)
	d.wants("3 short connections to", "30B", "60B")
	n := d.m.events.Len()
	d.press("right")
	if got := d.m.events.Len(); got != n+3 || !d.m.events.Rows[1].Under {
		t.Errorf("→ shows %d rows, not %d:\n%s", got, n+3, d.text())
	}
	d.press("down", "down", "left")
	if got := d.m.events.Len(); got != n || d.m.events.Cursor != 0 {
		t.Errorf("← leaves %d rows, selected is %d:\n%s", got, d.m.events.Cursor, d.text())
	}
}

// What happens on a port is told in words.
func TestEventsInWords(t *testing.T) {
	d := start(t, street(), 120, 30)
	playEvents(d)
	text := strings.Join(strings.Fields(d.text()), " ")
	for _, want := range []string{
		"3005 node server.js listens", "3005 node server.js stopped listening", "62893 code left dlv", "5432 node server.js and postgres: are in CLOSE_WAIT",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, d.text())
		}
	}
}
