package tui

import (
	"strings"

	"lotop/ui/style"
)

// window is what keys, the mouse and the layout need of a table, whatever its rows are.
type window interface {
	Len() int
	Selected() int
	InSight() (first, end int)
	Page() int
	Move(by int)
	MoveTo(i int)
	Scroll(by int)
	ToTop()
	RowAt(y int) int
	SortKeyAt(x int) int
	SortKeys() []int
	Resize(width, height int)
	ResetWidths()
	Settle()
	TitleLine(sorted int, reverse bool) style.Line
	RowLine(i int) style.Line
}

// window returns the table of the view.
func (m *Model) window() window {
	switch m.view {
	case portsView:
		return &m.portRows
	case eventsView:
		return &m.events
	}
	return &m.rows
}

// windows returns the tables of all views.
func (m *Model) windows() []window { return []window{&m.portRows, &m.rows, &m.events} }

// noun returns what the rows of the view are.
func (m *Model) noun() string {
	return [numViews]string{"port", "connection", "socket", "event"}[m.view]
}

// sorted returns the column by which the view is ordered, -2 if it has an order of its
// own.
func (m *Model) sorted() int {
	if m.view == eventsView {
		return -2
	}
	return int(m.shape.Order.Column)
}

func drawRows(lines []string, w window, th *style.Theme) []string {
	var b strings.Builder
	for i, end := w.InSight(); i < end; i++ {
		b.Reset()
		th.Render(&b, w.RowLine(i), i == w.Selected())
		lines = append(lines, b.String())
	}
	return lines
}
