package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"lotop/ui"
)

// View implements [tea.Model].
func (m *Model) View() tea.View { return m.draw() }

// fullScreen draws everything, and returns it with the modes of the terminal.
func (m *Model) fullScreen() tea.View {
	v := tea.NewView(m.screen())
	v.AltScreen = true
	v.WindowTitle = "lotop"
	if !m.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// screen draws everything, exactly as many lines as the terminal has.
func (m *Model) screen() string {
	if m.width <= 0 || m.height <= 0 {
		return "" // the size is not known yet
	}
	if m.help != nil {
		return m.helpScreen()
	}
	a := m.layout()
	lines := make([]string, 0, m.height)
	lines = append(lines, m.theme.line(m.header()), m.tabLine())
	lines = append(lines, m.body(a)...)
	if a.warning {
		lines = append(lines, m.theme.line(m.warning()))
	}
	lines = append(lines, m.footer())
	if len(lines) > m.height {
		lines = lines[:m.height]
	}
	page := strings.Join(lines, "\n")
	if m.dialog != nil {
		page = m.overlay(page)
	}
	return page
}

func (m *Model) body(a layout) []string {
	switch a.dock {
	case dockFull:
		return m.detailsBox(a.details)
	case dockBelow:
		return append(m.table(a), m.detailsBox(a.details)...)
	case dockRight:
		left, right := m.table(a), m.detailsBox(a.details)
		for i := range left {
			left[i] += right[i]
		}
		return left
	}
	return m.table(a)
}

// table draws the titles, the rule and the rows in sight, every line as wide as
// the area.
func (m *Model) table(a layout) []string {
	lines := make([]string, 0, a.table.height)
	add := func(l line) { lines = append(lines, m.theme.line(l.Fit(a.table.width))) }
	switch {
	case a.table.height == 0:
		return nil
	case m.view == eventsView:
		add(m.events.titleLine(-2, false))
	default:
		add(m.rows.titleLine(int(m.shape.Order.Column), m.shape.Order.Reverse))
	}
	if a.rule {
		add(styled(muted, strings.Repeat("─", a.table.width)))
	}
	if m.view == eventsView {
		lines = drawRows(lines, &m.events, &m.theme)
	} else {
		lines = drawRows(lines, &m.rows, &m.theme)
	}
	for _, l := range m.emptyLines(a.table.width) {
		if len(lines) < a.table.height {
			add(l)
		}
	}
	for len(lines) < a.table.height {
		add(nil)
	}
	for i, l := range m.filterProblem(a.table.width) {
		if i < len(lines) {
			lines[i] = m.theme.line(l.Fit(a.table.width))
		}
	}
	return lines[:a.table.height]
}

func drawRows[T any](lines []string, t *table[T], th *theme) []string {
	var b strings.Builder
	for i := t.offset; i < min(t.offset+t.height, len(t.rows)); i++ {
		b.Reset()
		th.render(&b, t.rowLine(i), i == t.cursor)
		lines = append(lines, b.String())
	}
	return lines
}

// emptyLines says why there are no rows and what would show some.
func (m *Model) emptyLines(width int) []line {
	const margin = "   "
	why := m.emptyMessage()
	if why == "" {
		return nil
	}
	lines := []line{nil}
	if m.showSpinner && m.latest.at.IsZero() && m.readErr == nil {
		why = m.spinner.View() + " " + why
	}
	for _, part := range wrapWords(why, width-2*len(margin)) {
		lines = append(lines, styled(muted, margin+part))
	}
	if m.details == nil {
		for _, l := range m.diagnosis.lines(m.now(), width-2*len(margin)) {
			if len(lines) == 2 {
				lines = append(lines, nil)
			}
			lines = append(lines, append(text(margin), l...))
		}
	}
	return lines
}

func (m *Model) emptyMessage() string {
	switch {
	case m.latest.at.IsZero() && m.readErr != nil && m.paused:
		return m.readErrorText() + withHint(keyHint(m.keys.Pause, "retries"))
	case m.latest.at.IsZero() && m.readErr != nil:
		return m.readErrorText() + "; retrying every " + ui.Interval(m.interval)
	case m.latest.at.IsZero():
		return "reading the socket tables …"
	case m.filterErr != nil:
		return "" // what is said of the filter is enough
	case m.view != eventsView && len(m.rows.rows) == 0:
		return ui.EmptyMessage(m.modelView(), ui.Cut(m.filter.Value(), 40), m.shape.AllHosts, keyHint(m.keys.Back, "clears the filter"), keyHint(m.keys.All, "shows all hosts"))
	case m.view != eventsView || len(m.events.rows) > 0 || !m.latest.hasEvents:
		return ""
	case m.filter.Value() != "":
		return "no event matches " + ui.Cut(m.filter.Value(), 40) + " so far" + withHint(keyHint(m.keys.Back, "clears the filter"))
	}
	return "no events yet; sockets that open, change or close appear here"
}
