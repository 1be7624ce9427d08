package ui

import (
	"strings"
	"time"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui/style"
)

// ProcessContext returns the working directory of a process, empty if unreadable, and
// its parents, its own parent first.
type ProcessContext func(pid int) (folder untrusted.Text, parents []*process.Process)

// WhyOptions say how a diagnosis is written.
type WhyOptions struct {
	Context ProcessContext
	Now     time.Time
	Width   int // in cells; 0 for no bound
}

// WhyAnswer is the first line of a diagnosis: the answer to the question.
func WhyAnswer(d *bind.Diagnosis) style.Line {
	target := d.Target.String()
	if d.Target.Protocol == sockets.UDP {
		target += " (udp)"
	}
	switch d.Verdict {
	case bind.VerdictFree:
		return style.Text(target+" is ").Add(style.Success, "free").Add(style.Plain, ": every bind succeeds"+connectNote(d)+".")
	case bind.VerdictReuse:
		return style.Text(target+" is ").Add(style.Success, "free").Add(style.Plain, " for servers that set SO_REUSEADDR (most do); for others it is in use"+blockReason(d)+".")
	case bind.VerdictNotPermitted:
		return notPermittedLine(target, d)
	}
	return style.Text(target+" is ").Add(style.Danger, "in use").Add(style.Plain, blockReason(d)+".")
}

// blockReason names the first holder, which is the most likely culprit.
func blockReason(d *bind.Diagnosis) string {
	if len(d.Blockers) == 0 {
		return ""
	}
	h := &d.Blockers[0]
	switch {
	case h.Cause == bind.CauseExcluded:
		return ": reserved by Windows"
	case h.Row.Socket == nil:
		return " by a socket that is not listed"
	}
	more := ""
	if n := len(d.Blockers) - 1; n > 0 {
		more = ", plus " + Count(n, "other socket")
	}
	local := Local(h.Row.Snapshot, h.Row.Socket)
	switch h.Cause {
	case bind.CauseListener:
		return " by " + blockerName(h) + ", listening on " + local + more
	case bind.CauseBound:
		return " by " + blockerName(h) + ", bound to " + local + more
	case bind.CauseClient:
		if h.Row.Socket.State == sockets.Close {
			return " by " + blockerName(h) + ": the connection is closed, but its socket still uses the port" + more
		}
		return " by " + blockerName(h) + ": an outgoing connection uses it as its local port" + more
	case bind.CauseSelf:
		return " by " + blockerName(h) + ", connected to itself" + more
	case bind.CauseAccepted:
		return " by a connection accepted by " + blockerName(h) + more
	case bind.CauseTimeWait:
		return " by a connection in TIME_WAIT" + TimeLeftPhrase(", for another ", h.Row.Socket) + more
	case bind.CauseClosing:
		return " by a connection that is still closing" + more
	case bind.CauseNotAccepted:
		return " by a connection in the accept queue" + more
	}
	return more
}

func blockerName(h *bind.Blocker) string { return ownerName(&h.Row) }

func ownerName(r *model.Row) string {
	s := r.Socket
	holders := r.Owners(s)
	switch {
	case len(holders) > 1:
		return NameAndPID(holders[0]) + " and " + Number(len(holders)-1) + " more"
	case len(holders) == 1:
		return NameAndPID(holders[0])
	}
	switch s.NoOwner {
	case sockets.OtherUser, sockets.Unreadable:
		if owner := strings.TrimSpace(userText(r, s) + " " + Unit(r, s)); owner != "" {
			return "a process owned by " + owner
		}
		return "an unknown process"
	case sockets.KernelOwned:
		return "the kernel"
	case sockets.OtherNamespace:
		return "a process in another PID namespace"
	}
	main, _ := SocketOwner(r, s)
	return main
}

// notPermittedLine returns why the kernel refuses a bind that no socket need block.
func notPermittedLine(target string, d *bind.Diagnosis) style.Line {
	for _, a := range d.Binds {
		switch a.Plain {
		case bind.BindOK, bind.BindInUse:
		case "EADDRNOTAVAIL":
			return style.Text(target+" ").Add(style.Danger, "cannot be bound").Add(style.Plain, ": "+a.Host.String()+" is not a local address.")
		case bind.BindDenied:
			if d.PlainOnly {
				return style.Text(target+" is ").Add(style.Danger, "not permitted").Add(style.Plain, ": Windows does not let any process bind it (EACCES).")
			}
			return style.Text(target+" is ").Add(style.Danger, "not permitted").Add(style.Plain, ": this user may not bind it (EACCES).")
		case "EPERM":
			return style.Text(target+" is ").Add(style.Danger, "not permitted").Add(style.Plain, ": blocked by a security policy (EPERM).")
		default:
			return style.Text(target+" ").Add(style.Danger, "cannot be bound").Add(style.Plain, ": the kernel returned "+string(a.Plain)+".")
		}
	}
	return style.Text(target+" is ").Add(style.Danger, "not permitted").Add(style.Plain, ".")
}

