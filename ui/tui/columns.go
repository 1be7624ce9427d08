package tui

import (
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"lotop/model"
	"lotop/model/track"
	"lotop/sockets"
	"lotop/ui"
)

const dash = ui.Dash

// markSpan is the sign in the gutter: what the colour says, for those who do
// not see colours.
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

// markRole is the colour of a whole row.
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

// newRowTable makes the table of sockets. now is asked for ages.
func newRowTable(now func() time.Time, flows func(*sockets.Socket) (flow, bool), pinned func(sockets.ID) (time.Time, bool)) table[model.Row] {
	return table[model.Row]{
		keys:   rowKeys,
		hasKey: func(r *model.Row, key uint64) bool { return r.Has(sockets.ID(key)) },
		mark:   func(r *model.Row) span { return rowMark(r, pinned) },
		columns: []column[model.Row]{
			{name: "proto", title: "PROTO", sort: int(model.ByProto), min: 5, max: 5, priority: 6, cell: protoCell},
			{name: "local", title: "LOCAL", sort: int(model.ByLocal), min: 15, max: 50, priority: 1, cell: localCell, pivot: localPivot, shorten: shortenHost},
			{name: "remote", title: "REMOTE / CLIENTS", sort: int(model.ByRemote), min: 17, max: 50, priority: 4, cell: remoteCell, pivot: remotePivot, shorten: shortenHost},
			{name: "state", title: "STATE", sort: int(model.ByState), min: 11, max: 11, priority: 3, cell: stateCell},
			{name: "pid", title: "PID", sort: int(model.ByPID), min: 5, max: 8, priority: 5, right: true, cell: pidCell},
			{name: "process", title: "PROCESS", sort: int(model.ByProcess), min: 15, max: 60, priority: 2, cell: func(r *model.Row) line { return processCell(r, now(), pinned) }},
			{name: "age", title: "AGE", sort: int(model.ByAge), min: 4, max: 4, priority: 7, right: true, cell: func(r *model.Row) line { return ageCell(r, now()) }},
			{name: "in", title: "IN/s", sort: -1, min: 4, max: 5, priority: 8, right: true, optional: true, cell: rateCell(flows, func(f *flow) float64 { return f.inRate })},
			{name: "out", title: "OUT/s", sort: -1, min: 5, max: 5, priority: 9, right: true, optional: true, cell: rateCell(flows, func(f *flow) float64 { return f.outRate })},
			{name: "user", title: "USER", sort: int(model.ByUser), min: 6, max: 12, priority: 10, cell: userCell},
			{name: "command", title: "COMMAND", sort: -1, min: 30, priority: 11, cell: commandCell, shorten: shortenMiddle},
		},
	}
}

// rowKeys are the sockets that a row stands for.
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

// localPivot lines addresses up at their colon, so that ports stand under each
// other.
func localPivot(r *model.Row) int { return ui.Width(ui.Host(r.Snapshot, r.Socket)) }

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
			return ui.Width(far[:i])
		}
	}
	return -1
}

func stateCell(r *model.Row) line {
	role := markRole(r.Mark)
	if r.Socket.State == sockets.TimeWait && role == plain {
		role = warning
	}
	return styled(role, r.Socket.State.String())
}

func pidCell(r *model.Row) line {
	pid := ui.PID(r)
	if pid == dash {
		return styled(muted, pid)
	}
	return text(pid)
}

// rowMark is the sign in the gutter; a pinned row that nothing happens to has
// one as well.
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

// ageCell shows dim what is only known to be at most so old.
func ageCell(r *model.Row, now time.Time) line {
	age := ui.RowAge(r, now)
	if r.FirstSeenExact {
		return text(age)
	}
	return styled(muted, age)
}

// rateCell writes one direction of a connection's traffic, a dash where it is
// not measured.
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

