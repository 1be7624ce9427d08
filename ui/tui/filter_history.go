package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// maxFilters is how many filters of the session are remembered.
const maxFilters = 100

// filterHistory is the filters that were kept in this session.
type filterHistory struct {
	all     []string // the newest last, each once
	browsed bool     // the box shows one since a key has brought it back
}

// add remembers a filter.
func (h *filterHistory) add(filter string) {
	filter = strings.TrimSpace(filter)
	if filter == "" {
		return
	}
	h.all = slices.DeleteFunc(h.all, func(s string) bool { return s == filter })
	h.all = append(h.all, filter)
	h.all = h.all[max(len(h.all)-maxFilters, 0):]
}

// step returns the filter before the one in the box, or after it; ok is false if the key
// is to move the selection instead. A text that is not from the history stays.
func (h *filterHistory) step(box string, by int) (filter string, ok bool) {
	at := slices.Index(h.all, strings.TrimSpace(box))
	if box == "" {
		at = len(h.all)
	}
	switch next := at + by; {
	case at < 0, by > 0 && !h.browsed, next > len(h.all):
		return "", false
	case next < 0:
		return box, h.browsed // there is none before
	case next == len(h.all):
		return "", true
	default:
		return h.all[next], true
	}
}

// recall shows another filter of the history, and reports whether it has.
func (m *Model) recall(by int) (cmd tea.Cmd, ok bool) {
	filter, ok := m.history.step(m.filter.Value(), by)
	if !ok || filter == m.filter.Value() {
		return nil, ok
	}
	m.filter.SetValue(filter)
	m.filter.CursorEnd()
	cmd = m.applyFilter()
	m.history.browsed = true
	return cmd, true
}
