package tui

// area says how the screen is divided. It depends on nothing that a refresh
// changes but the warning line.
type area struct {
	table   rect // titles, rule and rows
	details rect // empty if there are none
	rule    bool
	warning bool
	place   placement
}

type rect struct{ x, y, width, height int }

// placement is where the details are.
type placement uint8

const (
	noDetails placement = iota
	beside
	below
	over
)

const (
	linesAbove = 2  // header, tabs and filter
	tallEnough = 14 // lines from which on the rule under the titles is worth one
)

func (m *Model) area() area {
	a := area{rule: m.height >= tallEnough, warning: m.hasWarning()}
	body := m.height - linesAbove - 1
	if a.warning {
		body--
	}
	body = max(body, 0)
	a.table = rect{0, linesAbove, m.width, body}
	if m.details == nil {
		return a
	}
	switch {
	case m.width >= 120:
		a.place = beside
		w := min(max(m.width*2/5, 52), 80)
		a.table.width -= w
		a.details = rect{a.table.width, linesAbove, w, body}
	case m.width >= 80 && body >= 16:
		a.place = below
		h := min(body*3/5, 20) // whatever they hold, so that nothing jumps
		a.table.height -= h
		a.details = rect{0, linesAbove + a.table.height, m.width, h}
	default:
		a.place = over
		a.details = rect{0, linesAbove, m.width, body}
		a.table.height = 0
	}
	return a
}

// fit tells the panes how much room they have.
func (m *Model) fit() {
	a := m.area()
	height := a.table.height - 1
	if a.rule {
		height--
	}
	m.rows.resize(a.table.width, height)
	m.events.resize(a.table.width, height)
	// The other table can wait until it is on the screen.
	if m.view == eventsView {
		m.events.settle()
	} else {
		m.rows.settle()
	}
	m.filter.SetWidth(max(m.width-m.tabsWidth()-6, 8))
	if d := m.details; d != nil {
		lines := len(m.detailsLines(a.details.width - 4))
		d.scroll = min(d.scroll, max(lines-(a.details.height-2), 0))
		d.scroll = max(d.scroll, 0)
	}
	if m.help != nil {
		m.help.scroll = max(min(m.help.scroll, len(m.helpLines())-m.helpRoom()), 0)
	}
}
