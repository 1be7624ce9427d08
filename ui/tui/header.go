package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/untrusted"
	"lotop/ui"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

// header returns the counts and whether the view is live. Parts for which there is
// no room are dropped as a whole.
func (m *Model) header() line {
	right := m.headerStatus()
	l := styled(emphasis, programTitle)
	for _, f := range m.headerFigures(right) {
		l = append(l, f.text...)
	}
	return append(l.Fit(max(m.width-right.Width(), 0)), right...).Cut(m.width)
}

// headerStatus returns whether the view is live, and its scope.
func (m *Model) headerStatus() line {
	scope := "loopback"
	if m.shape.AllHosts {
		scope = "all hosts"
	}
	right := styled(success, "● live "+ui.Interval(m.interval))
	switch {
	case m.player != nil:
		right = m.playerStatus()
	case m.readErr != nil:
		right = styled(danger, "✗ read error")
	case m.paused:
		right = styled(warning, "‖ paused")
	}
	if m.width >= 72 && m.player == nil || m.width >= 100 {
		right = right.Add(muted, "   "+scope+" ")
	} else {
		right = right.Add(plain, " ")
	}
	return right
}

// figure is a number of the header and what a click on it does.
type figure struct {
	text line
	run  func() tea.Cmd
}

const programTitle = " lotop "

// headerFigures returns the figures for which there is room beside the right part.
func (m *Model) headerFigures(right line) []figure {
	sums := m.counters()
	used := style.Width(programTitle) + right.Width()
	total := used
	for _, f := range sums {
		total += f.text.Width()
	}
	if len(sums) > 0 && total >= m.width {
		sums = slices.Delete(sums, 1, 2) // exposed is more important than connections
	}
	var kept []figure
	for _, f := range sums {
		if used+f.text.Width() < m.width {
			kept = append(kept, f)
			used += f.text.Width()
		}
	}
	return kept
}

// counters returns the counts of the header.
func (m *Model) counters() []figure {
	if m.latest.at.IsZero() {
		return nil
	}
	c := m.latest.counts
	exposed := muted
	if c.Exposed > 0 {
		exposed = danger
	}
	turn := func(v view) func() tea.Cmd { return func() tea.Cmd { return m.setView(v) } }
	return []figure{
		{text("  "+ui.Number(c.Listening)).Add(muted, " listening"), turn(portsView)},
		{text("   "+ui.Number(c.Connections)).Add(muted, " "+sockets.Plural(c.Connections, "connection")), turn(connectionsView)},
		{styled(exposed, "   "+ui.Number(c.Exposed)+" exposed"), func() tea.Cmd { return tea.Batch(m.setView(portsView), m.toggleExposed()) }},
	}
}

// tabLine returns the tabs and the filter; if there is no room for both, the one in
// use.
func (m *Model) tabLine() string {
	hasFilter := m.filtering || m.filter.Value() != ""
	tabs := m.tabs()
	switch {
	case !hasFilter:
		return m.theme.Line(m.withCounts(tabs))
	case m.tabsWidth() == 0:
		return lipgloss.NewStyle().MaxWidth(m.width).Render(" " + m.filter.View())
	}
	box := m.theme.Line(tabs) + "   " + m.filter.View()
	counts := m.rowCounts()
	if m.filtering || lipgloss.Width(box)+counts.Width() > m.width {
		return lipgloss.NewStyle().MaxWidth(m.width).Render(box)
	}
	return box + strings.Repeat(" ", m.width-lipgloss.Width(box)-counts.Width()) + m.theme.Line(counts)
}

// withCounts adds the number of rows and their order at the right, as far as there is
// room.
func (m *Model) withCounts(tabs line) line {
	counts, order := m.rowCounts(), m.orderText()
	for _, right := range []line{append(slices.Clone(counts), order...), counts} {
		if room := m.width - tabs.Width(); right.Width() <= room {
			return append(tabs.Fit(m.width-right.Width()), right...)
		}
	}
	return tabs.Fit(m.width)
}

// rowCounts returns which rows are in sight, of how many.
func (m *Model) rowCounts() line {
	n := m.window().Len()
	first, end := m.window().InSight()
	if n == 0 || end <= first {
		return nil
	}
	counts := styled(muted, " "+ui.Number(first+1)+"-"+ui.Number(end)+" of "+ui.Number(n)+" ")
	if marked := len(m.marks.all); marked > 0 {
		return append(styled(accent, " "+ui.Number(marked)+" marked").Add(plain, " "), counts...)
	}
	return counts
}

// orderText returns by what the rows are sorted.
func (m *Model) orderText() line {
	if m.view == eventsView {
		return styled(muted, "  newest first ")
	}
	arrow := "↑"
	if m.shape.Order.Reverse {
		arrow = "↓"
	}
	return styled(muted, "  sorted by "+m.orderName(m.sorted())+" "+arrow+" ")
}

