package tui

import (
	"errors"
	"strconv"
	"syscall"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
)

func named(p *process.Process) string { return ui.Named(p) }

func (d *dialog) title() string {
	s := d.socket
	if d.alone || s.Connected() && d.stage == choosing {
		return "Close " + ui.Local(d.row.In, s) + " " + ui.Far(&d.row)
	}
	return "Free " + ui.Local(d.row.In, s)
}

// dialogLines writes the dialog, at most width cells wide.
func (m *Model) dialogLines(width int) []line {
	d := m.dialog
	w := dialogWriter{width: width, d: d}
	switch d.stage {
	case choosing:
		w.choices(m.choices())
	case planning:
		w.add(styled(quiet, m.spinner.View()+" looking who holds it …"))
	case asking:
		w.plan()
	case ending:
		w.add(styled(notice, m.spinner.View()+" "+w.whatIsDone()))
	case done:
		w.outcome()
	}
	return w.out
}

type dialogWriter struct {
	width int
	d     *dialog
	out   []line
}

func (w *dialogWriter) add(l line) { w.out = append(w.out, l.cut(w.width)) }
func (w *dialogWriter) space()     { w.out = append(w.out, nil) }

// para writes a sentence on as many lines as it takes.
func (w *dialogWriter) para(r role, s string) {
	for _, part := range words(s, w.width) {
		w.add(styled(r, part))
	}
}

func (w *dialogWriter) buttons(all ...[2]string) {
	w.space()
	var l line
	for _, b := range all {
		l = l.add(plain, "[ ").add(accent, b[0]).add(plain, "  "+b[1]+" ]   ")
	}
	if gap := (w.width - l.width() + 3) / 2; gap > 0 {
		l = append(text(spaces(gap)), l...)
	}
	w.add(l)
}

func (w *dialogWriter) choices(all []choice) {
	if len(all) == 0 {
		w.para(plain, "nothing can be done about this connection without root")
	}
	for _, c := range all {
		w.add(styled(accent, c.key).add(plain, "  "+c.what))
	}
	w.buttons([2]string{"n", "leave it"})
}

// plan says what a yes would do.
func (w *dialogWriter) plan() {
	d := w.d
	if d.alone {
		w.para(plain, "the kernel closes this one connection; nobody is ended")
		w.buttons([2]string{"y", "close it"}, [2]string{"n", "leave it"})
		return
	}
	for _, v := range d.plan.Victims {
		w.victim(v)
	}
	for _, r := range d.plan.Refused {
		w.para(notice, "not "+named(r.Process)+": "+r.Reason)
	}
	if !d.possible() {
		if len(d.plan.Refused) == 0 {
			w.para(notice, whyNobody(d))
		}
		w.buttons([2]string{"n", "leave it"})
		return
	}
	w.goesDown()
	w.managed()
	w.space()
	w.add(styled(quiet, "then SIGKILL only if you say so"))
	w.buttons([2]string{"y", "free it"}, [2]string{"n", "leave it"})
}

func (w *dialogWriter) victim(p *process.Process) {
	w.add(styled(quiet, "SIGTERM to  ").add(strong, p.Name.String()).add(plain, " ("+strconv.Itoa(p.PID)+")"))
	if command := p.Command.String(); command != "" {
		w.add(text("  " + middle(command, w.width-2)))
	}
}

func (w *dialogWriter) goesDown() {
	p := &w.d.plan
	if p.Clients == 0 && len(p.Closes) == 0 {
		return
	}
	w.space()
	w.add(styled(quiet, "goes down with it"))
	switch p.Clients {
	case 0:
	case 1:
		w.add(text("  1 client loses its connection"))
	default:
		w.add(text("  " + ui.Count(p.Clients, "client") + " lose their connection"))
	}
	const most = 5
	for i := range p.Closes {
		if i == most {
			w.add(text("  and " + ui.Count(len(p.Closes)-most, "other port")))
			break
		}
		r := &p.Closes[i]
		w.add(text("  " + r.Socket.Protocol.String() + " " + ui.Local(r.In, r.Socket) + " closes too"))
	}
}

