package tui

import (
	tea "charm.land/bubbletea/v2"

	"lotop/model/portlist"
	"lotop/model/program"
	"lotop/ui"
)

// grouping is what the rows of the Ports view are grouped by.
type grouping uint8

const (
	groupNone grouping = iota
	groupProcess
	groupFolder
	groupContainer
	numGroupings
)

var groupingNames = [numGroupings]string{"none", "process", "folder", "container"}

// nextGrouping groups the ports by the next of process, folder and container, and then
// not at all.
func (m *Model) nextGrouping() tea.Cmd {
	if m.view != portsView {
		m.setStatus(plain, "only ports are grouped")
		return nil
	}
	m.fold.group = (m.fold.group + 1) % numGroupings
	m.setStatus(plain, "not grouped")
	if m.fold.group != groupNone {
		m.setStatus(plain, "grouped by "+groupingNames[m.fold.group])
	}
	return m.relist()
}

// group puts the rows below headings.
func (w *worker) group(rows []portlist.Row, by grouping, folded map[uint64]bool, contexts map[int32]processContext) []portlist.Row {
	title := func(r *portlist.Row) string {
		p := r.Owner(r.Socket)
		switch {
		case p == nil:
			return ""
		case by == groupProcess:
			return program.Name(p).String()
		case by == groupFolder:
			return ui.Folder(r, func(pid int) string { return contexts[int32(pid)].cwd.String() })
		}
		return p.Cgroup.Container.String()
	}
	if by == groupNone {
		return rows
	}
	return portlist.Group(rows, title, folded)
}
