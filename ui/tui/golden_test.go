package tui

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lotop/model/bind"
	"lotop/model/plan"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"lotop/sockets"
	"lotop/sockets/process"
)

var sizes = []struct{ width, height int }{{40, 12}, {80, 24}, {120, 30}, {200, 50}}

// scenario brings a screen that shows the street into a state worth looking at.
type scenario struct {
	name string
	play func(d *driver)
}

func scenarios() []scenario {
	return append([]scenario{
		{"sockets", func(*driver) {}},
		{"ports", func(d *driver) { d.press("1") }},
		{"ports-opened", func(d *driver) { d.press("1", "u", "t", "a") }},
		{"connections", func(d *driver) { d.press("shift+tab") }},
		{"events", playEvents},
		{"events-none", func(d *driver) { d.press("tab") }},
		{"unfolded", func(d *driver) { d.press("u", "down") }},
		{"all-by-process", func(d *driver) { d.press("a"); d.sortBy("PROCESS") }},
		{"marks", func(d *driver) {
			d.source.snap = changed()
			d.pass(time.Second)
		}},
		{"filter", func(d *driver) { d.press("/"); d.typeIn("postgres -state:time_wait") }},
		{"filter-kept", func(d *driver) { d.press("/"); d.typeIn("5432"); d.press("enter") }},
		{"filter-wrong", func(d *driver) { d.press("/"); d.typeIn("5432 stat:listen"); d.pass(typingPause) }},
		{"filter-nothing", func(d *driver) { d.press("/"); d.typeIn("nosuchthing") }},
		{"filter-long", func(d *driver) {
			d.press("/")
			d.typeIn(strings.Repeat("port:5432 ", 25) + "foo:1")
			d.pass(typingPause)
		}},
		{"filter-completed", func(d *driver) { d.press("/"); d.typeIn("name:p") }},
		{"details", func(d *driver) { d.selectRow("127.0.0.1:3000"); d.press("enter") }},
		{"details-pair", func(d *driver) { d.selectRow("← 127.0.0.1:51234"); d.press("enter") }},
		{"details-queue", func(d *driver) { d.selectRow("127.0.0.1:9000"); d.press("enter") }},
		{"details-clients", func(d *driver) { d.selectRow("127.0.0.1:5432 2 clients"); d.press("enter") }},
		{"details-exposed", func(d *driver) { d.selectRow("*:8080"); d.press("enter") }},
		{"details-gone", func(d *driver) {
			d.selectRow("127.0.0.1:3000")
			d.press("enter")
			d.source.snap = without(d.source.snap, 25)
			d.pass(time.Second)
		}},
		{"help", func(d *driver) { d.press("?") }},
		{"palette", func(d *driver) { d.press("?"); d.typeIn("sort") }},
		{"palette-reason", func(d *driver) { d.press("tab", "?"); d.typeIn("free"); d.press("enter") }},
		{"palette-none", func(d *driver) { d.press("?"); d.typeIn("nosuchthing") }},
		{"nothing", func(d *driver) {
			d.source.snap.Sockets = nil
			d.pass(5 * time.Second)
		}},
		{"read-error", func(d *driver) {
			d.source.err = errors.New("netlink: operation not permitted")
			d.pass(time.Second)
		}},
		{"warning", func(d *driver) {
			d.source.snap.Warnings = []sockets.Warning{
				{Kind: sockets.OwnersHidden, Count: 42, Text: "42 sockets owned by other users: run as root to see their processes"},
				{Kind: sockets.FallbackSource, Text: "reading /proc/net because sock_diag is not available"},
			}
			d.pass(time.Second)
		}},
		{"paused", func(d *driver) { d.press("p") }},
		{"status", func(d *driver) { d.press("y") }},
	}, dialogScenarios()...)
}

// playEvents opens, changes and closes sockets while the journal shows.
func playEvents(d *driver) {
	d.press("tab")
	d.source.snap = changed()
	d.pass(time.Second)
	d.source.snap = without(changed(), 30, 24)
	d.pass(4 * time.Second)
}

// changed is the street a moment later.
func changed() sockets.Snapshot {
	snap := with(without(street(), 11, 12), sock(30, sockets.TCP, sockets.Listen, "0.0.0.0:3005", "", 2001))
	snap.Sockets[1].State = sockets.CloseWait
	return snap
}

// sortBy clicks on a title, if it is on the screen.
func (d *driver) sortBy(title string) {
	const line = 2
	if x := strings.Index(d.lines()[line], title); x >= 0 {
		d.send(tea.MouseClickMsg{X: x, Y: line, Button: tea.MouseLeft})
	}
}