// managed warns of a service manager that will start the process again.
func (w *dialogWriter) managed() {
	for _, v := range w.d.plan.Victims {
		if advice := ui.StopInstead(&v.Cgroup); advice != "" {
			w.space()
			w.para(notice, advice)
			return
		}
	}
}

// whyNobody says why there is no process to end, and what can be done.
func whyNobody(d *dialog) string {
	s := d.socket
	switch s.NoOwner {
	case sockets.OtherUser:
		who, _ := ui.Holder(&d.row, s)
		return "held by " + who + ": another user's process; run lotop as root to end it"
	case sockets.InTimeWait:
		return "no process holds it: the kernel waits out old packets for another " + ui.Left(s) +
			"; a server that sets SO_REUSEADDR can bind already; as root lotop can close it"
	case sockets.NotAccepted:
		return "nobody has accepted it yet: free the listener's port instead"
	case sockets.HeldByKernel:
		return "the kernel itself holds it: unmount or take down what it serves, such as NFS or a tunnel"
	}
	main, _ := ui.Holder(&d.row, s)
	return "no process to end is in sight: " + main
}

func (w *dialogWriter) whatIsDone() string {
	if w.d.alone {
		return "closing the connection …"
	}
	return process.SignalName(w.d.signal) + " sent, waiting for it to end …"
}

// outcome says what came of it, and what can be done next.
func (w *dialogWriter) outcome() {
	d, r := w.d, w.d.report
	address := ui.Local(d.row.In, d.socket)
	switch {
	case d.alone && r.Err != nil && !errors.Is(r.Err, syscall.EADDRINUSE):
		w.para(danger, "✗ not closed: "+refusal(r.Err))
	case d.alone:
		w.para(good, "✓ the connection is closed; nobody was ended")
	case d.retaken != nil:
		w.retaken(address)
	case r.Free:
		w.para(good, "✓ "+address+" is free: bound and released it to be sure.")
		w.para(plain, ended(r.Outcomes))
		if r.NeedsReuse {
			w.para(quiet, "Connections of before are still ending: a server without SO_REUSEADDR has to wait up to a minute.")
		}
	default:
		w.stillTaken(address)
	}
	if d.survived() {
		w.buttons([2]string{"f", "SIGKILL"}, [2]string{"n", "leave it"})
		return
	}
	w.space()
	w.add(styled(quiet, "any key goes back"))
}

func (w *dialogWriter) retaken(address string) {
	r := w.d.retaken
	w.add(styled(danger, "✗ "+address+" was taken again after "+ui.Seconds(r.After)))
	if r.By == nil {
		return
	}
	by := "by " + named(r.By)
	if r.Parent != nil {
		by += ", started by " + named(r.Parent)
	}
	w.para(plain, by)
	if advice := ui.StopInstead(&r.By.Cgroup); advice != "" {
		w.para(notice, advice)
	} else if r.Parent != nil && r.Parent.PID > 1 {
		w.para(notice, "stop "+named(r.Parent)+": it will start it again")
	}
}

func (w *dialogWriter) stillTaken(address string) {
	r := w.d.report
	for _, o := range r.Outcomes {
		switch {
		case o.Result == process.Survived && o.Reason != "":
			w.para(danger, "✗ "+named(o.Process)+" is still there: "+o.Reason)
		case o.Result == process.Survived:
			w.para(danger, "✗ "+named(o.Process)+" survived "+process.SignalName(w.d.signal)+" for "+ui.Seconds(process.DefaultGrace))
		case o.Err != nil:
			w.para(danger, "✗ "+o.Err.Error())
		}
	}
	if r.Err != nil {
		w.para(danger, "✗ "+address+" is still taken: "+refusal(r.Err))
	}
}

// refusal says in words what the kernel answered.
func refusal(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "somebody else holds it too"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "not permitted for this user"
	}
	return err.Error()
}

// ended lists who went, and how quickly.
func ended(all []process.Outcome) string {
	out := ""
	for _, o := range all {
		if out != "" {
			out += " "
		}
		switch o.Result {
		case process.Exited:
			out += named(o.Process) + " ended after " + ui.Seconds(o.After) + "."
		case process.Gone:
			out += named(o.Process) + " had gone already."
		}
	}
	return out
}
