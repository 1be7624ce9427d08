package tui

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"lotop/ui/style"
)

// wheelStep is how many rows one step of the wheel scrolls.
const wheelStep = 3

func (m *Model) mouse(msg tea.MouseMsg) tea.Cmd {
	if m.dialog != nil || m.help != nil {
		return nil
	}
	at := msg.Mouse()
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		step := wheelStep
		if msg.Button == tea.MouseWheelUp {
			step = -wheelStep
		} else if msg.Button != tea.MouseWheelDown {
			return nil
		}
		return m.wheel(at.X, at.Y, step)
	case tea.MouseClickMsg:
		if msg.Button == tea.MouseLeft {
			return m.click(at.X, at.Y)
		}
	}
	return nil
}

func (r rect) contains(x, y int) bool {
	return x >= r.x && x < r.x+r.width && y >= r.y && y < r.y+r.height
}

func (m *Model) wheel(x, y, step int) tea.Cmd {
	if a := m.layout(); m.details != nil && a.details.contains(x, y) {
		m.details.scroll += step
		return nil
	}
	m.window().Scroll(step)
	return nil
}

// click selects a row, sorts by a column title, or switches to a tab.
func (m *Model) click(x, y int) tea.Cmd {
	a := m.layout()
	switch y {
	case 0:
		return m.clickFigure(x)
	case 1:
		return m.clickTab(x)
	case m.height - 1:
		return m.clickHint(x)
	}
	if !a.table.contains(x, y) {
		return nil
	}
	row := y - a.table.y - 1
	if row < 0 {
		if by := m.window().SortKeyAt(x); by >= 0 {
			return m.sortBy(by)
		}
		return nil
	}
	if a.rule {
		row--
	}
	if i := m.window().RowAt(row); i >= 0 {
		m.window().MoveTo(i)
	}
	return m.followSelection()
}

func (m *Model) clickTab(x int) tea.Cmd {
	if m.tabsWidth() == 0 && (m.filtering || m.filter.Value() != "") {
		return nil
	}
	at := 1
	for v, name := range m.tabNames() {
		name = m.tabName(v, name)
		if x >= at && x < at+len(name) {
			return m.setView(view(v))
		}
		at += len(name) + 2
	}
	return nil
}

// clickFigure turns to what a figure of the header counts.
func (m *Model) clickFigure(x int) tea.Cmd {
	at := style.Width(programTitle)
	for _, f := range m.headerFigures(m.headerStatus()) {
		end := at + f.text.Width()
		if x >= at && x < end {
			return f.run()
		}
		at = end
	}
	return nil
}

// clickHint does what a key of the last line does.
func (m *Model) clickHint(x int) tea.Cmd {
	if len(m.status) > 0 || m.filtering {
		m.status = nil
		return nil
	}
	at := 0
	for _, hint := range m.shownHints() {
		end := at + m.hintLine([]key.Binding{hint}).Width()
		if x >= at && x < end {
			for _, act := range append(m.replayCommands(), m.commands()...) {
				if slices.Equal(act.key.Keys(), hint.Keys()) {
					return act.run()
				}
			}
			return nil
		}
		at = end
	}
	return nil
}
