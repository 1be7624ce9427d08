package tui

import (
	tea "charm.land/bubbletea/v2"

	"lotop/model/portlist"
)

// selectedPort returns the row of the Ports view whose connections a key shows or hides:
// the selected one, or the one above a connection.
func (m *Model) selectedPort() *portlist.Row {
	for i := min(m.portRows.Cursor, m.portRows.Len()-1); i >= 0; i-- {
		switch r := &m.portRows.Rows[i]; {
		case r.Alone:
			return nil
		case r.Kind != portlist.Connection:
			return r
		}
	}
	return nil
}

// openConnections shows the connections of the selected port.
func (m *Model) openConnections() tea.Cmd {
	if m.view == eventsView {
		return m.openEvent(true)
	}
	if why := m.noUnfolding(); why != "" {
		m.setStatus(plain, why)
		return nil
	}
	r := m.selectedPort()
	switch {
	case r == nil:
		return nil
	case r.Kind == portlist.Heading:
	case r.Connections == 0:
		m.setStatus(plain, "no client is connected")
		return nil
	}
	m.setFold(r, true)
	return m.relist()
}

// closeConnections hides the connections of the selected port, and selects it.
func (m *Model) closeConnections() tea.Cmd {
	if m.view == eventsView {
		return m.openEvent(false)
	}
	r := m.selectedPort()
	if m.view != portsView || r == nil {
		return nil
	}
	m.setFold(r, false)
	for i := m.portRows.Cursor; i >= 0; i-- {
		if &m.portRows.Rows[i] == r {
			m.portRows.MoveTo(i)
		}
	}
	return tea.Batch(m.relist(), m.followSelection())
}

// setFold remembers whether the connections of a row are shown.
func (m *Model) setFold(r *portlist.Row, open bool) {
	if m.fold.opened == nil {
		m.fold.opened, m.fold.folded = map[uint64]bool{}, map[uint64]bool{}
	}
	ids := []uint64{r.Keys()[0]}
	for i := range r.Twins {
		ids = append(ids, uint64(r.Twins[i].Socket.ID))
	}
	for _, id := range ids {
		delete(m.fold.opened, id)
		delete(m.fold.folded, id)
		if open {
			m.fold.opened[id] = true
		} else {
			m.fold.folded[id] = true
		}
	}
}
