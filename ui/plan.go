package ui

import (
	"fmt"
	"net/netip"
	"syscall"

	"lotop/model"
	"lotop/model/plan"
	"lotop/sockets"
	"lotop/ui/style"
)

// PlanLines returns what freeing a port would do. A width of 0 means no limit.
func PlanLines(p *plan.Plan, sig syscall.Signal, width int) []style.Line {
	var out []style.Line
	add := func(l style.Line) { out = append(out, style.Wrap(l, width, 2)...) }
	for _, v := range p.ToStop {
		l := style.Styled(style.Muted, WordingFor(p.Diagnosis.OS).SendTo(sig)+"  ").Add(style.Emphasis, v.Name.String()).Add(style.Plain, fmt.Sprintf(" (%d)", v.PID))
		if command := v.Command.String(); width > 0 {
			l = l.Add(style.Plain, "  "+style.CutMiddle(command, width-l.Width()-2))
		} else {
			l = l.Add(style.Plain, "  "+command)
		}
		add(l)
		if advice := SupervisorAdvice(&v.Cgroup); advice != "" {
			add(style.Styled(style.Warning, "  "+advice))
		}
	}
	for _, g := range groupConns(p.ToClose) {
		add(style.Styled(style.Muted, "close  ").Add(style.Plain, g.text()).Add(style.Muted, "  no process stopped"))
	}
	for _, r := range p.Protected {
		add(style.Styled(style.Warning, "skip "+NameAndPID(r.Process)+": "+r.Reason))
	}
	for _, l := range skippedLines(p.Skipped) {
		add(style.Styled(style.Warning, l))
	}
	if p.ClientsLost > 0 {
		add(style.Text("also closes: " + Count(p.ClientsLost, "client connection")))
	}
	return append(out, sideEffectLines(p.AlsoCloses)...)
}

// sideEffectLines returns the other ports that close, at least the first.
func sideEffectLines(closes []model.Row) []style.Line {
	const atMost = 10
	var out []style.Line
	for i := range closes {
		if i == atMost && len(closes) > atMost+1 {
			return append(out, style.Text("also closes: "+Count(len(closes)-atMost, "more socket")))
		}
		r := &closes[i]
		out = append(out, style.Text("also closes: "+r.Socket.Protocol.String()+" "+Local(r.Snapshot, r.Socket)+" "+r.Socket.State.String()))
	}
	return out
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

// skippedLines returns what is skipped and why, with one line for connections that
// are skipped for the same reason.
func skippedLines(all []plan.Skip) []string {
	type key struct{ reason, name string }
	rows := map[key][]model.Row{}
	var order []key
	var out []string
	for _, l := range all {
		if l.Blocker.Row.Socket == nil {
			out = append(out, "cannot free it: "+l.Reason)
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
			what := "skip " + c.text()
			if k.name != "" {
				what += ", " + k.name
			}
			out = append(out, what+": "+k.reason)
		}
	}
	return out
}
