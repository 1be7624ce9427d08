package tui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/ui"
)

// markable is a row that can be marked.
type markable struct {
	keys [2]uint64
	row  *model.Row
}

// markables returns the rows of the view that can be marked: all but those that have
// closed, and those that stand for a program with many sockets.
func (m *Model) markables() []markable {
	var all []markable
	add := func(keys [2]uint64, r *model.Row) {
		if r.Mark != model.Closed {
			all = append(all, markable{keys, r})
		}
	}
	switch m.view {
	case portsView:
		for i := range m.portRows.Rows {
			if r := &m.portRows.Rows[i]; r.Kind != portlist.Program && r.Kind != portlist.Heading {
				add(r.Keys(), &r.Row)
			}
		}
	case eventsView:
	default:
		for i := range m.rows.Rows {
			add(rowKeys(&m.rows.Rows[i]), &m.rows.Rows[i])
		}
	}
	return all
}

// toggleMark marks the selected row, or unmarks it.
func (m *Model) toggleMark() tea.Cmd {
	r := m.selectedRow()
	switch {
	case m.view == eventsView:
		m.setStatus(plain, "events cannot be marked")
		return nil
	case r == nil:
		m.setStatus(plain, "no port or connection is selected")
		return nil
	}
	all := m.markables()
	i := slices.IndexFunc(all, func(one markable) bool { return one.row == r })
	if i < 0 {
		m.setStatus(warning, "only open ports and connections can be marked")
		return nil
	}
	if m.marks.has(all[i].keys) {
		m.unmark(all[i : i+1])
	} else {
		m.marks.add(all[i].keys, r)
	}
	m.reportMarks()
	return nil
}

// toggleMarks marks all rows of the view, or if all are marked, unmarks every row. Of the
// Ports view these are the ports: what is connected to them is not freed with others.
func (m *Model) toggleMarks() tea.Cmd {
	all := m.markables()
	if m.view == portsView {
		all = slices.DeleteFunc(all, func(one markable) bool { return one.row.Socket.Connected() })
	}
	if len(all) == 0 {
		m.setStatus(plain, "no row to mark")
		return nil
	}
	if !slices.ContainsFunc(all, func(one markable) bool { return !m.marks.has(one.keys) }) {
		m.marks = marks{}
	} else {
		fresh := m.marks
		for _, one := range all {
			if !m.marks.has(one.keys) {
				fresh.all = append(fresh.all, mark{one.keys, one.row.Clone()})
			}
		}
		m.marks = fresh
		m.marks.index()
	}
	m.reportMarks()
	return nil
}

func (m *Model) unmark(all []markable) {
	m.marks.remove(func(k *mark) bool {
		return slices.ContainsFunc(all, func(one markable) bool {
			return k.keys[0] != 0 && slices.Contains(one.keys[:], k.keys[0]) || k.keys[1] != 0 && slices.Contains(one.keys[:], k.keys[1])
		})
	})
}

// reportMarks says how many rows are marked, and what for.
func (m *Model) reportMarks() {
	n := len(m.marks.all)
	if n == 0 {
		m.setStatus(plain, "no row is marked")
		return
	}
	var keys []string
	for _, b := range []string{m.keys.Free.Help().Key, m.keys.Copy.Help().Key, m.keys.Pin.Help().Key} {
		if b != "" {
			keys = append(keys, b)
		}
	}
	m.marks.acting = len(m.actingMarks().all)
	text := "* " + ui.Count(n, "row") + " marked"
	if len(keys) > 0 {
		text += ": " + strings.Join(keys, " ") + " act on "
		switch {
		case m.marks.acting < n:
			text += "the " + ui.Number(m.marks.acting) + " in this table"
		case n == 1:
			text += "it"
		default:
			text += "all of them"
		}
	}
	m.setStatus(success, text)
}

// rowsForKey returns the rows that a key acts on: the marked ones, or else the selected
// one.
func (m *Model) rowsForKey() []*model.Row {
	if acting := m.actingMarks(); len(acting.all) > 0 {
		var all []*model.Row
		for i := range acting.all {
			all = append(all, &acting.all[i].row)
		}
		return all
	}
	if r := m.selectedRow(); r != nil {
		return []*model.Row{r}
	}
	return nil
}

// actingMarks returns the marks on which keys act: those of rows that the table has. A
// row that a filter, a folded heading or another view hides is not acted on unseen.
func (m *Model) actingMarks() marks {
	var acting marks
	if len(m.marks.all) == 0 {
		return acting
	}
	shown := map[uint64]bool{}
	for _, one := range m.markables() {
		for _, key := range one.keys {
			shown[key] = key != 0
		}
	}
	for _, k := range m.marks.all {
		if shown[k.keys[0]] || shown[k.keys[1]] {
			acting.all = append(acting.all, k)
		}
	}
	acting.index()
	return acting
}

// isMarkedPort reports whether a row of the Ports view is marked, by any of its sockets.
func (m *Model) isMarkedPort(r *portlist.Row) bool {
	if len(m.marks.all) == 0 || r.Kind == portlist.Program || r.Kind == portlist.Heading {
		return false
	}
	return m.marks.has(r.Keys()) || slices.ContainsFunc(r.Twins, func(t model.Row) bool { return m.marks.byKey[uint64(t.Socket.ID)] })
}

// copyMarked copies the addresses of the marked rows, one a line.
func (m *Model) copyMarked(rows []*model.Row) tea.Cmd {
	var all []string
	for _, r := range rows {
		if address := ui.Addr(ui.AddrHere(r.Socket)); !slices.Contains(all, address) {
			all = append(all, address)
		}
	}
	m.setStatus(success, "copied "+strings.Join(all, " "))
	if len(all) > 1 {
		m.setStatus(success, "copied "+ui.Number(len(all))+" addresses, one a line")
	}
	return tea.SetClipboard(strings.Join(all, "\n"))
}

// pinMarked pins the marked rows that are not pinned, or if all are, unpins them.
func (m *Model) pinMarked(rows []*model.Row) tea.Cmd {
	pinned := func(r *model.Row) bool { _, ok := m.pinClosedAt(r.Socket.ID); return ok }
	every := !slices.ContainsFunc(rows, func(r *model.Row) bool { return !pinned(r) })
	n := 0
	for _, r := range rows {
		if pinned(r) == every {
			m.pinRequests, n = append(m.pinRequests, r.Clone()), n+1
		}
	}
	if m.setStatus(success, ui.Count(n, "row")+" pinned: changes ring the bell"); every {
		m.setStatus(plain, ui.Count(n, "row")+" unpinned")
	}
	return m.rearrange()
}

// followMarks finds the marked rows among those on the screen: of a port with several
// sockets the first may have closed.
func (m *Model) followMarks() {
	if len(m.marks.all) == 0 {
		m.marks.acting = 0
		return
	}
	changed := false
	rows := m.markables()
	at := map[uint64]*markable{}
	for i := range rows {
		for _, key := range rows[i].keys {
			if at[key] = &rows[i]; key == 0 {
				delete(at, 0)
			}
		}
	}
	for i := range m.marks.all {
		k := &m.marks.all[i]
		for _, key := range k.keys {
			if one := at[key]; one != nil && one.row.Socket.ID != k.row.Socket.ID {
				k.keys, k.row, changed = one.keys, one.row.Clone(), true
				break
			}
		}
	}
	if changed {
		m.marks.index()
	}
	m.marks.acting = len(m.actingMarks().all)
}
