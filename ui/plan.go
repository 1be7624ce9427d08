package ui

import (
	"fmt"
	"time"

	"lotop/model"
	"lotop/sockets/process"
)

// PlanLines writes what freeing a port would do, before anything is done.
func PlanLines(p *model.PortPlan, signal string) []Line {
	var out []Line
	for _, v := range p.Victims {
		out = append(out, Styled(Quiet, signal+" to  ").Add(Strong, v.Name.String()).Add(Plain, fmt.Sprintf(" (%d)  %s", v.PID, v.Command)))
		if advice := StopInstead(&v.Cgroup); advice != "" {
			out = append(out, Styled(Notice, "  "+advice))
		}
	}
	for i := range p.Closing {
		r := &p.Closing[i]
		out = append(out, Styled(Quiet, "close  ").Add(Plain, r.Socket.State.String()+" "+Local(r.In, r.Socket)+" "+Far(r)).Add(Quiet, "  nobody is ended"))
	}
	for _, r := range p.Refused {
		out = append(out, Styled(Notice, "not "+Named(r.Process)+": "+r.Reason))
	}
	for _, l := range p.Left {
		out = append(out, Styled(Notice, "not "+leftName(l.Holder)+": "+l.Reason))
	}
	if p.Clients > 0 {
		out = append(out, Text("goes down with it: "+Count(p.Clients, "client connection")))
	}
	for i := range p.Closes {
		r := &p.Closes[i]
		out = append(out, Text("goes down with it: "+r.Socket.Protocol.String()+" "+Local(r.In, r.Socket)+" "+r.Socket.State.String()))
	}
	return out
}

func leftName(h *model.Holder) string {
	if h.Row.Socket == nil {
		return "what holds it"
	}
	where := Local(h.Row.In, h.Row.Socket)
	if h.Row.Socket.Connected() {
		where += " " + Far(&h.Row)
	}
	return h.Row.Socket.State.String() + " " + where + ", " + holderName(h)
}

// OutcomeLine writes what became of a process that was to be ended.
func OutcomeLine(o *process.Outcome) Line {
	name := Named(o.Process)
	switch o.Result {
	case process.Exited:
		return Styled(Good, "✓ ").Add(Plain, name+" ended after "+Seconds(o.After))
	case process.Gone:
		return Styled(Good, "✓ ").Add(Plain, name+" had gone already")
	case process.Survived:
		text := name + " is still there"
		if o.Signal != 0 {
			text = name + " survived " + process.SignalName(o.Signal)
		}
		if o.Reason != "" {
			text += ": " + o.Reason
		}
		return Styled(Danger, "✗ ").Add(Plain, text)
	}
	text := name + " was not ended"
	if o.Err != nil {
		text = o.Err.Error()
	}
	return Styled(Danger, "✗ ").Add(Plain, text)
}

// RetakenLines says who took a freed port again, and whom to stop in its place.
func RetakenLines(target string, after time.Duration, by, parent *process.Process) []Line {
	l := Styled(Danger, "✗ taken again").Add(Plain, ": "+target+" was taken again after "+Seconds(after))
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
		return append(out, Styled(Notice, "  stop "+Named(parent)+": it starts it again"))
	}
	return out
}
