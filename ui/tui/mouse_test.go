package tui

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// clickText clicks on the first cell of a text on a line of the screen.
func (d *driver) clickText(line int, text string) {
	d.t.Helper()
	before, _, ok := strings.Cut(d.lines()[line], text)
	if !ok {
		d.t.Fatalf("no %q in %q", text, d.lines()[line])
	}
	d.send(tea.MouseClickMsg{X: len([]rune(before)), Y: line, Button: tea.MouseLeft})
}

// The figures of the header turn to what they count.
func TestClickFigures(t *testing.T) {
	d := startPorts(t, street(), 120, 30)
	d.clickText(0, "connections")
	if d.m.view != connectionsView {
		t.Errorf("connections turn to %s", viewNames[d.m.view])
	}
	d.clickText(0, "exposed")
	if got := d.m.filter.Value(); got != exposedTerm || d.m.view != portsView {
		t.Errorf("exposed gives filter %q in %s", got, viewNames[d.m.view])
	}
	d.clickText(0, "exposed")
	d.clickText(0, "listening")
	if got := d.m.filter.Value(); got != "" || d.m.view != portsView {
		t.Errorf("listening leaves filter %q in %s", got, viewNames[d.m.view])
	}
	d.clickText(0, "lotop")
	d.clickText(0, "live")
	if d.m.view != portsView {
		t.Error("a click beside the figures turns the view")
	}
}

// The keys of the last line act when they are clicked.
func TestClickFooter(t *testing.T) {
	d := startPorts(t, street(), 120, 30)
	last := d.m.height - 1
	d.clickText(last, "pause")
	if !d.m.paused {
		t.Error("pause does not pause")
	}
	d.clickText(last, "p pause")
	if d.m.paused {
		t.Error("pause does not resume")
	}
	d.clickText(last, "help")
	if d.m.help == nil {
		t.Error("help opens no help")
	}
	d.press("esc")
	d.clickText(last, "move")
	d.send(tea.MouseClickMsg{X: 119, Y: last, Button: tea.MouseLeft})
	if d.m.help != nil || d.m.paused {
		t.Error("a click on no key acts")
	}
}