// orderName returns what the rows of the view are sorted by, by the column's number.
func (m *Model) orderName(column int) string {
	by := model.Column(column)
	if m.view == portsView {
		switch by {
		case model.ByLocal:
			return "port"
		case model.ByProcess:
			return "program"
		case model.ByRemote:
			return "clients"
		}
	}
	return by.String()
}

func (m *Model) tabs() line {
	l := text(" ")
	for v, name := range m.tabNames() {
		r := muted
		if view(v) == m.view {
			r = accent
		}
		l = l.Add(r, m.tabName(v, name)).Add(plain, "  ")
	}
	return l
}

// tabName is a name with the key that shows the view; a recording has the digits for
// itself.
func (m *Model) tabName(v int, name string) string {
	if !m.keys.View.Enabled() || m.width < 48 || v >= len(m.keys.View.Keys()) {
		return name
	}
	return keymap.KeyLabel(m.keys.View.Keys()[v]) + " " + name
}

// tabNames returns the names of the views, shorter if there is little room.
func (m *Model) tabNames() [numViews]string {
	if m.width < 48 {
		return [numViews]string{"Ports", "Conns", "Sockets", "Events"}
	}
	return viewNames
}

// tabsWidth returns the width of the tabs, which is not available to the filter.
func (m *Model) tabsWidth() int {
	if m.width < 80 {
		return 0
	}
	return m.tabs().Width()
}

func (m *Model) hasWarning() bool {
	return m.height >= 6 && (m.readErr != nil || len(m.latest.warnings)+m.latest.lost > 0)
}

// warning returns which data is missing.
func (m *Model) warning() line {
	if m.readErr != nil {
		return styled(danger, " "+style.Shorten("✗ cannot read the socket tables: "+m.readErrorText(), m.width-1))
	}
	var all []string
	for _, w := range m.latest.warnings {
		all = append(all, w.Text)
	}
	if m.latest.lost > 0 {
		all = append(all, ui.LostMessage(m.latest.lost))
	}
	return styled(warning, " "+style.Shorten(strings.Join(all, "  ·  "), m.width-1))
}

// readErrorText returns why the last read failed, safe to print.
func (m *Model) readErrorText() string { return untrusted.New(m.readErr.Error()).String() }

// footer returns the hints of keys, or the result of the last key.
func (m *Model) footer() string {
	if len(m.status) > 0 {
		return m.theme.Line(append(text(" "), m.status...).Cut(m.width))
	}
	if m.dialog != nil {
		return m.theme.Line(m.hintLine(m.dialogKeys()).Fit(m.width))
	}
	return m.theme.Line(m.hintLine(m.shownHints()).Cut(m.width))
}

// shownHints returns the hints for which there is room.
func (m *Model) shownHints() []key.Binding {
	hints := m.footerKeys()
	for len(hints) > 2 && m.hintLine(hints).Width() > m.width {
		// Help and quit are dropped last.
		hints = slices.Delete(hints, len(hints)-3, len(hints)-2)
	}
	return hints
}

func (m *Model) hintLine(hints []key.Binding) line {
	var l line
	for _, b := range hints {
		h := b.Help()
		l = l.Add(plain, " "+h.Key).Add(muted, " "+h.Desc+" ")
	}
	return l
}

// footerKeys returns the keys to hint at in the current state.
func (m *Model) footerKeys() []key.Binding {
	if m.filtering {
		return m.filterKeys()
	}
	k := m.keys
	k.NextView.SetHelp(k.NextView.Help().Key, "view")
	k.Exposed.SetHelp(k.Exposed.Help().Key, "exposed")
	k.Free.SetHelp(k.Free.Help().Key, "free")
	if n := m.marks.acting; n > 0 && m.view != eventsView {
		k.Free.SetHelp(k.Free.Help().Key, "free "+ui.Number(n)+" marked")
	}
	all := k.Short()
	if k.View.Enabled() {
		all = slices.DeleteFunc(all, func(b key.Binding) bool { return b.Help() == k.NextView.Help() })
	}
	if m.player != nil {
		all = m.replayKeys()
	}
	switch {
	case m.details != nil && !m.details.auto:
		all = []key.Binding{k.Back, k.MoveHint(), k.Free, k.Copy, k.Browse, k.Help, k.Quit}
	case m.view == eventsView:
		all = []key.Binding{k.MoveHint(), k.Filter, k.Details, k.NextView, k.Pause, k.Help, k.Quit}
	}
	return slices.DeleteFunc(all, func(b key.Binding) bool { return !b.Enabled() })
}
