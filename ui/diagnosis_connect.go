package ui

import (
	"fmt"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/ui/style"
)

// connectNote says what a client of a free port meets.
func connectNote(d *bind.Diagnosis) string {
	for _, c := range d.Connects {
		if c.Status != "refused" {
			return ""
		}
	}
	if len(d.Connects) == 0 {
		return ""
	}
	return "; nothing is listening, so connections are refused"
}

// connectText says what a client meets at an address.
func connectText(c bind.ConnectResult) string {
	text := c.Status
	if text == bind.ConnectListening {
		text = "listens"
	}
	switch q := c.Queue; {
	case q == nil:
		return text
	case q.Full():
		return text + fmt.Sprintf(", queue full (%d of %d)", q.Length, q.Limit)
	default:
		return text + fmt.Sprintf(", queue %d of %d", q.Length, q.Limit)
	}
}

// WhyLead is what leads an answer about addresses at which nothing serves the port,
// if something does at others; nil if not.
func WhyLead(d *bind.Diagnosis) style.Line {
	if len(d.Elsewhere) == 0 {
		return nil
	}
	r := &d.Elsewhere[0]
	verb := " is listening on "
	if r.Socket.State != sockets.Listen {
		verb = " is bound to "
	}
	l := style.Styled(style.Emphasis, ownerName(r)).Add(style.Plain, verb+Local(r.Snapshot, r.Socket))
	if n := len(d.Elsewhere) - 1; n > 0 {
		l = l.Add(style.Plain, " (and "+Count(n, "other socket")+")")
	}
	return l.Add(style.Plain, ", not on ").Add(style.Plain, d.Target.String()+".")
}
