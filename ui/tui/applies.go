package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"lotop/ui/tui/keymap"
)

// notNow returns why an action does not apply now, empty if it does.
func (m *Model) notNow(action *key.Binding) string {
	k := &m.keys
	switch action {
	case &k.Free:
		if !m.live {
			return "cannot free a port in a recording"
		}
		return m.noRow()
	case &k.Details, &k.Pin, &k.Copy, &k.Browse, &k.Up, &k.Down, &k.PageUp, &k.PageDown, &k.Top, &k.Bottom:
		return m.noRow()
	case &k.Open, &k.Close:
		if why := m.noUnfolding(); why != "" {
			return why
		}
		return m.noRow()
	case &k.Back:
		if m.details == nil && m.filter.Value() == "" {
			return "nothing is open, and there is no filter"
		}
	case &k.Sort, &k.Reverse, &k.ColumnLeft, &k.ColumnRight:
		if m.view == eventsView {
			return "the newest event is always first"
		}
	case &k.TimeWait:
		return m.noTimeWait()
	}
	return ""
}

// noRow returns why no row is selected, empty if one is, or its details are still open.
func (m *Model) noRow() string {
	if m.selectedRow() != nil || m.details != nil || m.waiting() || len(m.actingMarks().all) > 0 {
		return ""
	}
	return "no row is selected" + keymap.WithHint(m.clearHint())
}

// clearHint returns the key that brings rows back if a filter hides them.
func (m *Model) clearHint() string {
	if m.filter.Value() == "" {
		return ""
	}
	return keymap.Hint(m.keys.Back, "clears the filter")
}

// silentReason returns why a key of the table does not apply, if it would do nothing
// without saying so. Keys that move the selection or go back need no reason.
func (m *Model) silentReason(k tea.KeyPressMsg) string {
	keys := &m.keys
	for _, action := range []*key.Binding{&keys.Free, &keys.Details, &keys.Pin, &keys.Copy, &keys.Browse, &keys.Sort, &keys.ColumnLeft, &keys.ColumnRight} {
		if key.Matches(k, *action) {
			return m.notNow(action)
		}
	}
	return ""
}

// noTimeWait returns why the rows of TIME_WAIT cannot be shown or hidden, empty if they
// can.
func (m *Model) noTimeWait() string {
	switch m.view {
	case portsView:
		return ""
	case eventsView:
		return "events have no rows for TIME_WAIT"
	}
	return "TIME_WAIT always has rows here"
}

// noUnfolding returns why rows have nothing below them to show or hide, empty if they can
// have.
func (m *Model) noUnfolding() string {
	if m.view == portsView || m.view == eventsView {
		return ""
	}
	return "every connection has a row of its own here"
}
