package tui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"lotop/model"
	"lotop/model/keeplocal"
	"lotop/model/portlist"
	"lotop/model/service"
	"lotop/sockets"
	"lotop/ui"
	"lotop/ui/style"
)

// detailsInput is what the lines of the pane are made from besides its data.
type detailsInput struct {
	now     time.Time
	cells   int  // width of a line
	compact bool // there are few lines, but long ones
	flows   map[sockets.ID]flow
	why     *diagnosisResult // of the port, nil if it is not known
	freeKey string           // frees the port, empty if there is no such key
}

// write returns the lines of the pane, at most width cells wide.
func (d *detailsPane) write(in *detailsInput) []line {
	w := detailsWriter{lineWriter: lineWriter{width: in.cells}, detailsInput: in, indent: 13, data: d.data}
	if w.compact {
		w.indent = 10
	}
	if d.closed {
		w.paragraph(danger, d.closedText(in.now)+"; last known state")
		if !w.compact {
			w.blankLine()
		}
	}
	w.endpoints()
	if !w.compact {
		w.blankLine()
	}
	w.event(d.event)
	w.exposure(&d.data.row)
	if !w.compact && d.data.port != nil {
		w.blankLine()
	}
	w.clients()
	w.traffic()
	w.waiting()
	w.facts()
	w.alsoHolds()
	w.portState()
	w.connections()
	return w.out
}

// detailsWriter collects the lines of the details.
type detailsWriter struct {
	lineWriter
	*detailsInput
	indent int // column of the values
	data   *detailsData
}

func (w *detailsWriter) heading(title string, n int) {
	w.blankLine()
	w.add(styled(muted, strings.ToUpper(title)+" "+strconv.Itoa(n)))
}

// fact adds a name and its value, wrapped to as many lines as needed.
func (w *detailsWriter) fact(name string, r role, what string) {
	for i, part := range style.WrapWords(what, w.width-w.indent) {
		if i > 0 {
			name = ""
		}
		w.factLine(name, styled(r, part))
	}
}

// factLine adds a name and a styled value, which is truncated instead of wrapped.
func (w *detailsWriter) factLine(name string, what line) {
	w.add(append(styled(muted, strings.ToUpper(name)).Pad(w.indent), what...))
}

// exposure adds from where the socket can be reached.
func (w *detailsWriter) exposure(r *model.Row) {
	s := r.Socket
	switch {
	case s.Connected():
		w.fact("connected", plain, ui.RemoteText(r))
		return
	case s.State == sockets.Bound:
		w.fact("open to", plain, "no: bound, not listening")
		return
	}
	room := w.width - w.indent
	if w.compact {
		room = 0
	}
	var lines []line
	if w.data.port != nil {
		lines = ui.OpenToPort(w.data.port, adviceFor(r), room)
	} else {
		lines = ui.OpenTo(r, adviceFor(r), room)
	}
	if w.compact {
		w.factLine("open to", shortReach(r, lines))
		return
	}
	name := "open to"
	for _, l := range lines {
		w.factLine(name, l)
		name = ""
	}
}

