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

// holdKey reports whether it has kept a key for later. A key typed ahead, which a slow
// connection delivers together with those before it, means the rows that are about to
// be shown: in "/8080", enter and x, the key x means port 8080, not the row selected
// before. The next key supersedes a held one, so that keys never pile up.
func (m *Model) holdKey(k tea.KeyPressMsg) bool {
	m.heldKey = nil
	if !m.stale() || m.filtering || m.dialog != nil || m.help != nil ||
		!key.Matches(k, m.keys.Free, m.keys.Open, m.keys.Close, m.keys.Details, m.keys.Why, m.keys.Pin, m.keys.Copy, m.keys.Browse) {
		return false
	}
	m.heldKey = &k
	return true
}

// releaseKey does what the held key says, now that the rows it means are shown.
func (m *Model) releaseKey() tea.Cmd {
	if m.heldKey == nil || m.stale() {
		return nil
	}
	return m.handleKey(*m.heldKey)
}
