package tui

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/recording"
	"lotop/ui/tui/keymap"
)

// taped is a recording of the street over 100 seconds, a look every two: from
// the 20th second on there is one listener more, from the 40th on one less.
func taped(t testing.TB) *recording.Player {
	t.Helper()
	path := filepath.Join(t.TempDir(), "street.lotop")
	file, err := recording.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	d := &driver{t: t, clock: noon.Local()}
	d.source = &fakeSource{d: d}
	recorder := recording.Record(d.source, file, recording.Options{})
	for i := range 51 {
		second := 2 * i
		d.source.snap = street()
		if second >= 20 {
			d.source.snap = with(d.source.snap, sock(30, sockets.TCP, sockets.Listen, "127.0.0.1:3005", "", 2001))
		}
		if second >= 40 {
			d.source.snap = without(d.source.snap, 25)
		}
		d.clock = noon.Add(time.Duration(second) * time.Second)
		var snap sockets.Snapshot
		if err := recorder.Read(t.Context(), &snap); err != nil {
			t.Fatal(err)
		}
	}
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	p, err := recording.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// replay opens the screen over a recording that stands at its beginning.
func replay(t testing.TB, width, height int) *driver {
	t.Helper()
	p := taped(t)
	p.Pause(true)
	d := prepare(t, street(), Options{Source: p, Notifications: p.Notifications()})
	d.send(tea.WindowSizeMsg{Width: width, Height: height})
	d.run(d.m.Init())
	return d
}

func TestReplayKeys(t *testing.T) {
	d := replay(t, 100, 40)
	d.wants("‖ 12:00:00  0:00/1:40  ×1", "127.0.0.1:3000", ", . step", "[ ] 10s")
	d.wantsNot("127.0.0.1:3005", "live")
	for _, c := range []struct{ keys, want string }{
		{".", "12:00:02  0:02/1:40  ×1"},
		{".", "12:00:04"},
		{",", "12:00:02"},
		{", , ,", "12:00:00"},
		{"]", "12:00:10"},
		{"] .", "12:00:22"},
		{"[", "12:00:12"},
		{"[ [", "12:00:00"},
		{"5", "12:00:50  0:50/1:40"},
		{"9", "12:01:30"},
		{"] ]", "12:01:40  1:40/1:40"},
		{".", "12:01:40"},
		{"0", "12:00:00"},
		{"}", "×2"},
		{"} }", "×8"},
		{"{ { { {", "×1/2"},
		{"{", "×1/4"},
		{"}", "×1/2"},
	} {
		d.press(strings.Fields(c.keys)...)
		if d.wants("‖ ", c.want); t.Failed() {
			t.Fatalf("after %s", c.keys)
		}
	}
}

// What is new is marked against the previous snapshot, and after a jump nothing is.
func TestReplayMarks(t *testing.T) {
	d := replay(t, 100, 40)
	d.press("]")
	for range 5 {
		d.wantsNot("127.0.0.1:3005")
		d.press(".")
	}
	d.wants("12:00:20", "+  tcp        127.0.0.1:3005")
	d.press("]", "]")
	d.wants("12:00:40")
	for _, r := range d.m.rows.Rows {
		if r.Mark != model.Unmarked {
			t.Errorf("after a jump %v is marked %v", r.Socket.Local, r.Mark)
		}
	}
	d.press("[", "tab")
	d.wants("no events yet")
	d.press(".", ".", ".", ".", ".")
	d.wants("3000", "stopped listening")
	d.press("1")
	d.wantsNot("stopped listening")
}

// Details of a row stay open over a jump to where it is not, and say so.
func TestReplayDetails(t *testing.T) {
	d := replay(t, 100, 40)
	d.press("2")
	d.selectRow("127.0.0.1:3005")
	d.press("enter", "0")
	d.wants("not open at this time; last known state", "127.0.0.1:3005")
	d.press("2")
	d.wantsNot("not open", "closed")
	d.selectRow("127.0.0.1:3000")
	for range 10 {
		d.press(".")
	}
	d.wants("12:00:40", "closed 0s ago; last known state")
}

// What the last line of the screen offers works there.
func TestReplayFooter(t *testing.T) {
	for _, b := range replay(t, 120, 30).m.footerKeys() {
		for _, k := range b.Keys() {
			d := replay(t, 120, 30)
			d.press("5", "down")
			before := d.m.screen()
			d.press(k)
			if d.m.screen() == before && len(d.left) == 0 {
				t.Errorf("%s (%s) does nothing", k, b.Help().Desc)
			}
		}
	}
}

func TestReplayPlays(t *testing.T) {
	d := replay(t, 100, 40)
	d.pass(time.Minute)
	if n := len(d.timers); n != 0 {
		t.Errorf("paused, and %d looks to come", n)
	}
	for _, key := range []string{"p", "space"} {
		d.press(key)
		d.wants("▶ 12:00:00")
		d.press(key)
		d.wants("‖ 12:00:00")
	}
	d.press("9", "]", "p")
	d.wants("■ 12:01:40")
	for speed, want := range map[float64]time.Duration{0.25: time.Second, 1: time.Second, 4: 250 * time.Millisecond, 512: minReplayInterval} {
		d.m.position.Speed = speed
		if got := d.m.refreshEvery(); got != want {
			t.Errorf("at %v times the speed a look every %v, not %v", speed, got, want)
		}
	}
}

// Without a recording its keys do nothing and are in no help.
func TestLiveHasNoReplayKeys(t *testing.T) {
	d := start(t, street(), 120, 100)
	before := d.m.screen()
	d.press(",", ".", "[", "]", "{", "}", "0", "9")
	if d.m.screen() != before || d.m.paused {
		t.Errorf("a key for recordings did something:\n%s", d.text())
	}
	d.press("?")
	d.wantsNot("previous snapshot", "0-9", keymap.RecordingGroup)
}

func TestGoldenReplay(t *testing.T) {
	for name, play := range map[string]func(*driver){
		"40x12":  func(d *driver) { d.press("5", "}") },
		"80x24":  func(d *driver) { d.press("1", "]", ".") },
		"120x30": func(d *driver) { d.press("9", "]", "p") },
		"help":   func(d *driver) { d.press("?") },
	} {
		t.Run(name, func(t *testing.T) {
			width, height := 80, 24
			switch name {
			case "40x12":
				width, height = 40, 12
			case "120x30":
				width, height = 120, 30
			}
			d := replay(t, width, height)
			play(d)
			golden.RequireEqual(t, d.text()+"\n")
		})
	}
}

func TestSpeedText(t *testing.T) {
	for speed, want := range map[float64]string{
		1: "×1", 2: "×2", 1024: "×1024", 0.5: "×1/2", recording.MinSpeed: "×1/64",
	} {
		if got := speedText(speed); got != want {
			t.Errorf("%v is written %s, not %s", speed, got, want)
		}
	}
	for _, c := range []struct {
		d, long time.Duration
		want    string
	}{
		{7 * time.Second, time.Minute, "0:07"},
		{754 * time.Second, time.Hour - 1, "12:34"},
		{3723 * time.Second, 10 * time.Hour, "1:02:03"},
		{-time.Second, time.Minute, "0:00"},
	} {
		if got := clockText(c.d, c.long); got != c.want {
			t.Errorf("%v of %v is written %s, not %s", c.d, c.long, got, c.want)
		}
	}
}
