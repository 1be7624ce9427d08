package tui

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"

	"lotop/sockets"
	"lotop/sockets/recording"
)

// Where the moving picture of README is, and its size in cells.
const (
	demoWidth  = 114
	demoHeight = 27
)

// film plays a recording snapshot by snapshot, when it is told to and not by the
// clock: so every run takes the same pictures.
type film struct{ *recording.Player }

// Position reports a replay that goes on: between two steps it only stands still
// because nothing waits.
func (f film) Position() recording.Position {
	p := f.Player.Position()
	p.Paused = false
	return p
}

// frame is a picture that stays for a while.
type frame struct {
	screen string // with its looks
	key    string // that was pressed last
	says   string
	stays  time.Duration
}

// filmRecorder takes the pictures of a screen that is used.
type filmRecorder struct {
	*driver
	film   film
	key    string
	says   string
	frames []frame
}

func newFilmRecorder(t *testing.T) *filmRecorder {
	p := openSession(t)
	p.Pause(true)
	s := &filmRecorder{film: film{p}}
	s.driver = prepare(t, street(), Options{Source: s.film, Notifications: p.Notifications(), Theme: "dark", Color: "always"})
	s.send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	s.send(tea.BackgroundColorMsg{Color: lipgloss.Color(filmGround)})
	s.send(tea.WindowSizeMsg{Width: demoWidth, Height: demoHeight})
	s.run(s.m.Init())
	return s
}

// capture keeps what the screen shows now.
func (s *filmRecorder) capture(stays time.Duration) {
	s.lines() // checks the frame
	s.frames = append(s.frames, frame{s.m.screen(), s.key, s.says, stays})
}

// play goes on by so many seconds of the recording.
func (s *filmRecorder) play(seconds int) {
	s.key = ""
	for range seconds {
		s.film.Step(1)
		s.pass(time.Second)
		s.capture(time.Second)
	}
}

// presses does so with keys, at the speed of a hand.
func (s *filmRecorder) presses(keys ...string) {
	for _, key := range keys {
		s.press(key)
		s.key = key
		s.capture(300 * time.Millisecond)
	}
}

// types types letters.
func (s *filmRecorder) types(text string) {
	s.key = ""
	for _, letter := range text {
		s.typeIn(string(letter))
		s.capture(110 * time.Millisecond)
	}
}

// rest leaves the last picture a little longer.
func (s *filmRecorder) rest(longer time.Duration) { s.frames[len(s.frames)-1].stays += longer }

// demo is what the picture in README shows.
func (s *filmRecorder) demo() {
	s.says = "every loopback socket and its process; ⚠ is open to other machines"
	s.capture(2500 * time.Millisecond)
	s.says = "what is new comes up green, one row for both ends"
	s.play(8)
	s.says = "a filter, while typing"
	s.presses("/")
	s.types("worker")
	s.presses("enter")
	s.play(5)
	s.presses("esc")
	s.says = "details: who, reachable from where, the queue, the clients"
	for s.m.rows.Current().Socket.State != sockets.Listen {
		s.presses("up")
	}
	s.presses("enter")
	s.rest(800 * time.Millisecond)
	s.play(4)
	s.presses("esc")
	s.says = "events; unseen: came and went between two looks"
	s.presses("tab")
	s.rest(1500 * time.Millisecond)
	s.play(3)
	s.says = "the server on 3000 ends, and is back"
	s.presses("tab")
	s.play(6)
	s.says = "debuggers and who is attached to them"
	s.presses("/")
	s.types("is:debugger")
	s.presses("enter")
	s.rest(time.Second)
	s.play(2)
	s.rest(2 * time.Second)
}

// TestDemo holds the picture in README to what the screen shows. With -update it
// makes the picture again.
func TestDemo(t *testing.T) {
	s := newFilmRecorder(t)
	s.demo()
	got := drawFilm(t, s.frames)
	path := filepath.Join("..", "..", "docs", "demo.svg")
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.ReplaceAll(string(want), "\r\n", "\n") != got {
		t.Error("docs/demo.svg shows another screen than this one: go test ./ui/tui -run TestDemo -update makes it again")
	}
}