// shortReach puts who reaches a socket and its first address on one line.
func shortReach(r *model.Row, lines []line) line {
	if len(lines) == 0 {
		return styled(muted, dash)
	}
	first := lines[0]
	if r.Reach != model.ReachNetwork || len(lines) < 2 {
		return first
	}
	short := styled(danger, strings.Replace(first.String(), " that can reach this one", "", 1))
	return short.Add(plain, "  "+lines[1][0].Text)
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

// traffic adds that of the connection, or of all connections of the port together.
func (w *detailsWriter) traffic() {
	ids := w.data.measured
	if w.data.row.Socket.Connected() {
		ids = []sockets.ID{w.data.row.Socket.ID}
	}
	if n := w.connectionCount(); n > portlist.MaxMeasured {
		w.fact("traffic", muted, "not measured: "+ui.Count(n, "connection"))
		return
	}
	f, ok := sumFlows(ids, w.flows)
	if !ok {
		return
	}
	l := f.summary()
	if w.compact {
		if queue := w.queueText(); queue != "" {
			l = l.Add(muted, "     QUEUE ").Add(plain, queue)
		}
	}
	w.factLine("traffic", l)
	if f.rtt > 0 && w.data.row.Socket.Connected() && !w.compact {
		w.factLine("", styled(muted, "round trip ").Add(plain, ui.Millis(f.rtt)))
	}
}

// connectionCount returns how many connections the port has.
func (w *detailsWriter) connectionCount() int {
	n := w.data.more
	for i := range w.data.programs {
		n += len(w.data.programs[i].ids)
	}
	return n
}

// queueText returns the length and the limit of the fullest accept queue, empty if there
// is none.
func (w *detailsWriter) queueText() string {
	s := w.fullestQueue()
	if s == nil {
		return ""
	}
	return strconv.Itoa(int(s.RecvQueue)) + " of " + strconv.Itoa(int(s.SendQueue))
}

func (w *detailsWriter) fullestQueue() *sockets.Socket {
	var fullest *sockets.Socket
	for _, s := range w.data.sockets() {
		if s.State == sockets.Listen && s.HasQueue && (fullest == nil || s.RecvQueue > fullest.RecvQueue) {
			fullest = s
		}
	}
	return fullest
}

// waiting adds the accept queue, or of a connection what waits in its buffers.
func (w *detailsWriter) waiting() {
	s := w.data.row.Socket
	if full := w.fullestQueue(); full != nil {
		if full.RecvQueue > full.SendQueue { // the queue holds one more connection than the limit
			w.fact("waiting", danger, w.queueText()+" in the accept queue: full, new connections are delayed")
			return
		}
		if _, ok := sumFlows(w.data.measured, w.flows); !w.compact || !ok {
			w.fact("waiting", plain, w.queueText()+" in the accept queue")
		}
	} else if s.HasQueue && s.Connected() && s.RecvQueue+s.SendQueue > 0 {
		w.fact("buffers", plain, ui.Size(uint64(s.RecvQueue))+" unread, "+ui.Size(uint64(s.SendQueue))+" unacknowledged")
	}
}

// facts adds the other properties of the socket.
func (w *detailsWriter) facts() {
	r := &w.data.row
	s := r.Socket
	if name := service.Name(s.Protocol, s.Local.Port()); name != "" && !w.compact {
		w.fact("service", muted, name+", by its port")
	}
	if r.Debugger != "" {
		w.fact("debugger", accent, "◇ "+r.Debugger)
	}
	if place := ui.Unit(r, s); place != "" {
		w.fact("part of", plain, place)
	}
	if s.Timer != sockets.NoTimer {
		w.fact("timer", plain, strings.ReplaceAll(s.Timer.String(), "_", " ")+", "+ui.TimeLeft(s)+" left")
	}
	if s.Connected() && s.Local == s.Remote {
		w.fact("note", warning, "self-connect: the client was assigned the port it kept retrying")
	}
}

// portState adds whether a server can have the port, and what freeing it does.
func (w *detailsWriter) portState() {
	why := w.why
	if why == nil || why.err != nil {
		return
	}
	answer, effect := ui.PortAnswer(&why.diagnosis), ""
	if w.freeKey != "" && !w.data.row.Socket.Connected() { // of a connection the key asks which end
		effect = ui.FreeEffect(&why.diagnosis, w.otherPorts())
	}
	if w.compact {
		if effect != "" {
			answer = answer.Add(muted, "; "+w.freeKey+" "+effect)
		}
		w.factLine("port", answer)
		return
	}
	w.blankLine()
	for _, l := range style.Wrap(append(styled(muted, "CAN I HAVE IT  "), answer...), w.width, w.indent) {
		w.add(l)
	}
	if effect != "" {
		for _, l := range style.Wrap(styled(accent, w.freeKey).Add(plain, "  free it: "+effect), w.width-w.indent, 3) {
			w.factLine("", l)
		}
	}
}

// otherPorts returns the other ports that the owner listens on.
func (w *detailsWriter) otherPorts() []int {
	var all []int
	for i := range w.data.held {
		all = append(all, int(w.data.held[i].row.Socket.Local.Port()))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
