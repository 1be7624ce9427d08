package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
	"lotop/ui/style"
	"lotop/ui/tui/table"
)

const dash = ui.Dash

// markSpan returns the sign in the gutter, which repeats in text what the color of
// the row shows.
func markSpan(m model.Mark) span {
	switch m {
	case model.New:
		return span{Text: "+", Role: success}
	case model.Changed:
		return span{Text: "~", Role: warning}
	case model.Closed:
		return span{Text: "-", Role: danger}
	}
	return span{Text: " "}
}

// markRole returns the color of a whole row.
func markRole(m model.Mark) role {
	switch m {
	case model.New:
		return success
	case model.Changed:
		return warning
	case model.Closed:
		return danger
	}
	return plain
}

// newRowTable returns the table of sockets. now is called for the ages, flows for
// the traffic of a connection, and pinned for when a pinned row closed.
func newRowTable(now func() time.Time, flows func(*sockets.Socket) (flow, bool), pinned func(sockets.ID) (time.Time, bool)) table.Table[model.Row] {
	return table.Table[model.Row]{
		Keys:   rowKeys,
		HasKey: func(r *model.Row, key uint64) bool { return r.Has(sockets.ID(key)) },
		Mark:   func(r *model.Row) span { return rowMark(r, pinned) },
		Columns: []table.Column[model.Row]{
			{Name: "proto", Title: "PROTO", SortKey: int(model.ByProto), Min: 5, Max: 5, Priority: 6, Cell: protoCell},
			{Name: "local", Title: "LOCAL", SortKey: int(model.ByLocal), Min: 15, Max: 50, Priority: 1, Cell: localCell, Pivot: localPivot, Shorten: shortenHost},
			{Name: "remote", Title: "REMOTE / CLIENTS", SortKey: int(model.ByRemote), Min: 17, Max: 50, Priority: 4, Cell: remoteCell, Pivot: remotePivot, Shorten: shortenHost},
			{Name: "state", Title: "STATE", SortKey: int(model.ByState), Min: 11, Max: 14, Priority: 3, Cell: stateCell, Shorten: shortenState},
			{Name: "pid", Title: "PID", SortKey: int(model.ByPID), Min: 5, Max: 8, Priority: 5, AlignRight: true, Cell: pidCell},
			{Name: "process", Title: "PROCESS", SortKey: int(model.ByProcess), Min: 15, Max: 60, Priority: 2, Cell: func(r *model.Row) line { return processCell(r, now(), pinned) }},
			{Name: "age", Title: "AGE", SortKey: int(model.ByAge), Min: 4, Max: 4, Priority: 7, AlignRight: true, Cell: func(r *model.Row) line { return ageCell(r, now()) }},
			{Name: "in", Title: "IN/s", SortKey: -1, Min: 4, Max: 5, Priority: 8, AlignRight: true, Optional: true, Cell: rateCell(flows, func(f *flow) float64 { return f.inRate })},
			{Name: "out", Title: "OUT/s", SortKey: -1, Min: 5, Max: 5, Priority: 9, AlignRight: true, Optional: true, Cell: rateCell(flows, func(f *flow) float64 { return f.outRate })},
			{Name: "user", Title: "USER", SortKey: int(model.ByUser), Min: 6, Max: 12, Priority: 10, Cell: userCell},
			{Name: "command", Title: "COMMAND", SortKey: -1, Min: 30, Priority: 11, Cell: commandCell, Shorten: shortenMiddle},
		},
	}
}

// rowKeys returns the IDs of the sockets in a row.
func rowKeys(r *model.Row) [2]uint64 {
	if r.Folded {
		return [2]uint64{uint64(r.Socket.ID), uint64(r.Peer.ID)}
	}
	return [2]uint64{uint64(r.Socket.ID)}
}

func protoCell(r *model.Row) line { return styled(muted, r.Socket.Protocol.String()) }

func localCell(r *model.Row) line {
	l := styled(markRole(r.Mark), ui.Local(r.Snapshot, r.Socket))
	if r.Exposed() {
		l = l.Add(danger, " ⚠")
	}
	return l
}

