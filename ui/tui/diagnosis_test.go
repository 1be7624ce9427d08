package tui

import (
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

func TestDiagnosisOfUnusedPort(t *testing.T) {
	d := start(t, street(), 100, 30)
	d.press("/")
	d.typeIn("4242")
	d.wantsNot("is free")
	d.pass(typingPause)
	d.wants("no socket matches 4242", "4242 is free", "address")
	if !slices.Equal(d.ports.checked, []uint16{4242}) {
		t.Errorf("asked about %v: 4, 42 and 424 match rows, or are no questions", d.ports.checked)
	}
	d.pass(time.Second)
	if len(d.ports.checked) != 1 {
		t.Errorf("asked %d times within a second", len(d.ports.checked))
	}
	d.press("esc")
	d.wantsNot("4242")
}

func TestNoDiagnosisForOtherFilters(t *testing.T) {
	d := start(t, street(), 100, 30)
	for _, filter := range []string{"nobody-has-this-name", "4000-4999 name:nobody", "port:4242,4243"} {
		d.press("/")
		d.typeIn(filter)
		d.pass(time.Second)
		d.press("esc")
	}
	if len(d.ports.checked) > 0 {
		t.Errorf("asked about %v", d.ports.checked)
	}
}

func TestDiagnosisInDetails(t *testing.T) {
	d := start(t, street(), 140, 50)
	d.selectRow("127.0.0.1:5432")
	d.press("enter")
	d.wants("CAN I HAVE IT  yes: every bind succeeds")
	d.wantsNot("5432 is free")
	d.press("W")
	d.wants("5432 is free: every bind succeeds", "SO_REUSEADDR", "W details")
	d.press("W")
	d.pass(10 * time.Second)
	if n := len(d.ports.checked); n < 3 || n > 5 {
		t.Errorf("asked %d times in ten seconds", n)
	}
	d.press("esc")
	n := len(d.ports.checked)
	d.pass(10 * time.Second)
	if len(d.ports.checked) != n {
		t.Error("asked although no details are open")
	}
}

func TestReplayNeverProbes(t *testing.T) {
	d := prepare(t, street(), Options{})
	d.m.live = false
	d.send(tea.WindowSizeMsg{Width: 140, Height: 50})
	d.run(d.m.Init())
	d.press("enter", "esc", "x")
	d.wants("cannot free a port in a recording")
	if d.m.dialog != nil || len(d.ports.checked) > 0 {
		t.Error("a recording asked the kernel of now")
	}
}
