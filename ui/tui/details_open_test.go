package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"lotop/sockets"
	"lotop/sockets/process"
)

// startBeside opens the Ports view over a snapshot, as lotop does: with the details open
// beside it where there is room.
func startBeside(t testing.TB, snap sockets.Snapshot, width, height int) *driver {
	t.Helper()
	d := prepare(t, snap, Options{Shown: Shown{View: "ports"}})
	d.m.beside = true
	d.ports.taken = true
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
}

// shop is a street in which a port has twins, many clients, and a debugger beside it.
func shop() sockets.Snapshot {
	const tcp = sockets.TCP
	inspector := sock(52, tcp, sockets.Listen, "127.0.0.1:9229", "", 2001)
	snap := with(street(),
		sock(50, tcp, sockets.Listen, "0.0.0.0:3005", "", 2001), sock(51, tcp, sockets.Listen, "[::]:3005", "", 2001), inspector,
		sock(53, tcp, sockets.Established, "127.0.0.1:9229", "127.0.0.1:51300", 2001), sock(54, tcp, sockets.Established, "127.0.0.1:51300", "127.0.0.1:9229", 4400),
		sock(55, tcp, sockets.Established, "127.0.0.1:3005", "127.0.0.1:51301", 2001), sock(56, tcp, sockets.Established, "127.0.0.1:51301", "127.0.0.1:3005", 7100),
		sock(57, tcp, sockets.Established, "[::1]:3005", "[::1]:51302", 2001), sock(58, tcp, sockets.Established, "[::1]:51302", "[::1]:3005", 7100),
		sock(59, tcp, sockets.Established, "127.0.0.1:3005", "127.0.0.1:51303", 2001), sock(60, tcp, sockets.Established, "127.0.0.1:51303", "127.0.0.1:3005", 7200),
		sock(61, tcp, sockets.Established, "192.168.1.5:3005", "192.168.1.9:50300", 2001),
	)
	snap.Processes[2001] = proc(2001, 1500, 40*time.Minute, "node", "--inspect=127.0.0.1:9229", "/home/ada/shop/server.js")
	for i := range snap.Sockets {
		if s := &snap.Sockets[i]; s.ID == 51 {
			s.V6Only = sockets.Yes
		}
	}
	return snap
}

// The details of a port are those of all its sockets.
func TestDetailsOfPort(t *testing.T) {
	d := startBeside(t, shop(), 200, 50)
	d.m.worker.meter = newMeter(&countingSource{fakeSource: d.source, in: 12 * 1024, out: 4 * 1024})
	d.selectPort(3005)
	d.pass(4 * time.Second)
	d.wants(
		":3005  listening", "node server", "up 40m   ada", "/home/ada/shop", "pid 2001   84M", "started by   init › npm run dev",
		"OPEN TO      every machine that can reach this one  ⚠", "http://192.168.1.5:3005", "http://localhost:3005", "keep it here:",
		"CLIENTS 4    firefox (7100)", "2 connections", "curl (7200)", "192.168.1.9",
		"TRAFFIC", "↓ 48K/s  ↑ 16K/s", "WAITING      0 of 128 in the accept queue",
		"ALSO HOLDS", "9229  ◇ node inspector ← code (4400)",
		"CAN I HAVE IT  no: in use on every address", "x  free it: stops 2001, closes 3 other ports too",
	)
	d.wantsNot("over IPv4")
}

// What else a process holds has the clients of both twins, once.
func TestAlsoHolds(t *testing.T) {
	d := startBeside(t, shop(), 200, 40)
	d.selectPort(9229)
	d.pass(time.Second)
	d.wants("ALSO HOLDS", "3005  ⚠ every ← firefox (7100), curl (7200), another machine")
	d.source.snap = with(shop(), sock(70, sockets.TCP, sockets.Listen, "[::1]:3000", "", 2001))
	d.pass(time.Second)
	d.wants("3000  localhost")
}

