package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lotop/model"
	"lotop/model/keeplocal"
	"lotop/model/service"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/style"
)

// write returns the lines of the pane, at most width cells wide.
func (d *detailsPane) write(now time.Time, width int, flows func(*sockets.Socket) (flow, bool)) []line {
	w := detailsWriter{lineWriter: lineWriter{width: width}, now: now, data: d.data, flows: flows}
	if d.closed {
		w.paragraph(danger, d.closedText(now)+"; last known state")
		w.blankLine()
	}
	w.endpoints()
	w.blankLine()
	w.event(d.event)
	w.facts()
	w.clients()
	w.otherSockets()
	return w.out
}

// detailsWriter collects the lines of the details.
type detailsWriter struct {
	lineWriter
	now   time.Time
	data  *detailsData
	flows func(*sockets.Socket) (flow, bool)
}

func (w *detailsWriter) heading(title string, n int) {
	w.blankLine()
	w.add(styled(muted, title+" ("+strconv.Itoa(n)+")"))
}

// endpoints adds the owners of each endpoint.
func (w *detailsWriter) endpoints() {
	for i := range w.data.endpoints {
		e := &w.data.endpoints[i]
		if i > 0 {
			w.blankLine()
		}
		if e.title != "" {
			w.add(styled(muted, e.title+"  ").Add(plain, ui.Local(w.data.row.Snapshot, e.socket)))
		}
		w.endpoint(e)
	}
}

func (w *detailsWriter) endpoint(e *endpoint) {
	if len(e.owners) == 0 {
		main, _ := ui.SocketOwner(&w.data.row, e.socket)
		w.add(styled(warning, main))
		return
	}
	p := e.owners[0]
	who := styled(emphasis, ui.ProcessName(p)).Add(plain, " ("+strconv.Itoa(p.PID)+")")
	d := e.details
	if d != nil {
		who = who.Add(plain, "  ").Add(plain, d.User.String())
	}
	if condition := ui.ProcessState(p.State); condition != "" {
		who = who.Add(warning, "  "+condition)
	}
	started := styled(muted, "started "+ui.Age(w.now.Sub(p.Started))+" ago")
	if who.Width()+started.Width()+2 <= w.width {
		who = append(who.Pad(w.width-started.Width()), started...)
	}
	w.add(who)
	if command := p.Command.String(); command != "" {
		w.add(text(style.CutMiddle(command, w.width)))
	}
	if d != nil {
		w.processFacts(d)
	}
	for _, other := range e.owners[1:] {
		w.add(styled(muted, "also owned by ").Add(plain, ui.NameAndPID(other)))
	}
	w.ancestry(e)
}

func (w *detailsWriter) processFacts(d *process.Details) {
	use := styled(muted, "cpu ").Add(plain, ui.Seconds(d.CPU)).Add(muted, "   mem ").Add(plain, ui.Size(d.Memory))
	if folder := d.Cwd.String(); folder != "" {
		in := styled(muted, "in ").Add(plain, style.CutMiddle(folder, w.width-len("in ")))
		if in.Width()+len("   ")+use.Width() <= w.width {
			use = append(in.Add(plain, "   "), use...)
		} else {
			w.add(in)
		}
	}
	w.add(use)
	if exe := d.Executable.String(); exe != "" && !strings.HasPrefix(d.Command.String(), exe) {
		w.add(styled(muted, "program ").Add(plain, style.CutMiddle(exe, w.width-8)))
	}
	if d.Tracer > 0 {
		w.add(styled(warning, "traced by PID "+strconv.Itoa(d.Tracer)))
	}
}

// ancestry adds the ancestors of the process, from init down to it.
func (w *detailsWriter) ancestry(e *endpoint) {
	if len(e.parents) == 0 {
		return
	}
	var chain []string
	for i := len(e.parents) - 1; i >= 0; i-- {
		chain = append(chain, ui.NameAndPID(e.parents[i]))
	}
	chain = append(chain, e.owners[0].Name.String())
	w.fact("started by", plain, strings.Join(chain, " › "))
}

const factIndent = 13

// fact adds a name and its value, wrapped to as many lines as needed.
func (w *detailsWriter) fact(name string, r role, what string) {
	for i, part := range style.WrapWords(what, w.width-factIndent) {
		if i > 0 {
			name = ""
		}
		w.add(styled(muted, name).Pad(factIndent).Add(r, part))
	}
}

// factLine adds a name and a styled value, which is truncated instead of wrapped.
func (w *detailsWriter) factLine(name string, what line) {
	w.add(append(styled(muted, name).Pad(factIndent), what...))
}

