package tui

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lotop/model/query"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
)

// driver runs the screen without a terminal: every command is carried out at
// once, in order, and time stands still until the test moves it.
type driver struct {
	t         testing.TB
	m         *Model
	source    *fakeSource
	processes *fakeProcessReader
	ports     *fakePortService
	clock     time.Time
	opened    []string

	timers []timer   // what was asked of the clock and is not over yet
	hold   bool      // whether finished jobs wait for release
	held   []tea.Msg // those that do
	left   []tea.Msg // messages that leave the program: quit, interrupt, suspend
	others []tea.Msg // messages for the terminal
}

type timer struct {
	at   time.Time
	tell func(time.Time) tea.Msg
}

// start opens the screen over a snapshot, and shows its first rows.
func start(t testing.TB, snap sockets.Snapshot, width, height int) *driver {
	t.Helper()
	d := prepare(t, snap, Options{})
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
}

func prepare(t testing.TB, snap sockets.Snapshot, o Options) *driver {
	t.Helper()
	d := &driver{t: t, clock: noon, processes: somePeople(), ports: &fakePortService{}}
	d.ports.d = d
	d.source = &fakeSource{snap: snap, d: d}
	if o.Source == nil {
		o.Source = d.source
		o.Open = func() (sockets.Source, error) { return d.source, nil }
	}
	if o.Shown.View == "" {
		o.Shown.View = "sockets" // what most of these tests are about
	}
	if o.Interval == 0 {
		o.Interval = time.Second
	}
	if o.Version == "" {
		o.Version = "v1.2.3"
	}
	query, err := query.Parse(o.Query)
	if err != nil {
		t.Fatal(err)
	}
	d.m = newModel(o, query, nil, process.NewReader(t.TempDir()), func() time.Time { return d.clock })
	d.m.worker.reader, d.m.ports = d.processes, d.ports
	d.m.beside = false // most of these tests open details when they want them; see startBeside
	d.m.after = func(after time.Duration, tell func(time.Time) tea.Msg) tea.Cmd {
		d.timers = append(d.timers, timer{d.clock.Add(after), tell})
		return nil
	}
	d.m.suspend = func(bool) tea.Msg { return tea.SuspendMsg{} }
	d.m.openBrowser = func(url string) error { d.opened = append(d.opened, url); return nil }
	return d
}

func (d *driver) send(msg tea.Msg) {
	d.t.Helper()
	_, cmd := d.m.Update(msg)
	d.run(cmd)
}

// run carries out a command and all that comes of it.
func (d *driver) run(cmd tea.Cmd) {
	d.t.Helper()
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			d.run(c)
		}
	case tea.QuitMsg, tea.InterruptMsg, tea.SuspendMsg:
		d.left = append(d.left, msg)
	case spinner.TickMsg:
		d.m.Update(msg) // its command waits for the next frame
	case notificationsResult, arrangement, readResult, planMsg, freedMsg, watchDoneMsg:
		if d.hold {
			d.held = append(d.held, msg)
			d.checkOneJob()
			return
		}
		d.send(msg)
	case statusMsg, diagnosisMsg, tea.BackgroundColorMsg:
		d.send(msg)
	default:
		if v := reflect.ValueOf(msg); v.Kind() == reflect.Slice { // a sequence
			for i := range v.Len() {
				d.run(v.Index(i).Interface().(tea.Cmd))
			}
			return
		}
		d.others = append(d.others, msg)
	}
}

// checkOneJob makes sure that the worker, which has no locks, is asked once at a
// time.
func (d *driver) checkOneJob() {
	d.t.Helper()
	if n := d.jobs(); n > 1 {
		d.t.Fatalf("%d requests to the worker in flight", n)
	}
}

// jobs counts the results of the worker that are held.
func (d *driver) jobs() int {
	n := 0
	for _, msg := range d.held {
		switch msg.(type) {
		case notificationsResult, arrangement, readResult:
			n++
		}
	}
	return n
}

