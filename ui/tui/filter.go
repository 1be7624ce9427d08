package tui

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"lotop/model/query"
	"lotop/ui/style"
)

func (m *Model) startFilter() tea.Cmd {
	m.filtering = true
	m.filter.CursorEnd()
	return m.filter.Focus()
}

// handleFilterKey types into the filter. The keys that move the selection work
// meanwhile, so that a hit can be picked without leaving.
func (m *Model) handleFilterKey(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		m.stopFilter()
		return nil
	case "esc":
		m.stopFilter()
		return m.clearFilter()
	case "up":
		return m.moveSelection(-1)
	case "down":
		return m.moveSelection(1)
	}
	if last := utf8.RuneCountInString(m.filter.Value()) - 1; m.filter.Position() == last && key.Matches(k, m.filter.KeyMap.DeleteWordForward) {
		// The text box panics: it looks for more of the word behind its text.
		k = tea.KeyPressMsg{Code: tea.KeyDelete}
	}
	return m.editFilter(k)
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

// applyFilter takes the filter as typed. While it is wrong the last good one
// stays in force.
func (m *Model) applyFilter() tea.Cmd {
	m.typedAt = m.now()
	q, err := query.Parse(m.filter.Value())
	m.filterErr = err
	if err != nil {
		return nil
	}
	m.query = q
	m.rows.ResetWidths()
	return m.relist()
}

func (m *Model) stopFilter() {
	m.filtering = false
	m.filter.Blur()
	if m.filterErr != nil {
		// What stands in the box is what is in force.
		m.filterErr = nil
		m.filter.SetValue(m.query.String())
	}
}

func (m *Model) clearFilter() tea.Cmd {
	m.filter.SetValue("")
	return m.applyFilter()
}

// printable leaves out what a terminal might obey or not draw: it was pasted.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, s)
}

// filterProblem points at the place of the filter that is wrong and says what
// is known: beside the mark if there is room, else on lines below.
func (m *Model) filterProblem(width int) []line {
	var wrong *query.Error
	if !errors.As(m.filterErr, &wrong) {
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

// errorMarker marks the wrong place; there is none while the box is too narrow for
// the filter and shows only a part of it.
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