func bindResultText(a bind.BindStatus) string {
	switch a {
	case bind.BindOK:
		return "free"
	case bind.BindInUse:
		return "in use"
	case "EACCES":
		return "not permitted (EACCES)"
	case "EPERM":
		return "blocked by policy (EPERM)"
	case "EADDRNOTAVAIL":
		return "not a local address"
	case "EAFNOSUPPORT":
		return "no IPv6"
	}
	return string(a)
}

func bindResultRole(a bind.BindStatus) style.Role {
	switch a {
	case bind.BindOK:
		return style.Success
	case bind.BindInUse, "EACCES", "EPERM":
		return style.Danger
	}
	return style.Warning
}

// WhyLines writes a diagnosis: the binds, the holders, what to do, and what
// else is worth knowing. The answer itself is WhyAnswer.
func WhyLines(d *bind.Diagnosis, o WhyOptions) []style.Line {
	out := bindLines(d)
	if len(d.Blockers) > 0 {
		out = append(out, nil, style.Styled(style.Muted, "blocked by"))
		out = append(out, blockerLines(d, o)...)
	}
	if todo := remedyLines(d, o.Width); len(todo) > 0 {
		out = append(out, nil, style.Styled(style.Muted, "what to do"))
		out = append(out, todo...)
	}
	if len(d.Notes) > 0 {
		out = append(out, nil, style.Styled(style.Muted, "notes"))
		for _, n := range d.Notes {
			out = append(out, style.Wrap(style.Text("  "+n), o.Width, 4)...)
		}
	}
	return out
}

func bindLines(d *bind.Diagnosis) []style.Line {
	rows := [][4]style.Span{{{Text: "address", Role: style.Muted}, {Text: "default", Role: style.Muted}, {Text: "SO_REUSEADDR", Role: style.Muted}, {}}}
	if d.PlainOnly {
		rows[0][1].Text, rows[0][2].Text = "bind", ""
	}
	connects := map[string]string{}
	for _, c := range d.Connects {
		host := c.Host
		if d.Target.SingleHost() {
			host = d.Target.Hosts[0] // the loopback address stands for a wildcard
		}
		connects[host.String()] = connectText(c)
		rows[0][3] = style.Span{Text: "connect", Role: style.Muted}
	}
	for _, a := range d.Binds {
		cells := [4]style.Span{
			{Text: bind.HostLabel(a.Host), Role: style.Plain},
			{Text: bindResultText(a.Plain), Role: bindResultRole(a.Plain)},
			{Text: bindResultText(a.Reuse), Role: bindResultRole(a.Reuse)},
			{Text: connects[a.Host.String()], Role: style.Muted},
		}
		if d.PlainOnly {
			cells[2] = style.Span{}
		}
		rows = append(rows, cells)
	}
	widths := [4]int{13, 8, 0, 0}
	for _, cells := range rows {
		for i, c := range cells {
			widths[i] = max(widths[i], style.Width(c.Text))
		}
	}
	out := make([]style.Line, len(rows))
	for i, cells := range rows {
		at := 0
		for k, c := range cells {
			out[i] = out[i].Pad(at).Add(c.Role, c.Text)
			at += widths[k] + 2
		}
	}
	return out
}

// remedyLines lists the remedies. A command is never cut: it is there to be
// copied.
func remedyLines(d *bind.Diagnosis, width int) []style.Line {
	all := d.AllRemedies()
	column := 0
	for i := range all {
		if w := style.Width(all[i].Text()); w <= 36 && remedyReason(&all[i], WordingFor(d.OS)) != "" {
			column = max(column, w+2)
		}
	}
	var out []style.Line
	for i := range all {
		l, reason := style.Text("  "+all[i].Text()), remedyReason(&all[i], WordingFor(d.OS))
		switch {
		case reason == "":
		case width > 0 && max(l.Width(), column)+2+style.Width(reason) > width:
			out = append(out, l)
			l = style.Styled(style.Muted, "      "+reason)
		default:
			l = l.Pad(column).Add(style.Muted, "  "+reason)
		}
		out = append(out, style.Wrap(l, width, 6)...)
	}
	return out
}

func remedyReason(r *bind.Remedy, words Wording) string {
	switch r.Action {
	case bind.Terminate:
		if strings.Contains(r.Command, " --clients") {
			return "stop the process that owns the connection"
		}
		return "stop the owner and verify that the port is free"
	case bind.CloseConnection:
		return "as root: close the connection without stopping a process"
	case bind.StopUnit:
		if reason := words.StopReason(r); reason != "" {
			return reason
		}
		switch {
		case r.Unit == "":
			return "find the socket unit for this port, then stop it"
		case strings.HasSuffix(r.Unit, ".socket"):
			return "systemd owns the listener on behalf of this unit"
		}
		return "a signal alone would let systemd restart it"
	case bind.StopContainer:
		if r.Container == "" {
			return "find the container that publishes this port"
		}
		return "the process runs in this container"
	case bind.StopJob:
		return "find the job for this port, then stop it"
	case bind.ChangeSetting:
		return "macOS uses the port for this feature"
	case bind.ReservePort:
		return "exclude the port from ephemeral assignment"
	}
	return ""
}
