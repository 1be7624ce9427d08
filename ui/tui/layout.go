package tui

// layout is how the screen is divided. Of what a refresh changes it depends only on
// whether there is a warning line.
type layout struct {
	table   rect // titles, rule and rows
	details rect // empty if they are closed
	rule    bool
	warning bool
	dock    dock
}

type rect struct{ x, y, width, height int }

// dock is the position of the details pane.
type dock uint8

const (
	dockNone dock = iota
	dockRight
	dockBelow
	dockFull
)

const (
	besideWidth   = 120 // from which details are beside the table
	headerHeight  = 2   // header, tabs and filter
	ruleMinHeight = 14  // height from which there is a rule below the titles
)

func (m *Model) layout() layout {
	a := layout{rule: m.height >= ruleMinHeight, warning: m.hasWarning()}
	body := m.height - headerHeight - 1
	if a.warning {
		body--
	}
	body = max(body, 0)
	a.table = rect{0, headerHeight, m.width, body}
	if m.details == nil {
		return a
	}
	switch {
	case m.width >= besideWidth:
		a.dock = dockRight
		least := 60
		if m.view != portsView {
			least = 52 // addresses take more room than ports
		}
		w := min(max(m.width*2/5, least), 84)
		a.table.width -= w
		a.details = rect{a.table.width, headerHeight, w, body}
	case m.width >= 80 && body >= 16:
		a.dock = dockBelow
		h := min(body*3/5, 20) // independent of the content, so that nothing moves
		a.table.height -= h
		a.details = rect{0, headerHeight + a.table.height, m.width, h}
	default:
		a.dock = dockFull
		a.details = rect{0, headerHeight, m.width, body}
		a.table.height = 0
	}
	return a
}

// applyLayout sets the sizes of the panes.
func (m *Model) applyLayout() {
	a := m.layout()
	height := a.table.height - 1
	if a.rule {
		height--
	}
	for _, w := range m.windows() {
		w.Resize(a.table.width, height)
	}
	m.window().Settle() // the others when they are shown
	counts := 0
	if !m.filtering {
		counts = m.rowCounts().Width() // stand at the right of the filter
	}
	m.filter.SetWidth(max(m.width-m.tabsWidth()-6-counts, 8))
	m.suggest()
	if d := m.details; d != nil {
		lines := len(m.detailsLines(a.details.width - 4))
		d.scroll = min(d.scroll, max(lines-(a.details.height-2), 0))
		d.scroll = max(d.scroll, 0)
	}
	if m.help != nil {
		m.settleHelp()
	}
}
