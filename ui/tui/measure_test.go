package tui

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model/track"
	"lotop/ui/tui/table"
)

// eventful opens the Events view over a full journal of events that differ.
func eventful(t *testing.T, width, height int) *driver {
	d := start(t, street(), width, height)
	for i := range eventLogSize {
		r := d.m.rows.Rows[0].Clone()
		r.Socket.Local = netip.AddrPortFrom(r.Socket.Local.Addr(), uint16(i+1))
		d.m.worker.eventLog.Add(track.Event{Kind: track.EventOpened, Time: noon.Add(time.Duration(i)), Row: r})
	}
	d.press("tab")
	if n := len(d.m.events.Rows); n != eventLogSize {
		t.Fatalf("%d events, not %d", n, eventLogSize)
	}
	return d
}

// countMeasured counts the rows of a table of which a cell is made.
func countMeasured[T any](t *table.Table[T], seen map[[2]uint64]bool) {
	for c := range t.Columns {
		cell := t.Columns[c].Cell
		t.Columns[c].Cell = func(r *T) line {
			seen[t.Keys(r)] = true
			return cell(r)
		}
	}
}

// A key measures no more rows than it brings into sight, however many there are
// and whatever lies over them. A jump to other rows measures those around it with
// the next result, which S asks for.
func TestKeysMeasureWhatComesIntoSight(t *testing.T) {
	jumps := map[string]bool{"G": true, "g": true, "tab": true, "shift+tab": true}
	keys := []string{
		"down", "down", "up", "pgdown", "pgup", "Z", "G", "S", "up", "pgup", "enter", "up", "down", "pgup", "esc", "g", "S", "down",
		"enter", "down", "enter", "?", "down", "esc", "x", "p", "/", "down", "up", "enter", "tab", "down", "enter", "down", "esc", "shift+tab", "down",
	}
	for _, size := range [][2]int{{1, 1}, {40, 3}, {40, 4}, {80, 12}, {80, 24}, {200, 50}, {300, 100}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			d := eventful(t, size[0], size[1])
			seen := map[[2]uint64]bool{}
			countMeasured(&d.m.events, seen)
			countMeasured(&d.m.rows, seen)
			for i, k := range keys {
				clear(seen)
				d.press(k)
				most := size[1]
				if jumps[k] || i > 0 && jumps[keys[i-1]] {
					most = max(table.MeasuredRows, most)
				}
				if n := len(seen); n > most {
					t.Errorf("key %d, %s: %d rows measured, not %d at most", i, k, n, most)
				}
			}
		})
	}
}

// What is no news of rows measures none: the mouse that moves, a tick, a paste.
func TestMessagesMeasureNothing(t *testing.T) {
	for _, size := range [][2]int{{40, 3}, {80, 12}, {200, 50}} {
		for _, open := range []string{"Z", "enter", "?"} {
			d := eventful(t, size[0], size[1])
			d.press(open)
			seen := map[[2]uint64]bool{}
			countMeasured(&d.m.events, seen)
			countMeasured(&d.m.rows, seen)
			for _, msg := range []tea.Msg{
				tea.MouseMotionMsg{X: 3, Y: 3},
				tea.MouseReleaseMsg{X: 3, Y: 3},
				tickMsg{n: -1},
				spinnerDelayMsg{},
				tea.PasteMsg{Content: "x"},
				tea.FocusMsg{},
				tea.KeyReleaseMsg{},
				tea.WindowSizeMsg{Width: size[0], Height: size[1]},
			} {
				if d.send(msg); len(seen) > 0 {
					t.Fatalf("%v, %s: %T measures %d rows", size, open, msg, len(seen))
				}
			}
		}
	}
}

// The lines of the details are written again only when something in them can
// have changed.
func TestMessagesWriteNoDetails(t *testing.T) {
	d := start(t, street(), 120, 30)
	d.press("enter")
	written := func() *line { return &d.m.details.lines[0] }
	before := written()
	for _, msg := range []tea.Msg{keyPress("Z"), keyPress("pgdown"), tea.MouseWheelMsg{X: 100, Y: 9, Button: tea.MouseWheelDown}, tickMsg{n: -1}} {
		d.send(msg)
		_ = d.m.screen()
		if written() != before {
			t.Errorf("%T writes the details again", msg)
		}
	}
	if d.pass(d.m.interval); written() == before {
		t.Error("the details are not written again after a refresh")
	}
}
