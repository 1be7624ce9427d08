package tui

import (
	"errors"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
)

func (m *Model) startFilter() tea.Cmd {
	m.filtering = true
	m.filter.CursorEnd()
	return m.filter.Focus()
}

// pressInFilter types into the filter. The keys that move the selection work
// meanwhile, so that a hit can be picked without leaving.
func (m *Model) pressInFilter(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "enter":
		m.stopFilter()
		return nil
	case "esc":
		m.stopFilter()
		return m.clearFilter()
	case "up":
		return m.move(-1)
	case "down":
		return m.move(1)
	}
	return m.typed(k)
}

func (m *Model) typed(msg tea.Msg) tea.Cmd {
	if !m.filtering {
		return nil
	}
	before := m.filter.Value()
	var cmd tea.Cmd
	m.filter, cmd = m.filter.Update(msg)
	if m.filter.Value() == before {
		return cmd
	}
	return tea.Batch(cmd, m.applyFilter())
}

// applyFilter takes the filter as typed. While it is wrong the last good one
// stays in force.
func (m *Model) applyFilter() tea.Cmd {
	q, err := model.ParseQuery(m.filter.Value())
	m.filterErr = err
	if err != nil {
		return nil
	}
	m.shape.Query = q
	m.rows.forget()
	return m.rearrange()
}

func (m *Model) stopFilter() {
	m.filtering = false
	m.filter.Blur()
	if m.filterErr != nil {
		// What stands in the box is what is in force.
		m.filterErr = nil
		m.filter.SetValue(m.shape.Query.String())
	}
}

func (m *Model) clearFilter() tea.Cmd {
	m.filter.SetValue("")
	return m.applyFilter()
}

// filterLine draws the box.
func (m *Model) filterLine() string {
	return " " + m.filter.View()
}

// filterProblem points at the place of the filter that is wrong and says what
// is known.
func (m *Model) filterProblem() line {
	var wrong *model.QueryError
	if !errors.As(m.filterErr, &wrong) {
		return nil
	}
	column, width := wrong.Cells()
	before := textWidth(" / ")
	if tabs := m.tabsWidth(); tabs > 0 {
		before += tabs + 2
	}
	l := text(spaces(before+column)).add(danger, carets(width))
	return l.add(plain, " ").add(danger, wrong.Problem).add(quiet, "; "+wrong.Help).cut(m.width)
}

func carets(n int) string { return strings.Repeat("^", max(n, 1)) }
