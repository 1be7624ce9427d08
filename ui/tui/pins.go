package tui

import (
	"os"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/portlist"
	"lotop/model/query"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
)

// pin is a pinned row: it stays on top, also after it has closed.
type pin struct {
	row    model.Row // as last seen
	closed time.Time // when a read found it closed, zero while it is open
}

// pins are the pinned rows. They belong to the worker; the screen requests changes
// and receives copies.
type pins struct {
	all   []pin
	query *query.Query // selects sockets without a remote address to pin automatically, nil for none
}

func (p *pins) find(r *model.Row) int {
	return slices.IndexFunc(p.all, func(k pin) bool { return k.row.Has(r.Socket.ID) || r.Has(k.row.Socket.ID) })
}

// toggle pins a row, or unpins it.
func (p *pins) toggle(r *model.Row) {
	if i := p.find(r); i >= 0 {
		p.all = slices.Delete(p.all, i, i+1)
		return
	}
	p.all = append(p.all, pin{row: r.Clone()})
}

// arrange moves the pinned rows to the top, in the order in which they were pinned.
// Those that closed are added as last seen.
func (p *pins) arrange(rows []model.Row, m *track.Tracker, now time.Time) []model.Row {
	for i := range rows {
		p.pinMatch(&rows[i])
	}
	if len(p.all) == 0 {
		return rows
	}
	p.refresh(m, now)
	rest := slices.DeleteFunc(rows, func(r model.Row) bool { return p.find(&r) >= 0 })
	top := make([]model.Row, 0, len(p.all)+len(rest))
	for i := range p.all {
		top = append(top, p.all[i].row)
	}
	return append(top, rest...)
}

// arrangePorts is arrange for the Ports view, where the connections below a port move
// with it.
func (p *pins) arrangePorts(rows []portlist.Row, m *track.Tracker, now time.Time) []portlist.Row {
	for i := range rows {
		if rows[i].Kind == portlist.Port {
			p.pinMatch(&rows[i].Row)
		}
	}
	if len(p.all) == 0 {
		return rows
	}
	p.refresh(m, now)
	top := make([]portlist.Row, 0, len(p.all)+len(rows))
	for i := range p.all {
		at := slices.IndexFunc(rows, func(r portlist.Row) bool { return r.HasKey(uint64(p.all[i].row.Socket.ID)) })
		if at < 0 {
			kind := portlist.Port
			if p.all[i].row.Socket.Connected() {
				kind = portlist.Connection
			}
			top = append(top, portlist.Row{Row: p.all[i].row, Kind: kind, Alone: kind == portlist.Connection})
			continue
		}
		end := at + 1
		for rows[at].Kind != portlist.Connection && end < len(rows) && rows[end].Kind == portlist.Connection && !rows[end].Alone {
			end++
		}
		top = append(top, rows[at:end]...)
		rows = slices.Delete(rows, at, end)
	}
	return append(top, rows...)
}

// refresh finds the pinned rows in the newest snapshot.
func (p *pins) refresh(m *track.Tracker, now time.Time) {
	for i := range p.all {
		k := &p.all[i]
		if r, ok := m.Find(k.row.Socket.ID); ok {
			k.row, k.closed = r.Clone(), time.Time{}
			continue
		}
		if k.closed.IsZero() {
			k.closed = now
		}
		k.row.Mark = model.Closed
	}
}

// pinMatch pins a row that the query selects. Events of connections are reported by
// matching; pinned, they would fill the screen.
func (p *pins) pinMatch(r *model.Row) {
	if p.query != nil && r.Mark != model.Closed && !r.Socket.Connected() && p.query.Match(r) && p.find(r) < 0 {
		p.all = append(p.all, pin{row: r.Clone()})
	}
}

// matching returns the events of pinned rows, and of the clients of pinned
// listeners.
func (p *pins) matching(events []track.Event) []track.Event {
	var all []track.Event
	for i := range events {
		e := &events[i]
		own := p.find(&e.Row) >= 0
		client := e.Row.Listener != nil && slices.ContainsFunc(p.all, func(k pin) bool { return k.row.Has(e.Row.Listener.ID) })
		if own || client || p.query != nil && p.query.Match(&e.Row) {
			all = append(all, *e)
		}
	}
	return all
}

// pinClosedAt returns when a pinned row closed, zero if it is open; ok reports
// whether the row is pinned.
func (m *Model) pinClosedAt(id sockets.ID) (closed time.Time, ok bool) {
	for i := range m.latest.pins {
		if m.latest.pins[i].row.Has(id) {
			return m.latest.pins[i].closed, true
		}
	}
	return time.Time{}, false
}

// togglePin pins the marked rows or the selected one, or unpins them.
func (m *Model) togglePin() tea.Cmd {
	rows := m.rowsForKey()
	if len(rows) == 0 {
		return nil
	}
	if len(rows) > 1 {
		return m.pinMarked(rows)
	}
	r := rows[0]
	name := ui.Local(r.Snapshot, r.Socket)
	if _, ok := m.pinClosedAt(r.Socket.ID); ok {
		m.setStatus(plain, name+" unpinned")
	} else {
		m.setStatus(success, name+" pinned: changes ring the bell")
	}
	m.pinRequests = append(m.pinRequests, r.Clone())
	return m.rearrange()
}

// notifyPins reports events of pinned rows: in the status line, by the bell, and as
// a desktop notification if the terminal supports it.
func (m *Model) notifyPins(news []track.Event) tea.Cmd {
	if len(news) == 0 {
		return nil
	}
	words := eventText(&news[len(news)-1])
	if more := len(news) - 1; more > 0 {
		words += "  (and " + ui.Count(more, "other change") + ")"
	}
	m.setStatus(warning, "◆ "+words)
	return tea.Raw("\a" + desktopNotification(words, os.Getenv))
}

// eventText describes an event in one sentence.
func eventText(e *track.Event) string {
	main, more := ui.Owner(&e.Row)
	words := e.Time.Format(time.TimeOnly) + " " + e.Kind.String() + " " + ui.Local(e.Row.Snapshot, e.Row.Socket)
	if e.Row.Socket.Connected() {
		words += " " + ui.RemoteText(&e.Row)
	}
	return words + "  " + strings.TrimSpace(main+" "+more)
}

// desktopNotification returns the escape sequence of a desktop notification for
// terminals that are known to support one: OSC 777 (rxvt-unicode, foot, VTE) or OSC
// 9.
func desktopNotification(text string, getenv func(string) string) string {
	text = strings.ReplaceAll(text, ";", ",")
	term, program := getenv("TERM"), getenv("TERM_PROGRAM")
	switch {
	case strings.HasPrefix(term, "rxvt") || strings.HasPrefix(term, "foot"):
		return "\x1b]777;notify;lotop;" + text + "\x1b\\"
	case program == "iTerm.app" || program == "WezTerm" || program == "ghostty" || term == "xterm-kitty" || term == "xterm-ghostty":
		return "\x1b]9;lotop: " + text + "\x1b\\"
	}
	return ""
}
