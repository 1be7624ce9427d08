package tui

import (
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"lotop/model/query"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

// helpPage lists every key, every sign and every term of the filter, from the tables
// that define them. When something is typed it is a palette: a list of what is found,
// to be done.
type helpPage struct {
	scroll int // lines of the page above the screen
	box    textinput.Model
	cursor int // the selected item of what is found
}

// typed returns what is searched for, empty for the page.
func (h *helpPage) typed() string { return h.box.Value() }

func (m *Model) openHelp() tea.Cmd {
	m.help = &helpPage{box: textinput.New()}
	m.help.box.Prompt = "? "
	m.help.box.SetStyles(m.filter.Styles())
	return m.help.box.Focus()
}

// handleHelpKey edits what is typed. Keys that stand for a letter type it, so that only
// others scroll, select and close.
func (m *Model) handleHelpKey(k tea.KeyPressMsg) tea.Cmd {
	h, k0 := m.help, &m.keys
	letter, searching := k.Text != "", h.typed() != ""
	switch {
	case k.String() == "esc", !letter && key.Matches(k, k0.Back) && !searching:
		if !searching {
			m.help = nil
			return nil
		}
		h.box.SetValue("")
		h.cursor = 0
	case key.Matches(k, k0.Help) && !(letter && searching):
		m.help = nil
	case k.String() == "enter":
		if searching {
			return m.chosen()
		}
	case k.String() == "up", !letter && key.Matches(k, k0.Up):
		m.moveHelp(-1)
	case k.String() == "down", !letter && key.Matches(k, k0.Down):
		m.moveHelp(1)
	case k.String() == "pgup", !letter && key.Matches(k, k0.PageUp):
		m.moveHelp(-max(m.helpRoom()-1, 1))
	case k.String() == "pgdown", !letter && key.Matches(k, k0.PageDown), k.String() == "space" && !searching:
		m.moveHelp(max(m.helpRoom()-1, 1))
	default:
		return h.edit(safeEdit(&h.box, k))
	}
	return nil
}

// moveHelp scrolls the page, or selects another item of what is found.
func (m *Model) moveHelp(by int) {
	if m.help.typed() == "" {
		m.help.scroll += by
		return
	}
	m.help.cursor += by
}

// edit changes what is searched for.
func (h *helpPage) edit(msg tea.Msg) tea.Cmd {
	before := h.typed()
	var cmd tea.Cmd
	h.box, cmd = h.box.Update(msg)
	if h.typed() != before {
		h.box.SetValue(printable(h.typed()))
		h.cursor = 0
	}
	return cmd
}

// settleHelp keeps the page and the selection within what there is.
func (m *Model) settleHelp() {
	h := m.help
	h.box.SetWidth(max(m.width-4, 1))
	if h.typed() == "" {
		h.scroll = max(min(h.scroll, len(m.helpLines())-m.helpRoom()), 0)
		return
	}
	h.cursor = max(min(h.cursor, len(m.found(h.typed()))-1), 0)
}

// helpLines returns the lines of the page.
func (m *Model) helpLines() []line {
	var out []line
	for _, g := range m.keys.Groups() {
		out = append(out, styled(accent, " "+g.Title))
		var all []line
		for _, b := range g.Keys {
			all = append(all, text("   ").Add(plain, keyNames(b)).Fit(16).Add(muted, b.Help().Desc))
		}
		out = append(append(out, inColumns(all, m.width)...), nil)
	}
	out = append(append(append(out, styled(accent, " signs")), inColumns(signLines(), m.width)...), nil)
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

// signLines explains the signs of rows, each in the role that it has there.
func signLines() []line {
	var all []line
	for _, s := range []struct {
		sign    string
		role    role
		meaning string
	}{
		{"▸", accent, "selected row"},
		{"⚠", danger, "exposed to other machines"},
		{"◇", accent, "debugger"},
		{"↻", muted, "restarted by what it names"},
		{"×N", muted, "N processes have the socket"},
		{"◆", accent, "pinned row"},
		{"+", success, "new"},
		{"~", warning, "changed"},
		{"-", danger, "closed"},
		{"·", muted, "no traffic"},
	} {
		all = append(all, text("   ").Add(s.role, s.sign).Fit(8).Add(muted, s.meaning))
	}
	return all
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

// inColumns returns short lines in as many columns as fit.
func inColumns(all []line, width int) []line {
	const cell = 38
	columns := max((width-2)/cell, 1)
	var out []line
	for i, l := range all {
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
	var hint line
	if typed := m.help.typed(); typed != "" {
		box := m.help.box
		box.SetStyles(m.filter.Styles()) // of the theme that the terminal may have reported since
		lines = append(lines, lipgloss.NewStyle().MaxWidth(m.width).Render(" "+box.View()))
		found := m.found(typed)
		lines = append(lines, m.foundLines(found)...)
		hint = m.paletteHint(len(found))
	} else {
		lines = append(lines, m.theme.Line(styled(emphasis, " lotop").Add(muted, "  keys and filters   "+m.version).Fit(m.width)))
		all := m.helpLines()
		for i := m.help.scroll; i < min(m.help.scroll+m.helpRoom(), len(all)); i++ {
			lines = append(lines, m.theme.Line(all[i].Cut(m.width)))
		}
		hint = m.pageHint(len(all) > m.helpRoom())
	}
	for len(lines) < m.height-1 {
		lines = append(lines, "")
	}
	lines = append(lines, m.theme.Line(hint.Cut(m.width)))
	return strings.Join(lines[:min(len(lines), m.height)], "\n")
}
