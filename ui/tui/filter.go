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

// handleFilterKey edits the filter. Keys that move the selection work meanwhile, so
// that a row can be selected without leaving the filter.
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
		// The text box panics: it reads behind the end of its text.
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

// applyFilter parses the filter. If it is invalid, the last valid one stays in
// effect.
func (m *Model) applyFilter() tea.Cmd {
	m.typedAt = m.now()
	q, err := query.Parse(m.filter.Value())
	m.filterErr = err
	if err != nil {
		return nil
	}
	m.query = q
	m.window().ResetWidths()
	return m.relist()
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
