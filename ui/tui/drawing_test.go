package tui

import (
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"lotop/ui/tui/table"
)

// countDrawn counts the rows that are drawn: each has its mark drawn once.
func countDrawn[T any](t *table.Table[T], n *int) {
	mark := t.Mark
	t.Mark = func(r *T) span {
		*n++
		return mark(r)
	}
}

// Keys that are typed ahead are drawn together, and none is left undrawn.
func TestKeysTypedAheadAreDrawnTogether(t *testing.T) {
	d := start(t, hundred(), 80, 24)
	d.clock = d.clock.Add(time.Second)
	drawn := 0
	countDrawn(&d.m.rows, &drawn)
	shows := func(row int) bool {
		return d.m.rows.Cursor == row && ansi.Strip(d.m.View().Content) == ansi.Strip(d.m.screen())
	}
	for range 1000 {
		d.press("down")
		d.press("up")
		_ = d.m.View()
	}
	if drawn > d.m.rows.Height {
		t.Errorf("%d rows drawn for keys that came at once, not %d at most", drawn, d.m.rows.Height)
	}
	d.press("down")
	if _ = d.m.View(); shows(1) {
		t.Error("a frame for a single one of many keys")
	}
	d.pass(time.Second / framesPerSecond)
	if !shows(1) {
		t.Errorf("the last key is not on the screen:\n%s", ansi.Strip(d.m.View().Content))
	}
	d.clock = d.clock.Add(time.Second)
	d.press("down")
	if !shows(2) {
		t.Error("a key after a while has to wait")
	}
	if d.send(tea.WindowSizeMsg{Width: 60, Height: 20}); !shows(2) {
		t.Error("a frame of another size than the terminal's")
	}
}
