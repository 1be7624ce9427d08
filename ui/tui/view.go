package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"lotop/ui"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

// View implements [tea.Model].
func (m *Model) View() tea.View { return m.draw() }

// fullScreen returns the frame and the modes of the terminal.
func (m *Model) fullScreen() tea.View {
	v := tea.NewView(m.screen())
	v.AltScreen = true
	v.WindowTitle = "lotop"
	if !m.noMouse {
		v.MouseMode = tea.MouseModeCellMotion
	}
	return v
}

// screen returns the frame, with exactly as many lines as the terminal.
func (m *Model) screen() string {
	if m.ascii {
		return style.ASCIIPage(m.page())
	}
	return m.page()
}

func (m *Model) page() string {
	if m.width <= 0 || m.height <= 0 {
		return "" // the size is not known yet
	}
	if m.help != nil {
		return m.helpScreen()
	}
	a := m.layout()
	lines := make([]string, 0, m.height)
	lines = append(lines, m.theme.Line(m.header()), m.tabLine())
	lines = append(lines, m.body(a)...)
	if a.warning {
		lines = append(lines, m.theme.Line(m.warning()))
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

// table returns the titles, the rule and the visible rows, every line as wide as the
// area.
func (m *Model) table(a layout) []string {
	lines := make([]string, 0, a.table.height)
	add := func(l line) { lines = append(lines, m.theme.Line(l.Fit(a.table.width))) }
	if a.table.height == 0 {
		return nil
	}
	add(m.window().TitleLine(m.sorted(), m.shape.Order.Reverse))
	if a.rule {
		add(styled(muted, strings.Repeat("─", a.table.width)))
	}
	lines = drawRows(lines, m.window(), &m.theme)
	for _, l := range m.emptyLines(a.table.width) {
		if len(lines) < a.table.height {
			add(l)
		}
	}
	if waits := m.timeWaitLine(a.table.width); waits != nil && len(lines) < a.table.height {
		if len(lines)+1 < a.table.height {
			add(nil)
		}
		add(waits)
	}
	for len(lines) < a.table.height {
		add(nil)
	}
	for i, l := range m.filterProblem(a.table.width) {
		if i < len(lines) {
			lines[i] = m.theme.Line(l.Fit(a.table.width))
		}
	}
	return lines[:a.table.height]
}

// emptyLines returns why there are no rows, and what would show some.
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
	for _, part := range style.WrapWords(why, width-2*len(margin)) {
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
		return m.readErrorText() + keymap.WithHint(keymap.Hint(m.keys.Pause, "retries"))
	case m.latest.at.IsZero() && m.readErr != nil:
		return m.readErrorText() + "; retrying every " + ui.Interval(m.interval)
	case m.latest.at.IsZero():
		return "reading the socket tables …"
	case m.filterErr != nil:
		return "" // the error of the filter is shown
	case m.view != eventsView && m.stale():
		return "" // the rows of this view are on their way
	case m.view != eventsView && m.window().Len() == 0:
		return ui.EmptyMessage(m.noun(), style.Cut(m.filter.Value(), 40), m.shape.AllHosts, keymap.Hint(m.keys.Back, "clears the filter"), keymap.Hint(m.keys.All, "shows all hosts"))
	case m.view != eventsView || len(m.events.Rows) > 0 || !m.latest.hasEvents:
		return ""
	case m.filter.Value() != "":
		return "no event matches " + style.Cut(m.filter.Value(), 40) + " so far" + keymap.WithHint(keymap.Hint(m.keys.Back, "clears the filter"))
	}
	return "no events yet; sockets that open, change or close appear here"
}
