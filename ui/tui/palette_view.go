package tui

import (
	"strings"

	"lotop/model/query"
	"lotop/ui"
)

// foundLines draws the items in sight, with what was typed marked in them.
func (m *Model) foundLines(found []paletteItem) []string {
	room, h := m.helpRoom(), m.help
	if len(found) == 0 && room > 1 {
		return []string{"", m.theme.Line(styled(muted, "   no action, view, theme or filter term has these words").Cut(m.width))}
	}
	marks := query.WordMarks(strings.Fields(h.typed()))
	var lines []string
	var b strings.Builder
	for i := max(h.cursor-room+1, 0); i < len(found) && len(lines) < room; i++ {
		b.Reset()
		m.theme.Render(&b, found[i].line(m.width, i == h.cursor, &marks), i == h.cursor)
		lines = append(lines, b.String())
	}
	return lines
}

// line returns an item as one line: its name, what it does, and why it does not.
func (i *paletteItem) line(width int, selected bool, marks *query.Marks) line {
	sign, name, nameRole := "   ", 24, plain
	if selected {
		sign = " ▸ "
	}
	if width < 60 {
		name = 13
	}
	if i.why != "" {
		nameRole = muted
	}
	label := markLine(styled(nameRole, i.name).Fit(name), marks, false)
	means := markLine(styled(muted, i.means), marks, false)
	l := append(append(styled(accent, sign), label...).Add(plain, "  "), means...)
	if i.why != "" {
		l = l.Add(warning, "  "+i.why)
	}
	return l.Fit(width)
}

// paletteHint returns the keys of the palette, or why the selected item does not apply.
func (m *Model) paletteHint(found int) line {
	if len(m.status) > 0 {
		return append(text(" "), m.status...)
	}
	if found == 0 {
		return m.hints("esc", "clears")
	}
	keys := m.hints("↑↓", "select", "enter", "does it", "esc", "clears")
	if count := "  " + ui.Number(found) + " found"; keys.Width()+len(count) <= m.width {
		return keys.Add(muted, count)
	}
	return keys
}

// pageHint returns the keys of the page.
func (m *Model) pageHint(scrolls bool) line {
	search := []string{"type", "to search", "esc", "closes"}
	switch wide := m.hints(append([]string{"↑↓ pgup pgdn", "scroll"}, search...)...); {
	case !scrolls:
		return m.hints(search...)
	case wide.Width() <= m.width:
		return wide
	}
	return m.hints(append([]string{"↑↓", "scroll"}, search...)...)
}

// hints writes keys, each with what it does, as in the footer.
func (m *Model) hints(keys ...string) line {
	var l line
	for i := 0; i+1 < len(keys); i += 2 {
		l = l.Add(plain, " "+keys[i]).Add(muted, " "+keys[i+1]+" ")
	}
	return l
}