// localPivot returns the cells before the colon, which are aligned so that ports are
// one below the other.
func localPivot(r *model.Row) int { return style.Width(ui.Host(r.Snapshot, r.Socket)) }

func remoteCell(r *model.Row) line {
	switch s := r.Socket; {
	case s.Connected():
		return styled(markRole(r.Mark), ui.RemoteText(r))
	case r.Clients > 0:
		return text(ui.RemoteText(r))
	}
	return styled(muted, ui.RemoteText(r))
}

func remotePivot(r *model.Row) int {
	if !r.Socket.Connected() || r.Socket.Local == r.Socket.Remote {
		return -1
	}
	far := ui.RemoteText(r)
	for i := len(far) - 1; i >= 0; i-- {
		if far[i] == ':' {
			return style.Width(far[:i])
		}
	}
	return -1
}

func stateCell(r *model.Row) line {
	role := markRole(r.Mark)
	if r.Socket.State == sockets.TimeWait && role == plain {
		role = muted
	}
	return styled(role, ui.State(r.Socket))
}

// shortenState drops the remaining time of a TIME_WAIT socket: a truncated number
// would be a wrong one.
func shortenState(l line, width int) line {
	state, _, _ := strings.Cut(l[0].Text, " ")
	return styled(l[0].Role, state).Cut(width)
}

func pidCell(r *model.Row) line {
	pid := ui.PID(r)
	if pid == dash {
		return styled(muted, pid)
	}
	return text(pid)
}

// rowMark returns the sign in the gutter. A pinned row without a change has a sign
// too.
func rowMark(r *model.Row, pinned func(sockets.ID) (time.Time, bool)) span {
	if _, ok := pinned(r.Socket.ID); ok && r.Mark == model.Unmarked {
		return span{Text: "◆", Role: accent}
	}
	return markSpan(r.Mark)
}

func processCell(r *model.Row, now time.Time, pinned func(sockets.ID) (time.Time, bool)) line {
	if closed, ok := pinned(r.Socket.ID); ok && !closed.IsZero() {
		main, _ := ui.Owner(r)
		return styled(danger, "closed "+ui.Age(now.Sub(closed))+" ago").Add(muted, "  was "+main)
	}
	main, more := ui.Owner(r)
	role := markRole(r.Mark)
	if role == plain && len(r.Socket.Owners) == 0 {
		role = muted
	}
	l := styled(role, main)
	if more != "" {
		l = l.Add(muted, " "+more)
	}
	return l
}

// ageCell returns the age, muted if it is only an upper bound.
func ageCell(r *model.Row, now time.Time) line {
	age := ui.RowAge(r, now)
	if r.FirstSeenExact {
		return text(age)
	}
	return styled(muted, age)
}

// rateCell returns the rate of one direction of a connection, or a dash if it is not
// measured.
func rateCell(flows func(*sockets.Socket) (flow, bool), of func(*flow) float64) func(*model.Row) line {
	return func(r *model.Row) line {
		f, ok := flows(r.Socket)
		switch {
		case !ok || !f.measured:
			return styled(muted, dash)
		case of(&f) < 0.5:
			return styled(muted, "·")
		}
		return text(rateText(of(&f)))
	}
}

func userCell(r *model.Row) line {
	if user := ui.User(r, r.Socket); user != "" {
		return text(user)
	}
	return styled(muted, dash)
}

func commandCell(r *model.Row) line {
	if p := r.Owner(r.Socket); p != nil {
		return styled(muted, p.Command.String())
	}
	return styled(muted, dash)
}

// shortenHost truncates the host, so that the port stays readable.
func shortenHost(l line, width int) line {
	address := l[0].Text
	colon := strings.LastIndexByte(address, ':')
	rest := l.Width() - style.Width(address)
	room := width - rest - (len(address) - colon)
	if colon < 0 || room < 3 {
		return l.Cut(width)
	}
	short := slices.Clone(l)
	short[0].Text = ansi.Truncate(address[:colon], room, "…") + address[colon:]
	return short
}

func shortenMiddle(l line, width int) line {
	return styled(l[0].Role, style.CutMiddle(l[0].Text, width))
}
