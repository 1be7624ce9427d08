package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"

	tea "charm.land/bubbletea/v2"

	"lotop/model/query"
)

// accented are the texts in the role of matches in the rows of a screen.
func (d *driver) accented() []string {
	var all []string
	w := d.m.window()
	for i, end := w.InSight(); i < end; i++ {
		for _, s := range w.RowLine(i) {
			if s.Role == accent && s.Text != "▸ " && s.Text != " ◇" {
				all = append(all, s.Text)
			}
		}
	}
	return all
}

func TestMatchesAreMarked(t *testing.T) {
	for _, c := range []struct{ filter, want string }{
		{"3000", "3000 3000"},
		{"POSTGR", "postgr"},
		{"tcp", ""},
		{"-node", ""},
		{"name:node", ""},
	} {
		d := start(t, street(), 120, 30)
		d.press("/")
		d.typeIn(c.filter)
		got := d.accented()
		if c.want == "" && len(got) > 0 {
			t.Errorf("%s: %q", c.filter, got)
		}
		for _, want := range strings.Fields(c.want) {
			if len(got) == 0 || !strings.EqualFold(got[0], want) {
				t.Errorf("%s: %q, not %q", c.filter, got, want)
				break
			}
			got = got[1:]
		}
		before := d.text()
		d.m.matched = query.Marks{}
		if d.text() != before {
			t.Errorf("%s: marks move something", c.filter)
		}
	}
}

// Marks are visible in the selected row too, where it has roles.
func TestMarksInSelectedRow(t *testing.T) {
	d := start(t, street(), 120, 30)
	d.send(tea.ColorProfileMsg{Profile: colorprofile.TrueColor})
	d.press("1", "/")
	d.typeIn("3000")
	if got := d.accented(); len(got) == 0 || got[0] != "3000" {
		t.Errorf("%q is marked in\n%s", got, d.text())
	}
	with := d.m.screen()
	d.m.matched = query.Marks{}
	if with == d.m.screen() {
		t.Error("nothing is marked on the screen")
	}
}
