package tui

import (
	"slices"
	"strconv"
	"strings"

	"lotop/model"
	"lotop/sockets"
	"lotop/ui"
)

// isClient reports whether a listener's connection is in use or will be, and not closing.
func isClient(r *model.Row) bool {
	switch r.Socket.State {
	case sockets.Established, sockets.CloseWait, sockets.SynRecv:
		return true
	}
	return false
}

func cloneSome(rows []model.Row, wanted func(*model.Row) bool) []model.Row {
	var kept []model.Row
	for i := range rows {
		if !wanted(&rows[i]) {
			continue
		}
		if len(kept) == maxDetailRows {
			break
		}
		kept = append(kept, rows[i].Clone())
	}
	return kept
}

// programsOf adds the names of the programs at the other end of connections, each once.
func programsOf(names []string, clients []model.Row) []string {
	for i := range clients {
		if !isClient(&clients[i]) {
			continue
		}
		if name := clientName(&clients[i]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// clientName names the program at the other end of a listener's connection.
func clientName(c *model.Row) string {
	switch {
	case c.Peer == nil && c.InScope():
		return "unknown"
	case c.Peer == nil:
		return "another machine"
	}
	if p := c.Owner(c.Peer); p != nil {
		return ui.NameAndPID(p)
	}
	who, _ := ui.SocketOwner(c, c.Peer)
	return who
}

// clients adds who is connected: the programs of a port, otherwise each connection of
// a listener.
func (w *detailsWriter) clients() {
	switch {
	case w.data.port != nil && w.data.row.Socket.State == sockets.Listen:
		w.programs()
	case len(w.data.clients) > 0:
		w.clientList()
	}
}

// name names a client of a port; another machine by its address.
func (c *clientProgram) name() string {
	if c.process == nil && !c.row.InScope() {
		return c.row.Socket.Remote.Addr().String()
	}
	return clientName(&c.row)
}

func (w *detailsWriter) programs() {
	all := w.data.programs
	if len(all) == 0 {
		w.factLine("clients", styled(muted, "none"))
		return
	}
	if w.compact {
		w.compactPrograms()
		return
	}
	total, names, counts := w.data.more, 0, 0
	for i := range all {
		total += len(all[i].ids)
		names = max(names, text(all[i].name()).Width())
		counts = max(counts, len(ui.Count(len(all[i].ids), "connection")))
	}
	const others = len("    1m  100K/s")
	count := func(n int) string { return ui.Count(n, "connection") }
	room := w.width - w.indent - others
	if names+counts > room {
		count, counts = func(n int) string { return "×" + strconv.Itoa(n) }, len("×")+len(strconv.Itoa(total))-1
	}
	names = min(names, max(room-counts, 12))
	label := "clients " + strconv.Itoa(total)
	for i := range all {
		c := &all[i]
		l := text(c.name()).Fit(names).Add(muted, "  "+count(len(c.ids))).Pad(names + 2 + counts)
		l = l.Add(muted, "  "+ui.RowAge(&c.row, w.now)).Pad(names + 2 + counts + 5)
		if c.queued > 0 {
			l = l.Add(warning, "  "+strconv.Itoa(c.queued)+" in accept queue")
		} else if f, ok := sumFlows(c.ids, w.flows); ok && f.measured {
			l = l.Add(muted, "  "+perSecond(f.inRate+f.outRate))
		}
		w.factLine(label, l)
		label = ""
	}
	if w.data.more > 0 {
		w.factLine("", styled(muted, "and "+ui.Count(w.data.more, "connection")+" of other programs"))
	}
}

// compactPrograms writes the clients one after the other.
func (w *detailsWriter) compactPrograms() {
	var parts []line
	for i := range w.data.programs {
		c := &w.data.programs[i]
		l := text(c.name())
		if n := len(c.ids); n > 1 {
			l = l.Add(plain, " ×"+strconv.Itoa(n))
		}
		if c.queued > 0 {
			l = l.Add(warning, "  "+strconv.Itoa(c.queued)+" in accept queue")
		}
		parts = append(parts, l.Add(muted, "  "+ui.RowAge(&c.row, w.now)))
	}
	w.factLine("clients", w.joined(parts, "     "))
}

// joined puts parts one after the other, as many as there is room for, and the number of
// the others.
func (w *detailsWriter) joined(parts []line, sep string) line {
	var l line
	for i, p := range parts {
		rest := ""
		if n := len(parts) - i - 1; n > 0 {
			rest = sep + "+" + strconv.Itoa(n)
		}
		if i > 0 && l.Width()+len(sep)+p.Width()+len(rest) > w.width-w.indent {
			return l.Add(muted, sep+"+"+strconv.Itoa(len(parts)-i))
		}
		if i > 0 {
			l = l.Add(plain, sep)
		}
		l = append(l, p...)
	}
	return l
}

// clientList adds each connection of a listener.
func (w *detailsWriter) clientList() {
	w.heading("clients", int(w.data.row.Clients))
	for i := range w.data.clients {
		c := &w.data.clients[i]
		l := text("  "+clientName(c)).Fit(min(28, w.width/2)).Add(plain, "  "+ui.Remote(c.Snapshot, c.Socket))
		if c.Socket.NoOwner == sockets.NotAccepted {
			l = l.Add(warning, "  in accept queue")
		} else {
			l = l.Add(muted, "  "+ui.RowAge(c, w.now))
		}
		if f, ok := w.flows[c.Socket.ID]; ok && f.measured {
			rates := slices.Clone(l).Add(accent, "  "+sparkline(f.history)).Add(muted, "  ↓ "+perSecond(f.inRate)+"  ↑ "+perSecond(f.outRate))
			if rates.Width() <= w.width {
				l = rates
			}
		}
		w.add(l)
	}
	w.blankLine()
}

// alsoHolds adds what else the process listens on or has bound, and who is connected
// there.
func (w *detailsWriter) alsoHolds() {
	var parts []line
	for i := range w.data.held {
		h := &w.data.held[i]
		r := &h.row
		l := text(strconv.Itoa(int(r.Socket.Local.Port())))
		if !w.compact {
			l = l.Pad(5)
		}
		if r.Socket.Protocol != sockets.TCP {
			l = l.Add(muted, " "+r.Socket.Protocol.String())
		}
		switch {
		case r.Debugger != "":
			l = l.Add(accent, " ◇ "+r.Debugger)
		case r.Exposed():
			l = l.Add(danger, " ⚠")
		}
		if r.Debugger == "" && !w.compact {
			l = l.Add(muted, " "+h.place())
		}
		if r.Socket.State == sockets.Bound {
			l = l.Add(muted, " bound")
		}
		if len(h.clients) > 0 {
			l = l.Add(muted, " ← ").Add(plain, strings.Join(h.clients, ", "))
		}
		parts = append(parts, l)
	}
	switch {
	case len(parts) == 0:
	case w.compact:
		w.factLine("also", w.joined(parts, "   "))
	default:
		w.blankLine()
		for i, l := range parts {
			w.factLine([]string{"also holds", ""}[min(i, 1)], l)
		}
	}
}

// place returns where the socket and its twin listen.
func (h *heldSocket) place() string {
	switch {
	case !h.twin:
		return ui.Host(h.row.Snapshot, h.row.Socket)
	case h.row.Socket.Local.Addr().IsLoopback():
		return "localhost"
	}
	return "every"
}

// connections adds the connections of the process.
func (w *detailsWriter) connections() {
	if len(w.data.otherSockets) == 0 {
		return
	}
	w.heading("connections", len(w.data.otherSockets))
	for i := range w.data.otherSockets {
		r := &w.data.otherSockets[i]
		l := styled(muted, "  "+r.Socket.Protocol.String()+"  ").Add(plain, ui.RemoteText(r))
		if r.Peer != nil {
			l = l.Add(plain, "  "+clientName(r))
		}
		if r.Socket.State != sockets.Established {
			l = l.Add(muted, "  "+r.Socket.State.String())
		}
		w.add(l)
	}
}
