package tui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
)

func (m *Model) setView(v view) tea.Cmd {
	m.view = v
	m.window().ResetWidths()
	m.window().ToTop()
	return m.relist()
}

func (m *Model) toggleAll() tea.Cmd {
	m.shape.AllHosts = !m.shape.AllHosts
	m.setStatus(plain, "loopback only")
	if m.shape.AllHosts {
		m.setStatus(plain, "all hosts")
	}
	m.window().ResetWidths()
	return m.relist()
}

func (m *Model) toggleUnfold() tea.Cmd {
	m.shape.Unfold = !m.shape.Unfold
	m.fold.opened, m.fold.folded = nil, nil
	if m.view == portsView {
		return m.relist()
	}
	m.setStatus(plain, "one row per loopback connection")
	if m.shape.Unfold {
		m.setStatus(plain, "one row per end")
	}
	return m.relist()
}

func (m *Model) reverseSort() tea.Cmd {
	m.shape.Order.Reverse = !m.shape.Order.Reverse
	return m.relist()
}

// sortNext sorts by the next column on the screen that can be sorted by.
func (m *Model) sortNext(step int) tea.Cmd {
	drawn := m.window().SortKeys()
	if len(drawn) == 0 {
		return nil
	}
	at := slices.Index(drawn, int(m.shape.Order.Column))
	return m.sortBy(drawn[(at+step+len(drawn))%len(drawn)])
}

// sortBy sorts by a column, or reverses the order if the rows are sorted by it
// already.
func (m *Model) sortBy(column int) tea.Cmd {
	if m.shape.Order.Column == model.Column(column) {
		return m.reverseSort()
	}
	m.shape.Order = model.Order{Column: model.Column(column)}
	return m.relist()
}

// changeInterval changes the refresh interval by a step of intervals.
func (m *Model) changeInterval(step int) tea.Cmd {
	i, known := slices.BinarySearch(intervals, m.interval)
	if !known && step > 0 {
		i-- // it is between two steps
	}
	m.interval = intervals[min(max(i+step, 0), len(intervals)-1)]
	m.setStatus(plain, "refresh every "+ui.Interval(m.interval))
	if m.paused {
		return nil
	}
	return m.tick()
}

func (m *Model) togglePause() tea.Cmd {
	m.paused = !m.paused
	if m.paused {
		return nil
	}
	return m.refresh()
}

// back closes what was opened last, or clears the filter, or ends the marks. Details that
// opened by themselves come last.
func (m *Model) back() tea.Cmd {
	switch {
	case m.details != nil && !m.details.auto:
		m.closeDetails()
		return nil
	case m.filter.Value() != "":
		return m.clearFilter()
	case len(m.marks.all) > 0:
		m.marks = marks{}
		m.reportMarks()
	case m.details != nil:
		m.closeDetails()
	}
	return nil
}

// copyAddress copies the row's address to the clipboard by an escape sequence of the
// terminal, which also works over SSH.
func (m *Model) copyAddress() tea.Cmd {
	rows := m.rowsForKey()
	if len(rows) == 0 {
		return nil
	}
	if len(rows) > 1 {
		return m.copyMarked(rows)
	}
	r := rows[0]
	address := ui.Addr(ui.AddrHere(r.Socket))
	m.setStatus(success, "copied "+address)
	return tea.SetClipboard(address)
}

// browse opens the row's address in the browser.
func (m *Model) browse() tea.Cmd {
	r := m.selectedRow()
	if r == nil {
		return nil
	}
	if r.Socket.Protocol != sockets.TCP {
		m.setStatus(warning, "only TCP ports can be opened in a browser")
		return nil
	}
	url := ui.URL(ui.AddrHere(r.Socket))
	open := m.openBrowser
	return func() tea.Msg {
		if err := open(url); err != nil {
			return statusMsg(styled(warning, "cannot open a browser: "+err.Error()+"; address: "+url))
		}
		return statusMsg(styled(success, "opened "+url))
	}
}

func (m *Model) setStatus(r role, s string) { m.status = styled(r, s) }

// refTime returns the time from which ages are counted: that of the newest snapshot.
func (m *Model) refTime() time.Time {
	if m.latest.at.IsZero() {
		return m.now()
	}
	return m.latest.at
}
