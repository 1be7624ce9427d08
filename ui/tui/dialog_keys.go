package tui

import (
	"syscall"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"lotop/ui/tui/keymap"
)

// handleDialogKey does what a key does in the dialog. Every other key closes it.
func (m *Model) handleDialogKey(k tea.KeyPressMsg) tea.Cmd {
	if m.dialog.stage == stageStopping {
		return nil
	}
	for _, a := range m.actions() {
		if k.String() == a.key && a.run != nil {
			return a.run()
		}
	}
	if m.scrollDialog(k) {
		return nil
	}
	m.dialog = nil
	return nil
}

// scrollDialog scrolls a dialog that does not fit the screen, and reports whether the key
// means that.
func (m *Model) scrollDialog(k tea.KeyPressMsg) bool {
	hidden := m.dialogHidden()
	if hidden == 0 {
		return false
	}
	page := m.dialogPage()
	for _, c := range []struct {
		key key.Binding
		by  int
	}{{m.keys.Up, -1}, {m.keys.Down, 1}, {m.keys.PageUp, -page}, {m.keys.PageDown, page}} {
		if key.Matches(k, c.key) {
			m.moveDialog(c.by, hidden)
			return true
		}
	}
	return false
}

// dialogPage returns by how many lines a page scrolls the dialog.
func (m *Model) dialogPage() int { return max(m.height-7, 1) }

func (m *Model) moveDialog(by, hidden int) {
	d := m.dialog
	d.scroll = min(max(d.scroll+by, 0), hidden)
	d.seen = max(d.seen, d.scroll)
}

// confirm carries out the plans. As long as a part of them has not been on the screen, it
// shows more of them instead: a yes is for what was shown.
func (m *Model) confirm() tea.Cmd {
	if hidden := m.dialogHidden(); m.dialog.seen < hidden {
		m.moveDialog(m.dialogPage(), hidden)
		m.setStatus(warning, "the plan goes on: y again once all of it was shown")
		return nil
	}
	return m.runPlans(syscall.SIGTERM)
}

// dialogKeys returns the keys of the dialog, for the last line of the screen.
func (m *Model) dialogKeys() []key.Binding {
	var all []key.Binding
	for _, a := range m.actions() {
		all = append(all, keymap.Bind(a.key, a.label, a.key))
	}
	if m.dialogHidden() > 0 {
		all = append(all, m.keys.MoveHint())
	}
	if len(all) == 0 {
		all = append(all, m.keys.Interrupt)
	}
	return all
}
