package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"lotop/model/query"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

// helpPage lists every key and every term of the filter, from the tables that define
// them.
type helpPage struct{ scroll int }

func (m *Model) openHelp() tea.Cmd {
	m.help = &helpPage{}
	return nil
}

func (m *Model) handleHelpKey(k tea.KeyPressMsg) tea.Cmd {
	page := max(m.helpRoom()-1, 1)
	switch {
	case key.Matches(k, m.keys.Up):
		m.help.scroll--
	case key.Matches(k, m.keys.Down):
		m.help.scroll++
	case key.Matches(k, m.keys.PageUp):
		m.help.scroll -= page
	case key.Matches(k, m.keys.PageDown), k.String() == "space":
		m.help.scroll += page
	default:
		m.help = nil
		return nil
	}
	return nil
}

// helpLines returns the lines of the page.
func (m *Model) helpLines() []line {
	var out []line
	for _, g := range m.keys.Groups() {
		out = append(out, styled(accent, " "+g.Title))
		out = append(out, keyLines(g.Keys, m.width)...)
		out = append(out, nil)
	}
	out = append(out, styled(accent, " filter").Add(muted, "  all terms must match"))
	const termWidth = 34
	for _, t := range query.Help() {
		if m.width < 2*termWidth || style.Width(t.Term)+5 > termWidth {
			out = append(out, text("   "+t.Term))
			for _, part := range style.WrapWords(t.Meaning, m.width-6) {
				out = append(out, styled(muted, "     "+part))
			}
			continue
		}
		for i, part := range style.WrapWords(t.Meaning, m.width-termWidth-4) {
			term := ""
			if i == 0 {
				term = t.Term
			}
			out = append(out, text("   "+term).Fit(termWidth).Add(muted, part))
		}
	}
	return out
}

// keyNames returns the keys of a binding, as a range if they are consecutive.
func keyNames(b key.Binding) string {
	names := slices.Clone(b.Keys())
	if all := keymap.KeysLabel(names); all != keymap.KeyLabel(names[0]) {
		return all
	}
	for i, k := range names {
		names[i] = keymap.KeyLabel(k)
	}
	return strings.Join(names, " ")
}

// keyLines returns keys in as many columns as fit.
func keyLines(keys []key.Binding, width int) []line {
	const cell = 38
	columns := max((width-2)/cell, 1)
	var out []line
	for i, b := range keys {
		l := text("   ").Add(plain, keyNames(b)).Fit(16).Add(muted, b.Help().Desc)
		if i%columns == 0 {
			out = append(out, l)
			continue
		}
		last := len(out) - 1
		out[last] = append(out[last].Fit((i%columns)*cell), l...)
	}
	return out
}

// helpRoom returns how many lines of the page fit on the screen.
func (m *Model) helpRoom() int { return max(m.height-2, 0) }

// helpScreen returns the page as the whole screen.
func (m *Model) helpScreen() string {
	lines := make([]string, 0, m.height)
	lines = append(lines, m.theme.Line(styled(emphasis, " lotop").Add(muted, "  keys and filters   "+m.version).Fit(m.width)))
	all := m.helpLines()
	room, from := m.helpRoom(), m.help.scroll
	for i := from; i < min(from+room, len(all)); i++ {
		lines = append(lines, m.theme.Line(all[i].Cut(m.width)))
	}
	for len(lines) < m.height-1 {
		lines = append(lines, "")
	}
	hint := " other keys close"
	if len(all) > room {
		hint = " " + strings.Join([]string{m.keys.MoveHint().Help().Key, m.keys.PageUp.Help().Key, m.keys.PageDown.Help().Key}, " ") + " scroll  " + hint[1:]
	}
	lines = append(lines, m.theme.Line(styled(muted, hint).Cut(m.width)))
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}