// release delivers what was held, and goes on holding.
func (d *driver) release() {
	d.t.Helper()
	held := d.held
	d.held = nil
	for _, msg := range held {
		d.send(msg)
	}
}

// pass lets time go by, in steps in which at most one timer ends.
func (d *driver) pass(long time.Duration) {
	d.t.Helper()
	end := d.clock.Add(long)
	for {
		next := -1
		for i, t := range d.timers {
			if !t.at.After(end) && (next < 0 || t.at.Before(d.timers[next].at)) {
				next = i
			}
		}
		if next < 0 {
			d.clock = end
			return
		}
		t := d.timers[next]
		d.timers = slices.Delete(d.timers, next, next+1)
		d.clock = t.at
		d.send(t.tell(t.at))
	}
}

// press sends keys by their names, or a word letter by letter.
func (d *driver) press(keys ...string) {
	d.t.Helper()
	for _, k := range keys {
		d.send(keyPress(k))
	}
}

func (d *driver) typeIn(s string) {
	d.t.Helper()
	for _, r := range s {
		d.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func keyPress(name string) tea.KeyPressMsg {
	named := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown, "home": tea.KeyHome, "end": tea.KeyEnd,
	}
	if code, ok := named[name]; ok {
		return tea.KeyPressMsg{Code: code}
	}
	if name == "space" {
		return tea.KeyPressMsg{Code: tea.KeySpace, Text: " "}
	}
	if name == "shift+tab" {
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	}
	if rest, ok := strings.CutPrefix(name, "ctrl+"); ok {
		return tea.KeyPressMsg{Code: rune(rest[0]), Mod: tea.ModCtrl}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// lines are what the screen shows, without looks. They are exactly as many and
// at most as wide as the terminal's.
func (d *driver) lines() []string {
	d.t.Helper()
	return checkFrame(d.t, d.m.screen(), d.m.width, d.m.height)
}

func checkFrame(t testing.TB, screen string, width, height int) []string {
	t.Helper()
	lines := strings.Split(ansi.Strip(screen), "\n")
	if len(lines) != height {
		t.Errorf("%d lines, not %d", len(lines), height)
	}
	for i, l := range lines {
		if w := ansi.StringWidth(l); w > width {
			t.Errorf("line %d has %d cells, not %d at most: %q", i, w, width, l)
		}
		if clean := untrusted.New(l).String(); clean != l {
			t.Errorf("line %d holds what a terminal might obey: %q", i, l)
		}
		lines[i] = strings.TrimRight(l, " ")
	}
	return lines
}

func (d *driver) text() string { return strings.Join(d.lines(), "\n") }

func (d *driver) wants(all ...string) {
	d.t.Helper()
	text := d.text()
	for _, want := range all {
		if !strings.Contains(text, want) {
			d.t.Errorf("no %q on the screen:\n%s", want, text)
		}
	}
}

func (d *driver) wantsNot(all ...string) {
	d.t.Helper()
	text := d.text()
	for _, bad := range all {
		if strings.Contains(text, bad) {
			d.t.Errorf("%q on the screen:\n%s", bad, text)
		}
	}
}

// selected is the local address of the selected row.
func (d *driver) selected() string {
	d.t.Helper()
	r := d.m.selectedRow()
	if r == nil {
		return ""
	}
	return r.Socket.Local.String()
}

// selectRow moves the selection to the first row with that text in address,
// remote end, state or process.
func (d *driver) selectRow(text string) {
	d.t.Helper()
	d.press("g")
	for range len(d.m.rows.Rows) {
		r := d.m.rows.Current()
		who, _ := ui.Owner(r)
		if strings.Contains(strings.Join([]string{ui.Local(r.Snapshot, r.Socket), ui.RemoteText(r), r.Socket.State.String(), who}, " "), text) {
			return
		}
		d.press("down")
	}
	d.t.Fatalf("no row with %q:\n%s", text, d.text())
}
