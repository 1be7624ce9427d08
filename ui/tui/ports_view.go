package tui

import (
	"maps"
	"strings"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/style"
	"lotop/ui/tui/table"
)

// fold is what is shown below the rows of the Ports view.
type fold struct {
	opened, folded map[uint64]bool // by key of a row
	timeWait       bool
	group          grouping
	events         map[uint64]bool // opened rows of the Events view
}

// portOptions returns what the worker is to list. The maps are its own.
func (m *Model) portOptions() *portlist.Options {
	return &portlist.Options{
		AllHosts: m.shape.AllHosts, Unfold: m.shape.Unfold, Order: m.shape.Order,
		TimeWait: m.fold.timeWait, Opened: maps.Clone(m.fold.opened), Folded: maps.Clone(m.fold.folded),
	}
}

// arrangePorts fills in the rows of the Ports view.
func (w *worker) arrangePorts(q *arrangeRequest, res *arrangement) {
	o := *q.ports
	o.Match = q.shape.Match
	list := portlist.Make(w.tracker, o)
	res.counts, res.timeWait = list.Counts, list.TimeWait
	res.ports = w.pins.arrangePorts(list.Rows, w.tracker, w.tracker.Snapshot().Time)
	res.context = w.contexts.of(res.ports, w.reader, w.tracker.Snapshot().Time)
	res.ports = w.group(res.ports, q.group, o.Folded, res.context)
}

// wideTable is the width of the table from which the folder has a column of its own.
const wideTable = 100

// newPortTable returns the table of the Ports view.
func (m *Model) newPortTable() table.Table[portlist.Row] {
	t := table.Table[portlist.Row]{
		Keys:   (*portlist.Row).Keys,
		HasKey: (*portlist.Row).HasKey,
		Mark: func(r *portlist.Row) span {
			if r.Kind == portlist.Heading {
				return span{Text: " "}
			}
			return rowMark(&r.Row, m.pinClosedAt)
		},
		Columns: []table.Column[portlist.Row]{
			{Name: "port", Title: "PORT", SortKey: int(model.ByLocal), Min: 5, Max: 5, Priority: 1, Cell: portCell},
			{Name: "on", Title: "ON", SortKey: -1, Min: 9, Max: 41, Priority: 3, Cell: placeCell, Shorten: shortenPlace},
			{Name: "who", Title: "WHO", SortKey: int(model.ByProcess), Min: 14, Max: 48, Priority: 2, Cell: m.whoCell},
			{Name: "folder", Title: "FOLDER", SortKey: -1, Min: 8, Max: 24, Priority: 6, From: wideTable, Cell: m.folderCell},
			{Name: "clients", Title: "CLIENTS", SortKey: int(model.ByRemote), From: 66, Min: 10, Max: 60, Priority: 4, Cell: clientsCell},
			{Name: "in", Title: "↓/s", SortKey: -1, Min: 5, Max: 5, Priority: 7, From: 110, AlignRight: true, Cell: m.portRateCell(func(f *flow) float64 { return f.inRate })},
			{Name: "out", Title: "↑/s", SortKey: -1, Min: 5, Max: 5, Priority: 8, From: 110, AlignRight: true, Cell: m.portRateCell(func(f *flow) float64 { return f.outRate })},
			{Name: "pid", Title: "PID", SortKey: int(model.ByPID), Min: 5, Max: 8, Priority: 5, AlignRight: true, Cell: func(r *portlist.Row) line { return quietPID(&r.Row) }},
			{Name: "age", Title: "AGE", SortKey: int(model.ByAge), Min: 4, Max: 4, Priority: 9, From: 130, AlignRight: true, Cell: func(r *portlist.Row) line { return ageCell(&r.Row, m.refTime()) }},
			{Name: "user", Title: "USER", SortKey: int(model.ByUser), Min: 6, Max: 12, Priority: 10, From: 130, Cell: func(r *portlist.Row) line { return userCell(&r.Row) }},
			{Name: "command", Title: "COMMAND", SortKey: -1, Min: 30, Priority: 11, From: 150, Cell: func(r *portlist.Row) line { return commandCell(&r.Row) }, Shorten: shortenMiddle},
		},
	}
	for i := range t.Columns {
		t.Columns[i].Cell = belowHeadings(t.Columns[i].Name, t.Columns[i].Cell)
	}
	return t
}

// belowHeadings leaves the cells of headings empty, except for what they say of the rows
// below.
func belowHeadings(column string, cell func(*portlist.Row) line) func(*portlist.Row) line {
	return func(r *portlist.Row) line {
		switch {
		case r.Kind != portlist.Heading:
			return cell(r)
		case column == "who":
			return styled(emphasis, r.Title)
		case column == "clients":
			return styled(muted, ui.Count(r.Ports, "port"))
		}
		return styled(muted, "")
	}
}