// shortenHost takes from the host what has no room: the port is what people
// look for.
func shortenHost(l line, width int) line {
	address := l[0].Text
	colon := strings.LastIndexByte(address, ':')
	rest := l.Width() - ui.Width(address)
	room := width - rest - (len(address) - colon)
	if colon < 0 || room < 3 {
		return l.Cut(width)
	}
	short := slices.Clone(l)
	short[0].Text = ansi.Truncate(address[:colon], room, "…") + address[colon:]
	return short
}

func shortenMiddle(l line, width int) line {
	return styled(l[0].Role, ui.CutMiddle(l[0].Text, width))
}

// newEventTable makes the table of what has happened.
func newEventTable() table[track.Event] {
	return table[track.Event]{
		keys:   func(e *track.Event) [2]uint64 { return [2]uint64{e.Seq} },
		hasKey: func(e *track.Event, key uint64) bool { return e.Seq == key },
		mark:   func(e *track.Event) span { return markSpan(e.Kind.Mark()) },
		columns: []column[track.Event]{
			{title: "TIME", sort: -1, min: 8, max: 8, priority: 3, cell: func(e *track.Event) line { return styled(muted, e.Time.Format(time.TimeOnly)) }},
			{title: "EVENT", sort: -1, min: 7, max: 7, priority: 4, cell: func(e *track.Event) line { return styled(markRole(e.Kind.Mark()), e.Kind.String()) }},
			{title: "PROTO", sort: -1, min: 5, max: 5, priority: 8, cell: func(e *track.Event) line { return protoCell(&e.Row) }},
			{title: "LOCAL", sort: -1, min: 15, max: 50, priority: 1, cell: func(e *track.Event) line { return text(ui.Local(e.Row.Snapshot, e.Row.Socket)) }, pivot: func(e *track.Event) int { return localPivot(&e.Row) }, shorten: shortenHost},
			{title: "REMOTE", sort: -1, min: 17, max: 50, priority: 5, cell: eventRemote, pivot: func(e *track.Event) int { return remotePivot(&e.Row) }, shorten: shortenHost},
			{title: "STATE", sort: -1, min: 11, max: 27, priority: 6, cell: eventState},
			{title: "PROCESS", sort: -1, min: 14, max: 60, priority: 2, cell: eventProcess},
			{title: "IN", sort: -1, min: 4, max: 5, priority: 9, right: true, optional: true, cell: func(e *track.Event) line { return eventBytes(e, e.Received) }},
			{title: "OUT", sort: -1, min: 4, max: 5, priority: 10, right: true, optional: true, cell: func(e *track.Event) line { return eventBytes(e, e.Sent) }},
			{title: "LIVED", sort: -1, min: 5, max: 5, priority: 7, right: true, cell: eventLifetime},
		},
	}
}

func eventRemote(e *track.Event) line {
	if !e.Row.Socket.Connected() {
		return styled(muted, dash)
	}
	return text(ui.RemoteText(&e.Row))
}

func eventState(e *track.Event) line {
	before, now := ui.EventState(e)
	switch {
	case e.ShortLived:
		return styled(muted, now) // it came and went between two looks
	case before != "":
		return styled(muted, before+" → ").Add(plain, now)
	}
	return text(now)
}

func eventProcess(e *track.Event) line {
	main, more := ui.Owner(&e.Row)
	l := text(main)
	if more != "" {
		l = l.Add(muted, " "+more)
	}
	return l
}

func eventLifetime(e *track.Event) line {
	switch {
	case e.Kind != track.EventClosed, e.Lifetime == 0: // of an unseen one it is only known to be short
		return styled(muted, dash)
	}
	return text(ui.Duration(e.Lifetime))
}

func eventBytes(e *track.Event, n uint64) line {
	if !e.HasBytes {
		return styled(muted, dash)
	}
	return text(ui.Size(n))
}

// Columns are the names of the columns of the table, from left to right as they
// stand without a choice.
func Columns() []string {
	var all []string
	for _, c := range newRowTable(nil, nil, nil).columns {
		all = append(all, c.name)
	}
	return all
}