// Of more connections than are measured the traffic is unknown, not that of a part.
func TestDetailsOfBusyPort(t *testing.T) {
	snap := street()
	for i := range 300 {
		id, far := sockets.ID(1000+2*i), fmt.Sprintf("127.0.0.1:%d", 20_000+i)
		snap = with(snap, sock(id, sockets.TCP, sockets.Established, "127.0.0.1:3000", far, 2001), sock(id+1, sockets.TCP, sockets.Established, far, "127.0.0.1:3000", int32(30_000+i%150)))
		snap.Processes[int32(30_000+i%150)] = proc(30_000+i%150, 1, 0, "client")
	}
	d := startBeside(t, snap, 140, 160)
	d.m.worker.meter = newMeter(&countingSource{fakeSource: d.source, in: 12 * 1024, out: 4 * 1024})
	d.selectPort(3000)
	d.pass(4 * time.Second)
	d.wants("CLIENTS 300  client (30000)  2 connections", "and 100 connections of other programs", "TRAFFIC      not measured: 300 connections")
}

func TestGoldenBeside(t *testing.T) {
	for _, size := range []struct{ width, height int }{{80, 24}, {120, 40}, {200, 50}} {
		for _, of := range []string{"port", "why", "connection"} {
			t.Run(fmt.Sprintf("%s/%dx%d", of, size.width, size.height), func(t *testing.T) {
				d := startBeside(t, shop(), size.width, size.height)
				d.m.worker.meter = newMeter(&countingSource{fakeSource: d.source, in: 12 * 1024, out: 4 * 1024})
				d.selectPort(3005)
				if size.width < besideWidth {
					d.press("enter")
				}
				switch of {
				case "why":
					d.press("W")
				case "connection":
					d.press("right", "down")
				}
				d.pass(4 * time.Second)
				golden.RequireEqual(t, d.text()+"\n")
			})
		}
	}
}

func TestDetailsOpenBeside(t *testing.T) {
	d := startBeside(t, street(), 120, 30)
	if d.m.details == nil {
		t.Fatal("the details are closed at 120 columns")
	}
	is := func(open bool, when string) {
		t.Helper()
		if got := d.m.details != nil; got != open {
			t.Errorf("%s: open %t", when, got)
		}
	}
	size := func(width int) { d.send(tea.WindowSizeMsg{Width: width, Height: 30}) }
	size(119)
	is(false, "at 119 columns")
	size(120)
	is(true, "at 120 columns again")
	d.press("enter")
	is(false, "after enter")
	size(80)
	size(150)
	is(false, "closed by the user, at another size")
	d.press("2", "3", "1", "down")
	is(false, "closed by the user, after other views")
	d.press("enter")
	is(true, "after enter again")
	d.press("down", "4")
	d.press("esc")
	is(false, "after esc")
	d.press("1")
	is(true, "back from the events, where there is no room beside them")
	d.press("enter", "enter")
	size(80)
	is(true, "opened by the user, at 80 columns")
	d.press("esc")
	size(120)
	is(true, "closed by the user at 80 columns, at 120")
}

// With details that opened by themselves the keys of the table do what they do without.
func TestBesideLeavesKeysAlone(t *testing.T) {
	d := startBeside(t, street(), 140, 12)
	d.press("down")
	if got, want := d.m.details.id, d.m.selectedRow().Socket.ID; got != want {
		t.Errorf("details of %d, %d is selected", got, want)
	}
	d.press("pgdown")
	if d.m.portRows.Cursor < 5 || d.m.details.scroll != 0 {
		t.Errorf("pgdn selects row %d, the details are at %d", d.m.portRows.Cursor, d.m.details.scroll)
	}
	d.press("/")
	d.typeIn("5432")
	d.press("enter")
	if r := d.m.selectedRow(); d.m.details == nil || d.m.details.id != r.Socket.ID {
		t.Errorf("the details do not follow the filter:\n%s", d.text())
	}
	d.press("esc")
	if d.m.filter.Value() != "" || d.m.details == nil {
		t.Error("esc does not clear the filter first")
	}
	d.press("esc")
	if d.m.details != nil {
		t.Error("esc does not close the details then")
	}
	d.press("enter", "x")
	if d.m.dialog == nil {
		t.Error("x opens no dialog")
	}
	d.press("n", "esc", "enter", "/")
	d.typeIn("nosuchthing")
	d.press("enter")
	d.wants("no port matches nosuchthing")
}