func portCell(r *portlist.Row) line {
	role := markRole(r.Mark)
	if role == plain {
		role = emphasis
	}
	return styled(role, ui.PortText(r))
}

func placeCell(r *portlist.Row) line {
	l := styled(muted, ui.Place(r))
	if r.Kind == portlist.Port && r.Exposed() {
		l = l.Add(danger, " ⚠")
	}
	return l
}

// shortenPlace keeps the sign of an exposed port.
func shortenPlace(l line, width int) line {
	rest := l[1:]
	short := styled(l[0].Role, style.CutMiddle(l[0].Text, max(width-rest.Width(), 0)))
	return append(short, rest...).Cut(width)
}

func (m *Model) whoCell(r *portlist.Row) line {
	if closed, ok := m.pinClosedAt(r.Socket.ID); ok && !closed.IsZero() {
		return processCell(&r.Row, m.refTime(), m.pinClosedAt)
	}
	name, more := ui.Who(r)
	role := markRole(r.Mark)
	switch {
	case role != plain:
	case r.Kind == portlist.Connection && r.Socket.State == sockets.TimeWait, len(r.Socket.Owners) == 0:
		role = muted
	}
	l := styled(role, name)
	if r.Kind == portlist.Connection {
		l = append(text("  "), l...)
	}
	if again := ui.Restarter(r, m.parents(r)); again != "" {
		more = strings.TrimSpace(more + " ↻ " + again)
	}
	if more != "" {
		sign := muted
		if strings.Contains(more, "◇") {
			sign = accent
		}
		l = l.Add(sign, " "+more)
	}
	if m.portRows.Width() < wideTable { // else the folder has a column
		if folder := m.folder(r); folder != "" {
			l = l.Add(muted, " · "+folder)
		}
	}
	return l
}

// folder returns what tells programs of the same name apart: the directory in which the
// owner works, or its unit or container.
func (m *Model) folder(r *portlist.Row) string {
	if r.Kind != portlist.Port {
		return ""
	}
	return ui.Folder(r, func(pid int) string { return m.latest.context[int32(pid)].cwd.String() })
}

// parents returns the parents of a row's owner, nearest first, as far as they are known.
func (m *Model) parents(r *portlist.Row) []*process.Process {
	if len(r.Socket.Owners) == 0 {
		return nil
	}
	return m.latest.context[r.Socket.Owners[0].PID].parents
}

func (m *Model) folderCell(r *portlist.Row) line { return styled(muted, m.folder(r)) }

func clientsCell(r *portlist.Row) line {
	words := ui.Clients(r)
	switch {
	case r.Kind == portlist.Connection, len(r.Clients) == 0:
		return styled(muted, words)
	case r.Queued > 0:
		return styled(warning, words)
	}
	return text(words)
}

// portRateCell returns the rate of one direction of all connections of a row.
func (m *Model) portRateCell(of func(*flow) float64) func(*portlist.Row) line {
	return func(r *portlist.Row) line {
		ids := r.Measurable
		switch {
		case r.Kind == portlist.Connection:
			ids = []sockets.ID{r.Socket.ID}
		case r.Connections > 0 && len(ids) == 0:
			return styled(muted, dash) // too many to measure
		}
		sum := 0.0
		for _, id := range ids {
			if f, ok := m.latest.flows[id]; ok && f.measured {
				sum += of(&f)
			}
		}
		if sum < 0.5 {
			return styled(muted, "·")
		}
		return text(rateText(sum))
	}
}

func quietPID(r *model.Row) line { return styled(muted, strings.Replace(ui.PID(r), dash, "", 1)) }

// exposedTerm is the filter of the key that shows exposed sockets only.
const exposedTerm = "is:exposed"

// toggleExposed adds that term to the filter, or removes it.
func (m *Model) toggleExposed() tea.Cmd {
	words := strings.Fields(m.filter.Value())
	kept := words[:0]
	for _, w := range words {
		if w != exposedTerm {
			kept = append(kept, w)
		}
	}
	if len(kept) == len(words) {
		kept = append([]string{exposedTerm}, kept...)
	}
	m.filter.SetValue(strings.Join(kept, " "))
	return m.applyFilter()
}

func (m *Model) toggleTimeWait() tea.Cmd {
	if why := m.noTimeWait(); why != "" {
		m.setStatus(plain, why)
		return nil
	}
	m.fold.timeWait = !m.fold.timeWait
	return m.relist()
}

// timeWaitLine counts the closed connections below the rows, nil if they have rows or if
// there are none.
func (m *Model) timeWaitLine(width int) line {
	if m.view != portsView || m.fold.timeWait {
		return nil
	}
	const margin, hint = "    ", "t shows them"
	words := ui.TimeWaits(m.latest.timeWait, width-len(margin)-len(hint)-4)
	if words == "" {
		return nil
	}
	return styled(muted, margin+words).Fit(max(width-len(hint)-4, 0)).Add(muted, "  "+hint+"  ").Cut(width)
}
