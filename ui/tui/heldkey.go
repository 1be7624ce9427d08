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

// waiting reports whether rows are about to be shown that a key may mean: others than
// those on the screen, or the first ones.
func (m *Model) waiting() bool { return m.stale() || m.latest.at.IsZero() }

// maxHeldKeys bounds how many keys wait for the first rows.
const maxHeldKeys = 32

// holdKey reports whether it has kept a key for later. A key typed ahead, which a slow
// connection delivers together with those before it, means the rows that are about to
// be shown: in "/8080", enter and x, the key x means port 8080, not the row selected
// before. The next key supersedes a held one, so that keys never pile up. Only as long
// as there are no rows at all, keys that move the selection and act on it wait together.
func (m *Model) holdKey(k tea.KeyPressMsg) bool {
	held := m.heldKeys
	m.heldKeys = nil
	if !m.waiting() || m.filtering || m.dialog != nil || m.help != nil {
		return false
	}
	first := m.latest.at.IsZero()
	switch {
	case key.Matches(k, m.keys.Free, m.keys.Mark, m.keys.MarkAll, m.keys.Open, m.keys.Close, m.keys.Details, m.keys.Why, m.keys.Pin, m.keys.Copy, m.keys.Browse):
	case first && key.Matches(k, m.keys.Up, m.keys.Down, m.keys.PageUp, m.keys.PageDown, m.keys.Top, m.keys.Bottom):
	default:
		return false
	}
	if !first {
		held = nil
	}
	m.heldKeys = append(held[:min(len(held), maxHeldKeys-1)], k)
	return true
}

// releaseKeys does what the held keys say, now that the rows they mean are shown. A
// dialog takes no key that was typed before it was shown.
func (m *Model) releaseKeys() tea.Cmd {
	var cmds []tea.Cmd
	for len(m.heldKeys) > 0 && !m.waiting() {
		k, rest := m.heldKeys[0], m.heldKeys[1:]
		cmds = append(cmds, m.handleKey(k))
		if m.heldKeys = rest; m.dialog != nil {
			m.heldKeys = nil
		}
	}
	return tea.Batch(cmds...)
}