func dialogScenarios() []scenario {
	free := func(address string, keys ...string) func(*driver) {
		return func(d *driver) { d.selectRow(address); d.press("x"); d.press(keys...) }
	}
	outcome := func(result process.Result, verdict bind.Verdict, keys ...string) func(*driver) {
		return func(d *driver) {
			d.outcome(2001, result, verdict)
			d.ports.report.Outcomes[0].After = 230 * time.Millisecond
			free("127.0.0.1:3000", keys...)(d)
		}
	}
	return []scenario{
		{"dialog-choosing", func(d *driver) { d.m.root = true; free("← 127.0.0.1:51002")(d) }},
		{"dialog-close-alone", func(d *driver) { d.m.root = true; free("← 127.0.0.1:51002", "k")(d) }},
		{"dialog-planning", func(d *driver) { d.selectRow("127.0.0.1:3000"); d.hold = true; d.press("x") }},
		{"dialog-plan", free("127.0.0.1:3000")},
		{"dialog-plan-unit", free("127.0.0.1:5432 2 clients")},
		{"dialog-plan-container", free("0.0.0.0:6000")},
		{"dialog-refused", free("[::1]:6379")},
		{"dialog-other-user", free("127.0.0.1:5353")},
		{"dialog-time-wait", free("TIME_WAIT")},
		{"dialog-not-accepted", free("accept queue")},
		{"dialog-end-client", free("accept queue", "c")},
		{"dialog-ending", func(d *driver) {
			free("127.0.0.1:3000")(d)
			d.hold = true
			d.press("y")
		}},
		{"dialog-free", outcome(process.Exited, bind.VerdictFree, "y")},
		{"dialog-free-reuse", outcome(process.Exited, bind.VerdictReuse, "y")},
		{"dialog-free-but-alive", outcome(process.Survived, bind.VerdictFree, "y")},
		{"dialog-survived", outcome(process.Survived, bind.VerdictTaken, "y")},
		{"dialog-survived-twice", outcome(process.Survived, bind.VerdictTaken, "y", "f")},
		{"dialog-others-hold", outcome(process.Exited, bind.VerdictTaken, "y")},
		{"dialog-retaken", func(d *driver) {
			all := d.source.snap.Processes
			d.ports.rebound = &plan.Rebound{After: 400 * time.Millisecond, By: all[3333], Parent: all[1500], Starter: all[1500]}
			outcome(process.Exited, bind.VerdictFree, "y")(d)
		}},
		{"dialog-parent", func(d *driver) {
			all := d.source.snap.Processes
			d.ports.rebound = &plan.Rebound{After: 400 * time.Millisecond, By: all[2001], Parent: all[1500], Starter: all[1500]}
			outcome(process.Exited, bind.VerdictFree, "y", "p")(d)
		}},
		{"dialog-denied", func(d *driver) {
			d.denied(2001)
			free("127.0.0.1:3000", "y")(d)
		}},
		{"marked", func(d *driver) {
			d.selectRow("127.0.0.1:3000")
			d.press("m")
			d.selectRow("127.0.0.1:3333")
			d.press("m", "down")
		}},
		{"dialog-marked", func(d *driver) { d.markSome(); d.press("x") }},
		{"dialog-marked-done", func(d *driver) {
			d.markSome()
			d.exit(3333)
			d.ports.reports = map[uint16]plan.Report{3000: survived(d, 2001)}
			d.press("x", "y")
		}},
	}
}

func TestGolden(t *testing.T) {
	for _, s := range scenarios() {
		for _, size := range sizes {
			t.Run(fmt.Sprintf("%s/%dx%d", s.name, size.width, size.height), func(t *testing.T) {
				d := start(t, street(), size.width, size.height)
				s.play(d)
				golden.RequireEqual(t, d.text()+"\n")
			})
		}
	}
}

func TestGoldenBeforeData(t *testing.T) {
	for _, size := range sizes {
		t.Run(fmt.Sprintf("%dx%d", size.width, size.height), func(t *testing.T) {
			d := prepare(t, street(), Options{})
			d.hold = true
			if got := d.m.screen(); got != "" {
				t.Errorf("before any size is known: %q", got)
			}
			d.send(tea.WindowSizeMsg{Width: size.width, Height: size.height})
			d.run(d.m.Init())
			first := d.text()
			d.pass(spinnerDelay)
			spinning := d.text()
			d.hold = false
			d.source.err = errors.New("netlink: operation not permitted")
			d.send(readResult{err: d.source.err})
			golden.RequireEqual(t, first+"\n=== late\n"+spinning+"\n=== failed\n"+d.text()+"\n")
		})
	}
}

// The looks are checked once with colors and once without; everywhere else
// only the text is.
func TestGoldenStyled(t *testing.T) {
	for _, color := range []string{"always", "never"} {
		t.Run(color, func(t *testing.T) {
			d := prepare(t, street(), Options{Color: color})
			d.send(tea.WindowSizeMsg{Width: 100, Height: 30})
			d.run(d.m.Init())
			d.source.snap = changed()
			d.pass(time.Second)
			d.press("down", "down", "/")
			golden.RequireEqual(t, d.m.screen()+"\n")
		})
	}
}

// What completes the filter is quiet, and what it has matched is marked.
func TestGoldenFilterStyled(t *testing.T) {
	d := start(t, street(), 100, 14)
	d.press("/")
	d.typeIn("node na")
	golden.RequireEqual(t, d.m.screen()+"\n")
}
