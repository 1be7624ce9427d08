package ui

import (
	"fmt"
	"strings"
	"time"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// Behind tells the folder a process works in, empty if that may not be read, and
// its parents, its own parent first.
type Behind func(pid int) (folder process.Text, parents []*process.Process)

// WhyAnswer is the first line of a diagnosis: the answer to the question.
func WhyAnswer(d *model.Diagnosis) Line {
	target := d.Target.String()
	if d.Target.Protocol == sockets.UDP {
		target += " (udp)"
	}
	switch d.Verdict {
	case model.VerdictFree:
		return Text(target+" is ").Add(Good, "free").Add(Plain, ": every bind works.")
	case model.VerdictReuse:
		return Text(target+" is ").Add(Good, "free").Add(Plain, " for servers that set SO_REUSEADDR, as nearly all do"+because(d)+".")
	case model.VerdictNotPermitted:
		return Text(target+" is ").Add(Danger, "not permitted").Add(Plain, refusedBy(d))
	}
	return Text(target+" is ").Add(Danger, "taken").Add(Plain, because(d)+".")
}

// because names the first holder, which is the most likely culprit.
func because(d *model.Diagnosis) string {
	if len(d.Holders) == 0 {
		return ""
	}
	h := &d.Holders[0]
	if h.Row.Socket == nil {
		return " by something that no table shows"
	}
	more := ""
	if n := len(d.Holders) - 1; n > 0 {
		more = "; " + Count(n, "other socket") + " in the way as well"
	}
	local := Local(h.Row.In, h.Row.Socket)
	switch h.Cause {
	case model.CauseListener:
		return " by " + holderName(h) + ", listening on " + local + more
	case model.CauseBound:
		return " by " + holderName(h) + ", bound to " + local + more
	case model.CauseClient:
		return " by " + holderName(h) + ": its outgoing connection got the port as its own" + more
	case model.CauseSelf:
		return " by " + holderName(h) + ", connected to itself" + more
	case model.CauseAccepted:
		return " by a connection that " + holderName(h) + " still serves" + more
	case model.CauseTimeWait:
		return " by a connection in TIME_WAIT, for another " + Left(h.Row.Socket) + more
	case model.CauseClosing:
		return " by a connection that is still closing" + more
	case model.CauseNotAccepted:
		return " by a connection that was never accepted" + more
	}
	return more
}

func holderName(h *model.Holder) string {
	if p := h.Row.Owner(h.Row.Socket); p != nil {
		return Named(p)
	}
	main, _ := Holder(&h.Row, h.Row.Socket)
	return main
}

func refusedBy(d *model.Diagnosis) string {
	for _, a := range d.Binds {
		if a.Plain != model.AnswerOK && a.Plain != model.AnswerInUse {
			return ": " + answerWords(a.Plain) + "."
		}
	}
	return "."
}

func answerWords(a model.Answer) string {
	switch a {
	case model.AnswerOK:
		return "free"
	case model.AnswerInUse:
		return "taken"
	case "EACCES":
		return "not permitted (EACCES)"
	case "EPERM":
		return "forbidden (EPERM)"
	case "EADDRNOTAVAIL":
		return "not this machine's address"
	case "EAFNOSUPPORT":
		return "no IPv6 here"
	}
	return string(a)
}

func answerRole(a model.Answer) Role {
	switch a {
	case model.AnswerOK:
		return Good
	case model.AnswerInUse, "EACCES", "EPERM":
		return Danger
	}
	return Notice
}

// WhyLines writes a diagnosis: the binds, the holders, what to do, and what
// else is worth knowing. The answer itself is WhyAnswer.
func WhyLines(d *model.Diagnosis, behind Behind, now time.Time) []Line {
	out := bindLines(d)
	if len(d.Holders) > 0 {
		out = append(out, nil, Styled(Quiet, "in the way"))
		w := holderWriter{behind: behind, now: now, told: map[int]bool{}}
		for i := 0; i < len(d.Holders); {
			alike := alike(d.Holders[i:])
			w.group(d.Holders[i : i+alike])
			i += alike
		}
		out = append(out, w.out...)
	}
	if todo := todoLines(d); len(todo) > 0 {
		out = append(out, nil, Styled(Quiet, "what to do"))
		out = append(out, todo...)
	}
	if len(d.Notes) > 0 {
		out = append(out, nil, Styled(Quiet, "worth knowing"))
		for _, n := range d.Notes {
			out = append(out, Text("  "+n))
		}
	}
	return out
}

func bindLines(d *model.Diagnosis) []Line {
	const first, second = 15, 10
	out := []Line{Styled(Quiet, "bind to").Pad(first).Add(Quiet, "plain").Pad(first+second).Add(Quiet, "with SO_REUSEADDR").Pad(first + second + 19)}
	connects := map[string]string{}
	for _, c := range d.Connects {
		connects[c.Host.String()] = c.Result
	}
	if len(connects) > 0 {
		out[0] = out[0].Add(Quiet, "connect")
	}
	for _, a := range d.Binds {
		l := Text(model.HostText(a.Host)).Pad(first)
		l = l.Add(answerRole(a.Plain), answerWords(a.Plain)).Add(Plain, " ").Pad(first + second)
		l = l.Add(answerRole(a.Reuse), answerWords(a.Reuse)).Add(Plain, " ")
		if c := connects[a.Host.String()]; c != "" {
			l = l.Pad(first+second+19).Add(Quiet, c)
		}
		out = append(out, l)
	}
	return out
}

// alike counts the holders at the beginning that differ only in their far end:
// a server's connections are told in one line.
func alike(all []model.Holder) int {
	first := &all[0]
	if first.Row.Socket == nil || !first.Row.Socket.Connected() {
		return 1
	}
	n := 1
	for n < len(all) && all[n].Cause == first.Cause && all[n].Row.Socket.Local == first.Row.Socket.Local &&
		all[n].Row.Owner(all[n].Row.Socket) == first.Row.Owner(first.Row.Socket) && may(&all[n]) == may(first) {
		n++
	}
	return n
}

// holderWriter writes the holders one under the other. Who a process is, is
// told once.
type holderWriter struct {
	behind Behind
	now    time.Time
	told    map[int]bool
	out     []Line
}

func (w *holderWriter) add(l Line) { w.out = append(w.out, l) }

func (w *holderWriter) group(all []model.Holder) {
	h := &all[0]
	r := &h.Row
	if r.Socket == nil {
		w.add(Styled(Notice, "  unseen").Add(Plain, "  no table shows a socket that explains the refusal"))
		return
	}
	what := Styled(causeRole(h.Cause), "  "+r.Socket.State.String()).Add(Plain, "  "+Local(r.In, r.Socket))
	switch {
	case len(all) > 1:
		what = what.Add(Plain, " ↔ "+Count(len(all), "connection"))
	case r.Socket.Connected():
		what = what.Add(Plain, " "+Far(r))
	}
	p := r.Owner(r.Socket)
	if p == nil {
		main, _ := Holder(r, r.Socket)
		w.add(what.Add(Plain, "  ").Add(Quiet, main).Add(Quiet, may(h)))
		return
	}
	what = what.Add(Plain, "  ").Add(Strong, p.Name.String()).Add(Plain, fmt.Sprintf(" (%d)", p.PID))
	if w.told[p.PID] {
		w.add(what.Add(Quiet, may(h)))
		return
	}
	w.told[p.PID] = true
	if user := User(r, r.Socket); user != "" {
		what = what.Add(Quiet, "  "+user)
	}
	if !p.Started.IsZero() {
		what = what.Add(Quiet, "  "+Age(w.now.Sub(p.Started)))
	}
	w.add(what.Add(Quiet, may(h)))
	w.about(r, p)
}

// about tells who the process is and why it runs.
func (w *holderWriter) about(r *model.Row, p *process.Process) {
	if command := p.Command.String(); command != "" {
		w.add(Text("      " + command))
	}
	folder, parents := w.behind(p.PID)
	if folder.String() != "" {
		w.add(Styled(Quiet, "      in ").Add(Plain, folder.String()))
	}
	for _, other := range r.Holders(r.Socket)[1:] {
		w.add(Styled(Quiet, "      held by "+Named(other)+" too"))
	}
	if chain := Chain(parents, p); chain != "" {
		w.add(Styled(Quiet, "      "+chain))
	}
	if place := Place(r, r.Socket); place != "" {
		w.add(Styled(Quiet, "      part of "+place))
	}
}

// may says what cannot be told of a holder from outside.
func may(h *model.Holder) string {
	switch {
	case len(h.MayBlock) > 0:
		return "  (may block; that cannot be told from outside)"
	case len(h.MayBlockReuse) > 0:
		return "  (whether SO_REUSEADDR helps cannot be told from outside)"
	case len(h.Blocks) > 0 && len(h.BlocksReuse) == 0:
		return "  (only servers without SO_REUSEADDR mind)"
	}
	return ""
}

func causeRole(c model.Cause) Role {
	switch c {
	case model.CauseListener, model.CauseBound, model.CauseSelf:
		return Danger
	}
	return Notice
}

// Chain writes why a process runs: init › … › its parent › itself.
func Chain(parents []*process.Process, p *process.Process) string {
	if len(parents) == 0 {
		return ""
	}
	var names []string
	for i := len(parents) - 1; i >= 0; i-- {
		names = append(names, parents[i].Name.String())
	}
	return strings.Join(append(names, p.Name.String()), " › ")
}

func todoLines(d *model.Diagnosis) []Line {
	var out []Line
	for _, r := range d.AllRemedies() {
		l := Text("  " + r.Words())
		if reason := remedyReason(&r); reason != "" {
			l = l.Pad(38).Add(Quiet, "  "+reason)
		}
		out = append(out, l)
	}
	return out
}

func remedyReason(r *model.Remedy) string {
	switch r.Action {
	case model.Terminate:
		if strings.HasSuffix(r.Command, "--clients") {
			return "ends the process whose connection it is"
		}
		return "ends who holds it and checks that it is free"
	case model.CloseConnection:
		return "as root: closes the connection, ends nobody"
	case model.StopUnit:
		return "its manager would start it again after a signal"
	case model.StopContainer:
		return "it runs in that container"
	case model.ReservePort:
		return "keeps the system from handing the port out"
	}
	return ""
}
