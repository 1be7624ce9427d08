package tui

import (
	"slices"
	"strconv"
	"strings"
	"syscall"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/style"
)

func (d *dialog) title() string {
	s := d.socket
	if d.closeOnly || s.Connected() && d.stage == stageChoosing {
		return "Close " + ui.Local(d.row.Snapshot, s) + " " + ui.RemoteText(&d.row)
	}
	return "Free " + ui.Local(d.row.Snapshot, s)
}

// dialogLines writes the dialog, at most width cells wide.
func (m *Model) dialogLines(width, height int) []line {
	d := m.dialog
	w := dialogWriter{width: width, wording: m.wording, dialog: d}
	spin := m.spinner.View()
	switch d.stage {
	case stageChoosing:
		w.choices(m.choices())
	case stagePlanning:
		w.add(styled(muted, spin+" finding the owner …"))
	case stageConfirming:
		w.plan()
	case stageStopping:
		w.paragraph(warning, spin+" "+w.progress())
	case stageDone:
		w.outcome()
	}
	return w.fit(height)
}

type dialogWriter struct {
	width   int
	wording ui.Wording
	dialog  *dialog
	out     []line
	footer  line // what can be done next: it must not get lost
}

// fit brings the dialog into so many lines: it gives up the empty ones first,
// then the last words.
func (w *dialogWriter) fit(height int) []line {
	all := w.out
	if len(w.footer) > 0 {
		all = append(all, nil, w.footer)
	}
	if len(all) > height {
		all = slices.DeleteFunc(all, func(l line) bool { return len(l) == 0 })
	}
	if n := len(all); n > height && height > 1 {
		all = append(all[:height-2], styled(muted, "… "+strconv.Itoa(n-height+1)+" more lines; enlarge the window").Cut(w.width), w.footer)
	}
	return all[:min(len(all), max(height, 0))]
}

func (w *dialogWriter) add(l line) { w.out = append(w.out, l.Cut(w.width)) }
func (w *dialogWriter) blankLine() { w.out = append(w.out, nil) }

// paragraph writes a sentence on as many lines as it takes.
func (w *dialogWriter) paragraph(r role, s string) {
	for _, part := range style.WrapWords(s, w.width) {
		w.add(styled(r, part))
	}
}

func (w *dialogWriter) buttons(all ...[2]string) {
	var l line
	for i, b := range all {
		if i > 0 {
			l = l.Add(plain, "   ")
		}
		l = l.Add(plain, "[ ").Add(accent, b[0]).Add(plain, "  "+b[1]+" ]")
	}
	w.footer = append(text(spaces((w.width-l.Width())/2)), l...).Cut(w.width)
}

func (w *dialogWriter) choices(all []choice) {
	if len(all) == 0 {
		w.paragraph(plain, w.wording.CannotClose())
	}
	for _, c := range all {
		w.add(styled(accent, c.key).Add(plain, "  "+c.label))
	}
	w.buttons([2]string{"n", "cancel"})
}

// plan says what a yes would do.
func (w *dialogWriter) plan() {
	d := w.dialog
	if d.closeOnly {
		w.paragraph(plain, "closes this connection only; no process is stopped")
		w.buttons([2]string{"y", "close socket"}, [2]string{"n", "cancel"})
		return
	}
	for _, v := range d.plan.ToStop {
		w.stopLine(v)
	}
	for _, r := range d.plan.Protected {
		w.paragraph(warning, "skip "+ui.NameAndPID(r.Process)+": "+r.Reason)
	}
	if !d.hasEffect() {
		if len(d.plan.Protected) == 0 {
			w.paragraph(warning, noOwnerReason(d, w.wording))
			w.supervisorAdvice(d.socket.Cgroup, "or stop its service")
		}
		w.buttons([2]string{"n", "cancel"})
		return
	}
	w.sideEffects()
	for _, v := range d.plan.ToStop {
		if w.supervisorAdvice(&v.Cgroup, "") {
			break // one advice is enough
		}
	}
	w.blankLine()
	w.add(styled(muted, w.wording.KillNote()))
	w.buttons([2]string{"y", "free port"}, [2]string{"n", "cancel"})
}

func (w *dialogWriter) stopLine(p *process.Process) {
	w.add(styled(muted, w.wording.SendTo(syscall.SIGTERM)+"  ").Add(emphasis, p.Name.String()).Add(plain, " ("+strconv.Itoa(p.PID)+")"))
	if command := p.Command.String(); command != "" {
		w.add(text("  " + style.CutMiddle(command, w.width-2)))
	}
}

func (w *dialogWriter) sideEffects() {
	p := &w.dialog.plan
	if p.ClientsLost == 0 && len(p.AlsoCloses) == 0 {
		return
	}
	w.blankLine()
	w.add(styled(muted, "also closes"))
	if p.ClientsLost > 0 {
		w.add(text("  " + ui.Count(p.ClientsLost, "client connection")))
	}
	const most = 5
	for i := range p.AlsoCloses {
		if i == most {
			w.add(text("  and " + ui.Count(len(p.AlsoCloses)-most, "other port")))
			break
		}
		r := &p.AlsoCloses[i]
		w.add(text("  " + r.Socket.Protocol.String() + " " + ui.Local(r.Snapshot, r.Socket)))
	}
}

// supervisorAdvice warns of a service manager that will start the process again, or
// says instead of that how to have it stopped.
func (w *dialogWriter) supervisorAdvice(g *process.Cgroup, instead string) bool {
	if g == nil {
		return false
	}
	why, command, found := strings.Cut(ui.SupervisorAdvice(g), ": ")
	if !found {
		return false
	}
	if instead != "" {
		why = instead
	}
	w.blankLine()
	w.paragraph(warning, why+":")
	for _, part := range style.WrapWords(command, w.width-2) {
		w.add(text("  " + part))
	}
	return true
}

// noOwnerReason says why there is no process to end, and what can be done.
func noOwnerReason(d *dialog, words ui.Wording) string {
	s := d.socket
	switch s.NoOwner {
	case sockets.OtherUser:
		who, _ := ui.SocketOwner(&d.row, s)
		return "owned by " + who + ": " + words.OtherUser()
	case sockets.InTimeWait:
		return words.InTimeWait(ui.TimeLeftPhrase(" for another ", s))
	case sockets.NotAccepted:
		return "still in the accept queue: free the listener's port instead"
	case sockets.KernelOwned:
		return "owned by the kernel: unmount or shut down what uses it, such as NFS or a tunnel"
	case sockets.Orphaned:
		return "no owner: the kernel is still closing it"
	}
	main, _ := ui.SocketOwner(&d.row, s)
	return "owner unknown: " + main
}

func (w *dialogWriter) progress() string {
	if w.dialog.closeOnly {
		return "closing the connection …"
	}
	return w.wording.Sent(w.dialog.signal) + ", waiting up to " + ui.Interval(process.DefaultGrace) + " for it to exit …"
}