// facts adds the properties of the socket itself.
func (w *detailsWriter) facts() {
	r := &w.data.row
	s := r.Socket
	w.exposure(r)
	port := service.ClassOf(s.Local.Port()).String()
	if service := service.Name(s.Protocol, s.Local.Port()); service != "" {
		port += " · " + service
	}
	w.fact("port", plain, port)
	if r.Debugger != "" {
		w.fact("debugger", plain, r.Debugger)
	}
	if place := ui.Unit(r, s); place != "" {
		w.fact("part of", plain, place)
	}
	if s.State == sockets.Listen && s.HasQueue {
		queue := strconv.Itoa(int(s.RecvQueue)) + " of " + strconv.Itoa(int(s.SendQueue)) + " in accept queue"
		role := plain
		if s.RecvQueue > s.SendQueue { // the queue holds one more connection than the limit
			role, queue = danger, queue+": full, new connections are delayed"
		}
		w.fact("queue", role, queue)
	} else if s.HasQueue && s.RecvQueue+s.SendQueue > 0 {
		w.fact("buffers", plain, ui.Size(uint64(s.RecvQueue))+" unread, "+ui.Size(uint64(s.SendQueue))+" unacknowledged")
	}
	if f, ok := w.flows(s); ok {
		w.factLine("traffic", f.summary())
		second := line{}
		if len(f.history) > 1 {
			second = styled(accent, sparkline(f.history)).Add(plain, "   ")
		}
		if f.rtt > 0 {
			second = second.Add(muted, "round trip ").Add(plain, ui.Millis(f.rtt))
		}
		if len(second) > 0 {
			w.factLine("", second)
		}
	}
	if s.Timer != sockets.NoTimer {
		w.fact("timer", plain, strings.ReplaceAll(s.Timer.String(), "_", " ")+", "+ui.TimeLeft(s)+" left")
	}
	if s.Connected() && s.Local == s.Remote {
		w.fact("note", warning, "self-connect: the client was assigned the port it kept retrying")
	}
}

func (w *detailsWriter) exposure(r *model.Row) {
	s := r.Socket
	switch {
	case s.Connected():
		w.fact("connected", plain, ui.RemoteText(r))
		return
	case s.State == sockets.Bound:
		w.fact("reachable", plain, "no: bound, not listening")
		return
	}
	name := "open to"
	for _, l := range ui.OpenTo(r, adviceFor(r), w.width-factIndent) {
		w.factLine(name, l)
		name = ""
	}
}

// adviceFor returns how the row's server is kept to this machine.
func adviceFor(r *model.Row) string {
	p := r.Owner(r.Socket)
	switch {
	case p == nil:
		return ""
	case r.Debugger != "":
		return keeplocal.DebugServer(p)
	}
	return keeplocal.Advice(p)
}

func (w *detailsWriter) clients() {
	if len(w.data.clients) == 0 {
		return
	}
	w.heading("clients", int(w.data.row.Clients))
	for i := range w.data.clients {
		c := &w.data.clients[i]
		who := "another machine"
		switch {
		case c.Peer == nil && c.InScope():
			who = "unknown"
		case c.Peer != nil:
			who, _ = ui.SocketOwner(c, c.Peer)
			if p := c.Owner(c.Peer); p != nil {
				who = ui.NameAndPID(p)
			}
		}
		l := text("  "+who).Fit(min(28, w.width/2)).Add(plain, "  "+ui.Remote(c.Snapshot, c.Socket))
		if c.Socket.NoOwner == sockets.NotAccepted {
			l = l.Add(warning, "  in accept queue")
		} else {
			l = l.Add(muted, "  "+ui.RowAge(c, w.now))
		}
		if f, ok := w.flows(c.Socket); ok && f.measured {
			rates := slices.Clone(l).Add(accent, "  "+sparkline(f.history)).Add(muted, "  "+rateText(f.inRate)+"/s ↓  "+rateText(f.outRate)+"/s ↑")
			if rates.Width() <= w.width {
				l = rates
			}
		}
		w.add(l)
	}
}

func (w *detailsWriter) otherSockets() {
	if len(w.data.otherSockets) == 0 {
		return
	}
	w.heading("other sockets", len(w.data.otherSockets))
	for i := range w.data.otherSockets {
		r := &w.data.otherSockets[i]
		l := styled(muted, "  "+r.Socket.Protocol.String()+" ").Add(plain, ui.Local(r.Snapshot, r.Socket)+" ")
		if r.Socket.Connected() {
			l = l.Add(plain, ui.RemoteText(r)+" ")
		}
		l = l.Add(muted, r.Socket.State.String())
		if r.Debugger != "" {
			l = l.Add(warning, "  debugger ("+r.Debugger+")")
		}
		w.add(l)
	}
}
