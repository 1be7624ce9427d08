package ui

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"lotop/model"
	"lotop/model/plan"
	"lotop/sockets"
	"lotop/ui/style"
)

// labelWidth is the room before what a plan does to something.
const labelWidth = 10

// planWriter writes lines with a label before each.
type planWriter struct {
	width int // 0 means no limit
	out   []style.Line
}

func (w *planWriter) add(r style.Role, label string, l style.Line) {
	indent := labelWidth
	if w.width > 0 && w.width < 4*labelWidth {
		indent = 2
	}
	first := style.Styled(r, label).Pad(labelWidth)
	if label == "" {
		first = style.Text(style.Spaces(indent))
	}
	w.out = append(w.out, style.Wrap(append(first, l...), w.width, indent)...)
}

// PlanLines returns what freeing a port would do, and what is sent first. A width of 0
// means no limit.
func PlanLines(p *plan.Plan, sig syscall.Signal, width int) []style.Line {
	return planLines(p, WordingFor(p.Diagnosis.OS).Sends(sig), width)
}

// PlanLinesAsking is PlanLines for a plan that begins with SIGTERM, waits, and asks again
// before it kills.
func PlanLinesAsking(p *plan.Plan, grace time.Duration, width int) []style.Line {
	return planLines(p, WordingFor(p.Diagnosis.OS).SendsAsking(grace), width)
}

func planLines(p *plan.Plan, sends string, width int) []style.Line {
	w := planWriter{width: width}
	for _, v := range p.ToStop {
		l := style.Styled(style.Emphasis, v.Name.String()).Add(style.Plain, fmt.Sprintf(" (%d)", v.PID))
		command := v.Command.String()
		if width > 0 {
			command = style.CutMiddle(command, width-labelWidth-l.Width()-2)
		}
		w.add(style.Muted, "ends", l.Add(style.Muted, "  "+command))
		if advice := SupervisorAdvice(&v.Cgroup); advice != "" {
			w.add(style.Plain, "", style.Styled(style.Warning, advice))
		}
	}
	for _, g := range groupConns(p.ToClose) {
		w.add(style.Muted, "closes", style.Text(g.text()).Add(style.Muted, "  no process stopped"))
	}
	w.sideEffects(p.AlsoCloses)
	if p.ClientsLost > 0 {
		w.add(style.Muted, "cuts off", style.Text(clientsLost(p)))
	}
	for _, r := range p.Protected {
		w.add(style.Warning, "skips", style.Styled(style.Warning, NameAndPID(r.Process)+": "+r.Reason))
	}
	for _, l := range skippedLines(p.Skipped) {
		label := "skips"
		if strings.HasPrefix(l, cannotFree) {
			label = ""
		}
		w.add(style.Warning, label, style.Styled(style.Warning, l))
	}
	if len(p.ToStop) > 0 {
		w.add(style.Muted, "sends", style.Text(sends))
	}
	return w.out
}

// PlanLine returns what freeing a port would do in one sentence, with every process that
// it stops.
func PlanLine(p *plan.Plan) style.Line {
	l := style.Styled(style.Emphasis, p.Diagnosis.Target.String())
	sep := "  "
	add := func(verb, what string) {
		l = l.Add(style.Muted, sep+verb+" ").Add(style.Plain, what)
		sep = ", "
	}
	for i, v := range p.ToStop {
		verb := "ends"
		if i > 0 {
			verb = "and"
		}
		add(verb, NameAndPID(v))
	}
	for _, g := range groupConns(p.ToClose) {
		add("closes", g.text())
	}
	const atMost = 2
	for i := range p.AlsoCloses[:min(len(p.AlsoCloses), atMost)] {
		add("closes", Local(p.AlsoCloses[i].Snapshot, p.AlsoCloses[i].Socket))
	}
	if more := len(p.AlsoCloses) - atMost; more > 0 {
		add("and", Count(more, "more socket"))
	}
	if p.ClientsLost > 0 {
		add("cuts off", clientsLost(p))
	}
	if !p.Possible() && len(p.Protected)+len(p.Skipped) == 0 {
		return append(l.Add(style.Plain, sep), WhyAnswer(&p.Diagnosis)...)
	}
	for _, r := range p.Protected {
		l = l.Add(style.Warning, sep+"skips "+NameAndPID(r.Process)+": "+r.Reason)
		sep = ", "
	}
	for _, s := range skippedLines(p.Skipped) {
		l = l.Add(style.Warning, sep+s)
		sep = ", "
	}
	return l
}

