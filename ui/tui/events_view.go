package tui

import (
	"maps"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model/eventlist"
	"lotop/model/track"
	"lotop/ui"
	"lotop/ui/tui/table"
)

// newEventTable returns the table of events.
func newEventTable() table.Table[eventlist.Row] {
	return table.Table[eventlist.Row]{
		Keys:   (*eventlist.Row).Keys,
		HasKey: (*eventlist.Row).HasKey,
		Mark:   func(r *eventlist.Row) span { return eventMark(r) },
		Columns: []table.Column[eventlist.Row]{
			{Title: "TIME", SortKey: -1, Min: 8, Max: 8, Priority: 3, Cell: func(r *eventlist.Row) line { return styled(muted, r.Time.Format(time.TimeOnly)) }},
			{Title: "PORT", SortKey: -1, Min: 5, Max: 5, Priority: 1, Cell: func(r *eventlist.Row) line { return styled(emphasis, strconv.Itoa(int(r.Event.Row.ServerPort()))) }},
			{Title: "WHAT", SortKey: -1, Min: 18, Max: 60, Priority: 2, Cell: eventWhat},
			{Title: "FROM", SortKey: -1, Min: 12, Max: 40, Priority: 4, Cell: eventFrom},
			{Title: "FOR", SortKey: -1, Min: 5, Max: 5, Priority: 5, AlignRight: true, Cell: eventLifetime},
			{Title: "↓", SortKey: -1, Min: 5, Max: 5, Priority: 6, AlignRight: true, Optional: true, Cell: func(r *eventlist.Row) line { return eventBytes(r, r.Received) }},
			{Title: "↑", SortKey: -1, Min: 5, Max: 5, Priority: 7, AlignRight: true, Optional: true, Cell: func(r *eventlist.Row) line { return eventBytes(r, r.Sent) }},
			{Title: "STATE", SortKey: -1, Min: 11, Max: 27, Priority: 8, From: 120, Cell: eventState},
		},
	}
}

// quiet reports whether an event is ordinary: connections that come and go. Color is for
// listeners and debuggers.
func quiet(r *eventlist.Row) bool {
	return r.Event.Row.Socket.Connected() && r.Event.Row.Debugger == ""
}

func eventMark(r *eventlist.Row) span {
	s := markSpan(r.Kind.Mark())
	if quiet(r) {
		s.Role = muted
		if r.ShortLived {
			s.Text = "·"
		}
	}
	return s
}

func eventWhat(r *eventlist.Row) line {
	role := markRole(r.Kind.Mark())
	if quiet(r) {
		role = plain
		if r.ShortLived {
			role = muted
		}
	}
	l := styled(role, ui.EventWhat(&r.Event, r.Count))
	if r.Under {
		l = append(text("  "), l...)
	}
	return l
}

func eventFrom(r *eventlist.Row) line {
	from := ui.EventFrom(&r.Event)
	if from == "" {
		return styled(muted, dash)
	}
	if quiet(r) {
		return styled(muted, from)
	}
	return text(from)
}

func eventState(r *eventlist.Row) line {
	before, now := ui.EventState(&r.Event)
	switch {
	case r.Count > 1:
		return styled(muted, dash)
	case before != "":
		return styled(muted, before+" → ").Add(plain, now)
	}
	return styled(muted, now)
}

func eventLifetime(r *eventlist.Row) line {
	switch {
	case r.Kind != track.EventClosed, r.Lifetime == 0: // the lifetime of a short-lived connection is unknown
		return styled(muted, dash)
	}
	return text(ui.Duration(r.Lifetime))
}

func eventBytes(r *eventlist.Row, n uint64) line {
	if !r.HasBytes {
		return styled(muted, dash)
	}
	return styled(muted, ui.Size(n))
}

// openEvent shows or hides the connections of a folded row.
func (m *Model) openEvent(open bool) tea.Cmd {
	i := m.events.Cursor
	for i > 0 && i < m.events.Len() && m.events.Rows[i].Under {
		i--
	}
	if i >= m.events.Len() {
		return nil
	}
	key := m.events.Rows[i].FoldKey()
	switch {
	case key == 0 && open:
		m.setStatus(plain, "a single event")
		return nil
	case key == 0:
		return nil
	case open:
		if m.fold.events == nil {
			m.fold.events = map[uint64]bool{}
		}
		m.fold.events[key] = true
	default:
		delete(m.fold.events, key)
		m.events.MoveTo(i)
	}
	return tea.Batch(m.relist(), m.followSelection())
}

// openEvents returns the folded rows that are open, for the worker alone.
func (m *Model) openEvents() map[uint64]bool { return maps.Clone(m.fold.events) }
