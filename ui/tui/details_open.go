package tui

import (
	tea "charm.land/bubbletea/v2"

	"lotop/model/portlist"
	"lotop/model/track"
)

// toggleDetails opens the details of the selected row, or closes them.
func (m *Model) toggleDetails() tea.Cmd {
	if m.details != nil {
		m.closeDetails()
		return nil
	}
	if m.opensBeside() {
		m.beside = true
	}
	return m.openDetails(false)
}

// closeDetails closes the details. Where they open by themselves, they stay closed until
// they are asked for.
func (m *Model) closeDetails() {
	m.details, m.wholeWhy = nil, false
	if m.opensBeside() {
		m.beside = false
	}
}

// openDetails opens the details of the selected row, if there is one.
func (m *Model) openDetails(auto bool) tea.Cmd {
	if m.details = m.selectedDetails(); m.details == nil {
		return nil
	}
	m.details.auto = auto
	return m.rearrange()
}

// opensBeside reports whether there is room for details beside the table of a view that
// leaves it: events take the whole width.
func (m *Model) opensBeside() bool { return m.width >= besideWidth && m.view != eventsView }

// arrangeDetails opens and closes the details that open by themselves, and has them
// follow the selection wherever it goes.
func (m *Model) arrangeDetails() tea.Cmd {
	d := m.details
	switch {
	case m.latest.at.IsZero() || m.stale():
		return nil // the rows are on their way
	case d == nil && m.beside && m.opensBeside():
		cmd := m.openDetails(true)
		if m.details != nil {
			m.selectedAt = m.now()
		}
		return cmd
	case d == nil || !d.auto:
		return nil
	case !m.opensBeside() || m.selectedRow() == nil:
		m.details, m.wholeWhy = nil, false
		return m.requestDiagnosis()
	}
	return m.followSelection()
}

// followSelection shows the selected row in open details: what the row contains at
// once, the rest when the worker has read it.
func (m *Model) followSelection() tea.Cmd {
	r := m.selectedRow()
	if m.details == nil || r == nil || m.details.id == r.Socket.ID {
		return nil
	}
	auto := m.details.auto
	m.selectedAt = m.now()
	return m.openDetails(auto)
}

// selectedDetails returns the details of the selected row as far as the row has them, nil
// if there is no row.
func (m *Model) selectedDetails() *detailsPane {
	r := m.selectedRow()
	if r == nil {
		return nil
	}
	d := &detailsPane{id: r.Socket.ID, data: newDetailsData(r, cachedEndpoint)}
	switch m.view {
	case portsView:
		if p := m.portRows.Current(); p.Kind == portlist.Port {
			d.data.setPort(p)
		}
	case eventsView:
		e := m.events.Current().Event
		if d.event = &e; e.Kind == track.EventClosed {
			d.closedAt = e.Time
		}
	}
	return d
}

// pagesDetails reports whether the keys of pages scroll the details: those that were
// opened by a key, and others where the table has no further page.
func (m *Model) pagesDetails() bool {
	if m.details == nil || !m.details.auto {
		return m.details != nil
	}
	first, end := m.window().InSight()
	return end-first >= m.window().Len()
}

// toggleWhy shows the whole answer to whether the port can be bound in the details, or
// the details again.
func (m *Model) toggleWhy() tea.Cmd {
	if !m.live {
		m.setStatus(warning, "cannot test a port in a recording")
		return nil
	}
	m.wholeWhy = !m.wholeWhy
	if m.details != nil {
		m.details.scroll = 0
		return m.requestDiagnosis()
	}
	cmd := m.toggleDetails()
	m.wholeWhy = m.details != nil
	return cmd
}

// whyHint returns what the key of toggleWhy does now.
func (m *Model) whyHint() string {
	if m.wholeWhy {
		return "details"
	}
	return "why"
}

// whyLines returns the whole answer to whether the port of the details can be bound.
func (m *Model) whyLines(width int) []line {
	if lines := m.diagnosis.lines(m.now(), width); lines != nil {
		return lines
	}
	if m.details.closed {
		return []line{styled(muted, "the port is tested while its row is open")}
	}
	return []line{styled(muted, "testing the port …")}
}