// Where the details opened by themselves and no row matches, there is room for why.
func TestBesideWithoutRows(t *testing.T) {
	d := startBeside(t, street(), 140, 30)
	d.press("/")
	d.typeIn("4242")
	if d.m.details != nil {
		t.Error("details of no row")
	}
	d.pass(typingPause)
	d.wants("4242 is free")
	d.press("esc")
	if d.m.details == nil {
		t.Error("the details do not come back with the rows")
	}
}

// A selection that moves on tests no port, one that rests tests its own.
func TestBesideTestsWhereTheSelectionRests(t *testing.T) {
	d := startBeside(t, street(), 140, 30)
	d.pass(time.Second)
	d.ports.checked = nil
	for range 6 {
		d.press("down")
		d.pass(typingPause / 2)
	}
	if len(d.ports.checked) > 0 {
		t.Errorf("tested %v on the way", d.ports.checked)
	}
	d.pass(time.Second)
	if want := d.m.selectedRow().Socket.Local.Port(); !slices.Equal(d.ports.checked, []uint16{want}) {
		t.Errorf("tested %v, not %d", d.ports.checked, want)
	}
	d.wants("CAN I HAVE IT  no: in use")
	d.press("enter")
	n := len(d.ports.checked)
	d.press("down", "up")
	d.pass(20 * time.Second)
	if len(d.ports.checked) != n {
		t.Errorf("tested %v with the details closed", d.ports.checked)
	}
}

// A recording is not tested, whatever is open.
func TestBesideInRecording(t *testing.T) {
	d := prepare(t, street(), Options{Shown: Shown{View: "ports"}})
	d.m.beside, d.m.live = true, false
	d.send(tea.WindowSizeMsg{Width: 140, Height: 30})
	d.run(d.m.Init())
	d.press("down", "W")
	d.pass(5 * time.Second)
	d.wantsNot("CAN I HAVE IT", "W why")
	if len(d.ports.checked) > 0 || d.m.details == nil {
		t.Errorf("tested %v", d.ports.checked)
	}
}

// W opens the details for its answer, and gives way to them.
func TestWhyKey(t *testing.T) {
	for _, width := range []int{80, 140} {
		d := startPorts(t, street(), width, 30)
		d.ports.taken = true
		d.selectPort(5432)
		d.press("W")
		d.wants("5432 is in use by postgres (812)", "blocked by")
		d.wantsNot("OPEN TO")
		d.press("W")
		d.wants("OPEN TO")
		d.wantsNot("blocked by")
		d.press("W", "esc", "enter")
		d.wants("OPEN TO")
	}
}

func TestAncestry(t *testing.T) {
	all := []*process.Process{proc(4, 3, 0, "/usr/bin/npm", "run", "dev"), proc(3, 2, 0, "-zsh"), proc(2, 1, 0, "tmux"), proc(1, 0, 0, "/sbin/init")}
	for width, want := range map[int]string{
		80: "init › tmux › -zsh › npm run dev", 32: "init › tmux › -zsh › npm run dev", 31: "… › tmux › -zsh › npm run dev", 22: "… › -zsh › npm run dev",
		15: "… › npm run dev", 6: "npm r…",
	} {
		if got := ancestry(all, width); got != want || len([]rune(got)) > width {
			t.Errorf("in %d cells: %q, not %q", width, got, want)
		}
	}
	if got := ancestry(nil, 80); got != "" {
		t.Errorf("of no parents: %q", got)
	}
	long := proc(5, 1, 0, "npm", strings.Repeat("x", 40))
	if got := startedAs(long); got != "npm" {
		t.Errorf("%q", got)
	}
}
