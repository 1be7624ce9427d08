package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"
)

// relist asks for other rows: of another filter, view or order. Until they are
// shown the screen is stale.
func (m *Model) relist() tea.Cmd {
	m.listID++
	return m.rearrange()
}

// stale reports whether the rows on the screen are not yet those of the filter, the
// view and the order in force.
func (m *Model) stale() bool { return m.latest.listID != m.listID }

// holdKey reports whether it has kept a key for later. Keys typed ahead, which a slow
// connection delivers at once, mean the rows that are about to be shown: in
// "/8080", enter and x, the key x means port 8080, not the row selected before.
// Every key after a held one is held as well, so that they keep their order.
func (m *Model) holdKey(k tea.KeyPressMsg) bool {
	if len(m.heldKeys) == 0 && !(m.stale() && m.actsOnSelection(k)) {
		return false
	}
	m.heldKeys = append(m.heldKeys, k)
	return true
}

// actsOnSelection reports whether a key does something to the selected row, or
// selects another.
func (m *Model) actsOnSelection(k tea.KeyPressMsg) bool {
	switch {
	case m.dialog != nil || m.help != nil:
		return false
	case m.filtering:
		return k.String() == "up" || k.String() == "down"
	}
	return key.Matches(k, m.keys.Free, m.keys.Details, m.keys.Pin, m.keys.Copy, m.keys.Browse,
		m.keys.Up, m.keys.Down, m.keys.PageUp, m.keys.PageDown, m.keys.Top, m.keys.Bottom)
}

// releaseKeys does what the held keys say, up to the next that has to wait.
func (m *Model) releaseKeys() tea.Cmd {
	held := m.heldKeys
	m.heldKeys = nil
	var all []tea.Cmd
	for _, k := range held {
		all = append(all, m.handleKey(k))
	}
	return tea.Batch(all...)
}
