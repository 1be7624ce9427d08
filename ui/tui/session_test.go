package tui

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"lotop/model/track"
	"lotop/sockets/recording"
)

// openSession opens what scripts/record-session has recorded: real programs on a
// real kernel, for 36 seconds. What happens when is in scripts/shop/day.sh.
func openSession(t testing.TB) *recording.Player {
	t.Helper()
	p, err := recording.Open(t.Context(), filepath.Join("..", "..", "docs", "sessions", "shop.lotop"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// session opens the screen over that recording, paused at its beginning.
func session(t testing.TB, o Options, width, height int) *driver {
	t.Helper()
	p := openSession(t)
	p.Pause(true)
	o.Source, o.Notifications = p, p.Notifications()
	d := prepare(t, street(), o)
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
}

// steps goes on by so many snapshots, one after the other.
func (d *driver) steps(n int) {
	d.t.Helper()
	for range n {
		d.press(".")
	}
}

// filterBy types a filter that is then kept.
func (d *driver) filterBy(query string) {
	d.t.Helper()
	d.press("/")
	d.typeIn(query)
	d.press("enter")
}

func sessionScenarios() []scenario {
	return []scenario{
		{"begin", func(*driver) {}},
		{"opened", func(d *driver) { d.steps(5) }},
		{"busy", func(d *driver) { d.steps(15) }},
		{"jumped", func(d *driver) { d.press("]", "]") }},
		{"server-gone", func(d *driver) { d.steps(21) }},
		{"server-back", func(d *driver) { d.steps(23) }},
		{"end", func(d *driver) { d.press("9", "]") }},
		{"ports", func(d *driver) { d.press("tab", "tab"); d.steps(17) }},
		{"ports-end", func(d *driver) { d.press("tab", "tab", "9", "]") }},
		{"connections", func(d *driver) { d.press("shift+tab"); d.steps(14) }},
		{"events", func(d *driver) { d.press("tab"); d.steps(20) }},
		{"events-end", func(d *driver) { d.press("tab"); d.steps(40) }},
		{"event-closed", func(d *driver) { d.inspectEvent(false) }},
		{"event-unseen", func(d *driver) { d.inspectEvent(true) }},
		{"filter", func(d *driver) { d.filterBy("name:node -9229"); d.steps(13) }},
		{"filter-half-closed", func(d *driver) { d.filterBy("state:close_wait"); d.steps(16) }},
		{"filter-exposed", func(d *driver) { d.filterBy("is:exposed"); d.steps(8) }},
		{"details", func(d *driver) { d.steps(14); d.selectRow("127.0.0.1:7711"); d.press("enter") }},
		{"details-connection", func(d *driver) { d.filterBy("8000 state:established"); d.steps(9); d.press("enter") }},
		{"debugger", func(d *driver) { d.filterBy("is:debugger"); d.steps(13) }},
		{"debugger-details", func(d *driver) {
			d.filterBy("is:debugger")
			d.steps(13)
			d.selectRow("127.0.0.1:2345")
			d.press("enter")
		}},
	}
}

// inspectEvent opens the details of the newest connection that has closed, of those
// that a snapshot has shown or of those that none has.
func (d *driver) inspectEvent(unseen bool) {
	d.t.Helper()
	d.press("tab")
	d.steps(40)
	for i := range d.m.events.Rows {
		if e := &d.m.events.Rows[i]; e.Kind == track.EventClosed && e.ShortLived == unseen && e.Row.Socket.Connected() && e.HasBytes {
			for d.m.events.Current().Seq != e.Seq {
				d.press("down")
			}
			d.press("enter")
			return
		}
	}
	d.t.Fatalf("nothing has closed:\n%s", d.text())
}

func TestGoldenSession(t *testing.T) {
	for _, s := range sessionScenarios() {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", s.name, size.width, size.height), func(t *testing.T) {
				d := session(t, Options{}, size.width, size.height)
				s.play(d)
				golden.RequireEqual(t, d.text()+"\n")
			})
		}
	}
}

// The recording is in the repository: it must show nothing of the machine and
// the user that it was made by.
func TestSessionIsAnonymous(t *testing.T) {
	p := openSession(t)
	for {
		moment, err := p.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		s := moment.Snapshot
		if s == nil {
			continue
		}
		for id, name := range s.Users {
			if name.Raw() != "ada" {
				t.Errorf("user %d is %s", id, name)
			}
		}
		for _, a := range s.Addresses {
			if !a.IsLoopback() {
				t.Errorf("the address %s", a)
			}
		}
		for pid, proc := range s.Processes {
			if path := proc.Cgroup.Path.Raw(); path != "/" {
				t.Errorf("process %d is in cgroup %s", pid, path)
			}
			for _, arg := range proc.Args {
				if strings.HasPrefix(arg, "/") && arg != "/dev/null" && !strings.HasPrefix(arg, "/home/ada/") {
					t.Errorf("process %d has the path %s", pid, arg)
				}
			}
		}
	}
}
