package ui

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"time"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// PlanLines writes what freeing a port would do, before anything is done. A
// width of 0 is no bound.
func PlanLines(p *model.PortPlan, sig syscall.Signal, width int) []Line {
	var out []Line
	add := func(l Line) { out = append(out, Wrap(l, width, 2)...) }
	for _, v := range p.ToStop {
		l := Styled(Quiet, WordingFor(p.Diagnosis.OS).SendTo(sig)+"  ").Add(Strong, v.Name.String()).Add(Plain, fmt.Sprintf(" (%d)", v.PID))
		if command := v.Command.String(); width > 0 {
			l = l.Add(Plain, "  "+Middle(command, width-l.Width()-2))
		} else {
			l = l.Add(Plain, "  "+command)
		}
		add(l)
		if advice := StopInstead(&v.Cgroup); advice != "" {
			add(Styled(Notice, "  "+advice))
		}
	}
	for _, g := range alike(p.ToClose) {
		add(Styled(Quiet, "close  ").Add(Plain, g.words()).Add(Quiet, "  no process stopped"))
	}
	for _, r := range p.Protected {
		add(Styled(Notice, "skip "+Named(r.Process)+": "+r.Reason))
	}
	for _, l := range leavings(p.Skipped) {
		add(Styled(Notice, l))
	}
	if p.ClientsLost > 0 {
		add(Text("also closes: " + Count(p.ClientsLost, "client connection")))
	}
	return append(out, closesLines(p.AlsoCloses)...)
}

// closesLines tells of the other ports that close, at least of the first.
func closesLines(closes []model.Row) []Line {
	const atMost = 10
	var out []Line
	for i := range closes {
		if i == atMost && len(closes) > atMost+1 {
			return append(out, Text("also closes: "+Count(len(closes)-atMost, "more socket")))
		}
		r := &closes[i]
		out = append(out, Text("also closes: "+r.Socket.Protocol.String()+" "+Local(r.Snapshot, r.Socket)+" "+r.Socket.State.String()))
	}
	return out
}

// cluster is connections that differ in their far end only.
type cluster struct {
	first *model.Row
	n     int
}

func (c *cluster) words() string {
	what := c.first.Socket.State.String() + " " + Local(c.first.Snapshot, c.first.Socket)
	switch {
	case c.n > 1:
		what += " ↔ " + Count(c.n, "connection")
	case c.first.Socket.Connected():
		what += " " + Far(c.first)
	}
	return what
}

func alike(rows []model.Row) []*cluster {
	type key struct {
		local netip.AddrPort
		state sockets.State
	}
	known := map[key]*cluster{}
	var out []*cluster
	for i := range rows {
		r := &rows[i]
		k := key{r.Socket.Local, r.Socket.State}
		c := known[k]
		if c == nil || !r.Socket.Connected() {
			c = &cluster{first: r}
			known[k] = c
			out = append(out, c)
		}
		c.n++
	}
	return out
}

// leavings says what stays and why: connections that stay for the same reason
// in one line.
func leavings(all []model.Skip) []string {
	type key struct{ reason, name string }
	rows := map[key][]model.Row{}
	var order []key
	var out []string
	for _, l := range all {
		if l.Blocker.Row.Socket == nil {
			out = append(out, "cannot free it: "+l.Reason)
			continue
		}
		k := key{l.Reason, holderName(l.Blocker)}
		if r := l.Blocker.Row.Socket.NoOwner; r == sockets.InTimeWait || r == sockets.Orphaned {
			k.name = "" // the reason says that there is no owner
		}
		if rows[k] == nil {
			order = append(order, k)
		}
		rows[k] = append(rows[k], l.Blocker.Row)
	}
	for _, k := range order {
		for _, c := range alike(rows[k]) {
			what := "skip " + c.words()
			if k.name != "" {
				what += ", " + k.name
			}
			out = append(out, what+": "+k.reason)
		}
	}
	return out
}

// OutcomeLine writes what became of a process that was to be ended.
func OutcomeLine(o *process.Outcome, words Wording) Line {
	name := Named(o.Process)
	switch o.Result {
	case process.Exited:
		return Styled(Good, "✓ ").Add(Plain, name+" exited after "+Seconds(o.After))
	case process.Gone:
		return Styled(Good, "✓ ").Add(Plain, name+" had already exited")
	case process.Survived:
		if errors.Is(o.Err, context.Canceled) {
			return Styled(Danger, "✗ ").Add(Plain, interrupted(name, o, words))
		}
		text := name + " is still running"
		if o.Signal != 0 {
			text = name + " " + words.StillRunning(o.Signal)
		}
		switch {
		case o.Reason != "":
			text += ": " + o.Reason
		case o.Signal == 0 && o.Err != nil:
			text = o.Err.Error() // it names the process
		}
		return Styled(Danger, "✗ ").Add(Plain, text)
	}
	text := name + " was not stopped"
	if o.Err != nil {
		text = o.Err.Error()
	}
	return Styled(Danger, "✗ ").Add(Plain, text)
}

// interrupted says of a process that lotop no longer waits for it. It had less
// than the grace period, so there is nothing to advise.
func interrupted(name string, o *process.Outcome, words Wording) string {
	if o.Signal == 0 {
		return name + " was not stopped: interrupted first"
	}
	return name + " has not exited yet: " + words.Sent(o.Signal) + ", interrupted before the grace period was over"
}

// RetakenLines says who took a freed port again, and whom to stop in its place.
func RetakenLines(target string, after time.Duration, by, parent *process.Process) []Line {
	l := Styled(Danger, "✗ in use again").Add(Plain, ": "+target+" was bound again after "+Seconds(after))
	if by == nil {
		return []Line{l}
	}
	l = l.Add(Plain, " by "+Named(by))
	if parent != nil {
		l = l.Add(Plain, ", started by "+Named(parent))
	}
	out := []Line{l}
	if advice := StopInstead(&by.Cgroup); advice != "" {
		return append(out, Styled(Notice, "  "+advice))
	}
	if parent != nil && parent.PID > 1 {
		return append(out, Styled(Notice, "  stop "+Named(parent)+" first: it restarts the server"))
	}
	return out
}
