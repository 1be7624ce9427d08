package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/lipgloss/v2"

	"lotop/sockets/process"
	"lotop/ui"
)

// header sums up what there is, and says whether it is live. What there is no
// room for is left out whole.
func (m *Model) header() line {
	scope := "loopback"
	if m.shape.AllHosts {
		scope = "all hosts"
	}
	right := styled(good, "● live "+ui.Interval(m.interval))
	switch {
	case m.player != nil:
		right = m.playing()
	case m.readErr != nil:
		right = styled(danger, "✗ read error")
	case m.paused:
		right = styled(notice, "‖ paused")
	}
	if m.width >= 72 && m.player == nil || m.width >= 100 {
		right = right.Add(quiet, "   "+scope+" ")
	} else {
		right = right.Add(plain, " ")
	}
	l := styled(strong, " lotop ")
	sums := m.sums()
	if len(sums) > 0 && l.Width()+right.Width()+slices.Concat(sums...).Width() >= m.width {
		sums = slices.Delete(sums, 1, 2) // what is exposed matters more than how much is connected
	}
	for _, part := range sums {
		if l.Width()+part.Width()+right.Width() < m.width {
			l = append(l, part...)
		}
	}
	return append(l.Fit(max(m.width-right.Width(), 0)), right...).Cut(m.width)
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
		text("  "+ui.Number(c.Listening)).Add(quiet, " listening"),
		text("   "+ui.Number(c.Connections)).Add(quiet, " "+ui.Plural(c.Connections, "connection")),
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
		return m.theme.line(tabs.Fit(m.width))
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
		l = l.Add(r, name).Add(plain, "  ")
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
	return m.tabs().Width()
}

func (m *Model) hasWarning() bool {
	return m.height >= 6 && (m.readErr != nil || len(m.last.warnings)+m.last.lost > 0)
}

// warning says what part of the truth is missing.
func (m *Model) warning() line {
	if m.readErr != nil {
		return styled(danger, " "+gist("✗ cannot read the socket tables: "+m.problem(), m.width-1))
	}
	var all []string
	for _, w := range m.last.warnings {
		all = append(all, w.Text)
	}
	if m.last.lost > 0 {
		all = append(all, ui.Lost(m.last.lost))
	}
	return styled(notice, " "+gist(strings.Join(all, "  ·  "), m.width-1))
}

// problem is why the last look failed, in words that are safe to show.
func (m *Model) problem() string { return process.NewUntrusted(m.readErr.Error()).String() }

// footer shows the keys, or what the last key did.
func (m *Model) footer() string {
	if len(m.status) > 0 {
		return m.theme.line(append(text(" "), m.status...).Cut(m.width))
	}
	hints := m.shortKeys()
	for len(hints) > 2 && m.hintLine(hints).Width() > m.width {
		// How to get help and how to leave stay to the last.
		hints = slices.Delete(hints, len(hints)-3, len(hints)-2)
	}
	return m.theme.line(m.hintLine(hints).Cut(m.width))
}

func (m *Model) hintLine(hints []key.Binding) line {
	var l line
	for _, b := range hints {
		h := b.Help()
		l = l.Add(plain, " "+h.Key).Add(quiet, " "+h.Desc+" ")
	}
	return l
}

// shortKeys lists the keys worth a hint where the keyboard is now.
func (m *Model) shortKeys() []key.Binding {
	if m.filtering {
		return []key.Binding{bind("enter", "keep", "enter"), bind("esc", "clear", "esc"), bind("↑↓", "move", "up", "down")}
	}
	k := m.keys
	k.NextView.SetHelp(k.NextView.Help().Key, "view")
	all := k.short()
	if m.player != nil {
		all = m.replayKeys()
	}
	switch {
	case m.details != nil:
		all = []key.Binding{k.Back, k.moves(), k.Free, k.Copy, k.Browse, k.Help, k.Quit}
	case m.view == eventsView:
		all = []key.Binding{k.moves(), k.Filter, k.Details, k.NextView, k.Pause, k.Help, k.Quit}
	}
	return slices.DeleteFunc(all, func(b key.Binding) bool { return !b.Enabled() })
}
