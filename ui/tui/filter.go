package tui

import (
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"lotop/model/query"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

func (m *Model) startFilter() tea.Cmd {
	m.filtering, m.history.browsed = true, false
	m.filter.CursorEnd()
	return m.filter.Focus()
}

// handleFilterKey edits the filter. Keys that move the selection work meanwhile, so
// that a row can be selected without leaving the filter.
func (m *Model) handleFilterKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		if m.filterErr != nil && !m.problemShown {
			m.problemShown = true // before the filter in effect replaces the text
			return nil
		}
		m.stopFilter()
		m.history.add(m.filter.Value())
		return nil
	case "esc":
		m.stopFilter()
		return m.clearFilter()
	case "up":
		if cmd, ok := m.recall(-1); ok {
			return cmd
		}
		return m.moveSelection(-1)
	case "down":
		if cmd, ok := m.recall(1); ok {
			return cmd
		}
		return m.moveSelection(1)
	}
	if m.completes(k) {
		k = tea.KeyPressMsg{Code: tea.KeyTab}
	}
	return m.editFilter(safeEdit(&m.filter, k))
}

// safeEdit returns the key that does for a text box what k does, but not make it panic:
// deleting a word that is the last letter, it reads behind the end of its text.
func safeEdit(box *textinput.Model, k tea.KeyPressMsg) tea.KeyPressMsg {
	if last := utf8.RuneCountInString(box.Value()) - 1; box.Position() == last && key.Matches(k, box.KeyMap.DeleteWordForward) {
		return tea.KeyPressMsg{Code: tea.KeyDelete}
	}
	return k
}

// paste types pasted text where text is typed now.
func (m *Model) paste(msg tea.PasteMsg) tea.Cmd {
	if m.help != nil && m.dialog == nil {
		return m.help.edit(msg)
	}
	return m.editFilter(msg)
}

func (m *Model) editFilter(msg tea.Msg) tea.Cmd {
	if !m.filtering {
		return nil
	}
	before := m.filter.Value()
	var cmd tea.Cmd
	m.filter, cmd = m.filter.Update(msg)
	if m.filter.Value() == before {
		return cmd
	}
	if clean := printable(m.filter.Value()); clean != m.filter.Value() {
		m.filter.SetValue(clean)
	}
	return tea.Batch(cmd, m.applyFilter())
}

// applyFilter parses the filter. If it is invalid, the last valid one stays in
// effect, and the error is shown when typing pauses: half a term is not wrong yet.
func (m *Model) applyFilter() tea.Cmd {
	m.typedAt, m.history.browsed = m.now(), false
	q, err := query.Parse(m.filter.Value())
	m.filterErr, m.problemShown = err, false
	if err != nil {
		pause := m.after(typingPause, func(time.Time) tea.Msg { return typingPausedMsg{} })
		return tea.Batch(pause, m.requestOffers())
	}
	m.query, m.matched = q, q.Marks()
	m.window().ResetWidths()
	return m.relist()
}

// typingPaused shows the error of the filter and asks about its port, unless typing has
// gone on.
func (m *Model) typingPaused() tea.Cmd {
	if m.now().Sub(m.typedAt) >= typingPause {
		m.problemShown = true
	}
	return m.requestDiagnosis()
}

func (m *Model) stopFilter() {
	m.filtering = false
	m.filter.Blur()
	if m.filterErr != nil {
		// The text box shows the filter in effect.
		m.filterErr = nil
		m.filter.SetValue(m.query.String())
	}
}

func (m *Model) clearFilter() tea.Cmd {
	m.filter.SetValue("")
	return m.applyFilter()
}

// filterKeys returns the keys to hint at while the filter is edited.
func (m *Model) filterKeys() []key.Binding {
	all := []key.Binding{keymap.Bind("enter", "keep", "enter"), keymap.Bind("esc", "clear", "esc")}
	if m.suggested != "" {
		all = append(all, keymap.Bind("tab", "complete", "tab"))
	}
	if earlier, ok := m.history.step(m.filter.Value(), -1); ok && earlier != m.filter.Value() {
		return append(all, keymap.Bind("↑", "earlier filter", "up"))
	}
	return append(all, keymap.Bind("↑↓", "move", "up", "down"))
}

// printable drops characters of pasted text that a terminal interprets or cannot
// draw.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

// filterProblem returns the error of the filter, with a mark below the wrong part:
// beside the mark if there is room, otherwise on lines below.
func (m *Model) filterProblem(width int) []line {
	var wrong *query.Error
	if !m.problemShown || !errors.As(m.filterErr, &wrong) {
		return nil
	}
	what := wrong.Problem
	if wrong.Help != "" {
		what += "; " + wrong.Help
	}
	var lines []line
	if l, ok := m.errorMarker(wrong); ok {
		if l.Width()+1+style.Width(what) <= width {
			return []line{l.Add(danger, " "+what)}
		}
		lines = append(lines, l)
	}
	for _, part := range style.WrapWords(what, width-2) {
		lines = append(lines, styled(danger, " "+part))
	}
	return lines
}

// errorMarker returns the mark below the wrong part. There is none if the text box
// is too narrow to show the whole filter.
func (m *Model) errorMarker(wrong *query.Error) (line, bool) {
	if style.Width(m.filter.Value()) > m.filter.Width() {
		return nil, false
	}
	column, width := wrong.Cells()
	before := style.Width(" / ")
	if tabs := m.tabsWidth(); tabs > 0 {
		before += tabs + 2
	}
	return text(spaces(before+column)).Add(danger, strings.Repeat("^", max(width, 1))), true
}