// clientsLost names the programs that lose connections, those of which there are most
// first.
func clientsLost(p *plan.Plan) string {
	const atMost = 4
	clients := slices.Clone(p.Clients)
	slices.SortStableFunc(clients, func(a, b plan.Client) int { return cmp.Compare(b.Connections, a.Connections) })
	var names []string
	rest := p.ClientsLost
	for _, c := range clients[:min(len(clients), atMost)] {
		name := NameAndPID(c.Process)
		if c.Connections > 1 {
			name += fmt.Sprintf(" ×%d", c.Connections)
		}
		names, rest = append(names, name), rest-c.Connections
	}
	switch {
	case len(names) == 0:
		return Count(rest, "client connection")
	case rest > 0:
		return strings.Join(names, ", ") + " and " + Count(rest, "more connection")
	}
	return strings.Join(names, ", ")
}

// sideEffects writes the other ports that close, at least the first.
func (w *planWriter) sideEffects(closes []model.Row) {
	const atMost = 10
	for i := range closes {
		if i == atMost && len(closes) > atMost+1 {
			w.add(style.Muted, "closes", style.Text(Count(len(closes)-atMost, "more socket")))
			return
		}
		r := &closes[i]
		l := style.Text(Local(r.Snapshot, r.Socket)).Add(style.Muted, "  "+r.Socket.Protocol.String()+" "+r.Socket.State.String())
		w.add(style.Muted, "closes", l)
	}
}

// connGroup is connections that differ only in their peer.
type connGroup struct {
	first *model.Row
	count int
}

func (c *connGroup) text() string {
	what := c.first.Socket.State.String() + " " + Local(c.first.Snapshot, c.first.Socket)
	switch {
	case c.count > 1:
		what += " ↔ " + Count(c.count, "connection")
	case c.first.Socket.Connected():
		what += " " + RemoteText(c.first)
	}
	return what
}

func groupConns(rows []model.Row) []*connGroup {
	type key struct {
		local netip.AddrPort
		state sockets.State
	}
	known := map[key]*connGroup{}
	var out []*connGroup
	for i := range rows {
		r := &rows[i]
		k := key{r.Socket.Local, r.Socket.State}
		c := known[k]
		if c == nil || !r.Socket.Connected() {
			c = &connGroup{first: r}
			known[k] = c
			out = append(out, c)
		}
		c.count++
	}
	return out
}

// cannotFree begins what is said of a refused bind that no socket explains.
const cannotFree = "cannot free it: "

// skippedLines returns what is skipped and why, with one line for connections that
// are skipped for the same reason.
func skippedLines(all []plan.Skip) []string {
	type key struct{ reason, name string }
	rows := map[key][]model.Row{}
	var order []key
	var out []string
	for _, l := range all {
		if l.Blocker.Row.Socket == nil {
			out = append(out, cannotFree+l.Reason)
			continue
		}
		k := key{l.Reason, blockerName(l.Blocker)}
		if r := l.Blocker.Row.Socket.NoOwner; r == sockets.InTimeWait || r == sockets.Orphaned {
			k.name = "" // the reason says that there is no owner
		}
		if rows[k] == nil {
			order = append(order, k)
		}
		rows[k] = append(rows[k], l.Blocker.Row)
	}
	for _, k := range order {
		for _, c := range groupConns(rows[k]) {
			what := c.text()
			if k.name != "" {
				what += ", " + k.name
			}
			out = append(out, what+": "+k.reason)
		}
	}
	return out
}
