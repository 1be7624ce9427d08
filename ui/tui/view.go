package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"lotop/ui"
)

// View implements [tea.Model].
func (m *Model) View() tea.View {
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
	a := m.area()
	lines := make([]string, 0, m.height)
	lines = append(lines, m.theme.line(m.header()), m.secondLine())
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
		want := len(m.details.lines(m.clock(), m.width-4)) + 2
		h := min(want, body*3/5)
		a.table.height -= h
		a.details = rect{0, linesAbove + a.table.height, m.width, h}
	default:
		a.place = over
		a.details = rect{0, linesAbove, m.width, body}
		a.table.height = 0
	}
	return a
}

// fitTables tells the tables how much room they have.
func (m *Model) fitTables() {
	a := m.area()
	height := a.table.height - 1
	if a.rule {
		height--
	}
	m.rows.resize(a.table.width, height)
	m.events.resize(a.table.width, height)
	m.filter.SetWidth(max(m.width-m.tabsWidth()-6, 8))
}

func (m *Model) body(a area) []string {
	switch a.place {
	case over:
		return m.detailsBox(a.details)
	case below:
		return append(m.table(a), m.detailsBox(a.details)...)
	case beside:
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
func (m *Model) table(a area) []string {
	lines := make([]string, 0, a.table.height)
	add := func(l line) { lines = append(lines, m.theme.line(l.fit(a.table.width))) }
	switch problem := m.filterProblem(); {
	case a.table.height == 0:
		return nil
	case problem != nil:
		add(problem)
	case m.view == eventsView:
		add(m.events.titles(-2, false))
	default:
		add(m.rows.titles(int(m.shape.Order.Column), m.shape.Order.Reverse))
	}
	if a.rule {
		add(styled(quiet, strings.Repeat("─", a.table.width)))
	}
	if m.view == eventsView {
		lines = drawRows(lines, &m.events, &m.theme)
	} else {
		lines = drawRows(lines, &m.rows, &m.theme)
	}
	for _, l := range m.emptiness() {
		if len(lines) < a.table.height {
			add(l)
		}
	}
	for len(lines) < a.table.height {
		add(nil)
	}
	return lines[:a.table.height]
}

func drawRows[T any](lines []string, t *table[T], th *theme) []string {
	var b strings.Builder
	for i := t.offset; i < min(t.offset+t.height, len(t.rows)); i++ {
		b.Reset()
		th.render(&b, t.row(i), i == t.cursor)
		lines = append(lines, b.String())
	}
	return lines
}

// emptiness says why there are no rows and what would show some.
func (m *Model) emptiness() []line {
	switch {
	case m.last.at.IsZero() && m.waiting:
		return []line{nil, text("   " + m.spinner.View() + " reading the socket tables …")}
	case m.last.at.IsZero():
		return []line{nil, styled(quiet, "   reading the socket tables …")}
	case m.view == eventsView && len(m.events.rows) == 0:
		return []line{nil, styled(quiet, "   nothing has changed yet"+m.filterHint()), styled(quiet, "   what opens, changes or closes from now on shows here")}
	case m.view != eventsView && len(m.rows.rows) == 0:
		return []line{nil, styled(quiet, "   "+ui.Nothing(m.modelView(), m.filter.Value(), m.shape.All, "esc clears the filter", "a shows other hosts too"))}
	}
	return nil
}

func (m *Model) filterHint() string {
	if m.filter.Value() == "" {
		return ""
	}
	return " that matches " + m.filter.Value() + "; esc clears the filter"
}

// header sums up what there is, and says whether it is live. What there is no
// room for is left out whole.
func (m *Model) header() line {
	scope := "loopback"
	if m.shape.All {
		scope = "all hosts"
	}
	right := styled(good, "● live "+m.interval.String())
	if m.paused {
		right = styled(notice, "‖ paused")
	}
	right = right.add(plain, " ")
	if m.width >= 72 {
		right = append(right[:1:1], line{{"   " + scope + " ", quiet}}...)
	}
	l := styled(strong, " lotop ")
	for _, part := range m.sums() {
		if l.width()+part.width()+right.width() >= m.width {
			break
		}
		l = append(l, part...)
	}
	return append(l.fit(max(m.width-right.width(), 0)), right...).cut(m.width)
}

// sums are the counts of the header.
func (m *Model) sums() []line {
	if m.last.at.IsZero() {
		return nil
	}
	c := m.last.counts
	exposed := quiet
	if c.Exposed > 0 {
		exposed = danger
	}
	return []line{
		text("  "+ui.Number(c.Listening)).add(quiet, " listening"),
		text("   "+ui.Number(c.Connections)).add(quiet, " "+ui.Plural(c.Connections, "connection")),
		styled(exposed, "   "+ui.Number(c.Exposed)+" exposed"),
	}
}

// secondLine holds the tabs and the filter; where there is no room for both,
// the one that is in use.
func (m *Model) secondLine() string {
	hasFilter := m.filtering || m.filter.Value() != ""
	tabs := m.tabs()
	switch {
	case !hasFilter:
		return m.theme.line(tabs.fit(m.width))
	case m.tabsWidth() == 0:
		return lipgloss.NewStyle().MaxWidth(m.width).Render(" " + m.filter.View())
	}
	return lipgloss.NewStyle().MaxWidth(m.width).Render(m.theme.line(tabs) + "   " + m.filter.View())
}

func (m *Model) tabs() line {
	l := text(" ")
	for v, name := range m.tabNames() {
		r := quiet
		if view(v) == m.view {
			r = accent
		}
		l = l.add(r, name).add(plain, "  ")
	}
	return l
}

// tabNames are the names of the views, shorter where there is little room.
func (m *Model) tabNames() [numViews]string {
	if m.width < 48 {
		return [numViews]string{"Sockets", "Listen", "Conns", "Events"}
	}
	return viewNames
}

// tabsWidth is how much the tabs take from the filter.
func (m *Model) tabsWidth() int {
	if m.width < 80 {
		return 0
	}
	return m.tabs().width()
}

func (m *Model) hasWarning() bool {
	return m.height >= 6 && (m.readErr != nil || len(m.last.warnings) > 0)
}

// warning says what part of the truth is missing.
func (m *Model) warning() line {
	if m.readErr != nil {
		return styled(danger, " ✗ the tables could not be read: "+m.readErr.Error()).cut(m.width)
	}
	var all []string
	for _, w := range m.last.warnings {
		all = append(all, w.Text)
	}
	return styled(notice, " "+gist(strings.Join(all, "  ·  "), m.width-1))
}

// footer shows the keys, or what the last key did.
func (m *Model) footer() string {
	if len(m.status) > 0 {
		return m.theme.line(append(text(" "), m.status...).cut(m.width))
	}
	hints := m.shortKeys()
	for len(hints) > 2 && m.hintLine(hints).width() > m.width {
		// How to get help and how to leave stay to the last.
		hints = slices.Delete(hints, len(hints)-3, len(hints)-2)
	}
	return m.theme.line(m.hintLine(hints).cut(m.width))
}

func (m *Model) hintLine(hints []key.Binding) line {
	var l line
	for _, b := range hints {
		h := b.Help()
		l = l.add(plain, " "+h.Key).add(quiet, " "+h.Desc+" ")
	}
	return l
}

// shortKeys lists the keys worth a hint where the keyboard is now.
func (m *Model) shortKeys() []key.Binding {
	if m.filtering {
		return []key.Binding{bind("enter", "keep", ""), bind("esc", "clear", ""), bind("↑↓", "move", "")}
	}
	k := m.keys
	k.Back.SetHelp("esc", "back")
	if m.details != nil {
		return []key.Binding{k.Back, k.Down, k.Free, k.Copy, k.Browse, k.Help, k.Quit}
	}
	return k.short()
}
