package tui

import (
	"slices"
	"strconv"
	"strings"
	"syscall"

	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
)

func (d *dialog) title() string {
	s := d.socket
	if d.alone || s.Connected() && d.stage == choosing {
		return "Close " + ui.Local(d.row.Snapshot, s) + " " + ui.Far(&d.row)
	}
	return "Free " + ui.Local(d.row.Snapshot, s)
}

// dialogLines writes the dialog, at most width cells wide.
func (m *Model) dialogLines(width, height int) []line {
	d := m.dialog
	w := dialogWriter{width: width, words: m.words, d: d}
	spin := m.spinner.View()
	switch d.stage {
	case choosing:
		w.choices(m.choices())
	case planning:
		w.add(styled(quiet, spin+" finding the owner …"))
	case asking:
		w.plan()
	case ending:
		w.para(notice, spin+" "+w.whatIsDone())
	case done:
		w.outcome()
	}
	return w.fit(height)
}

type dialogWriter struct {
	width int
	words ui.Wording
	d     *dialog
	out   []line
	last  line // what can be done next: it must not get lost
}

// fit brings the dialog into so many lines: it gives up the empty ones first,
// then the last words.
func (w *dialogWriter) fit(height int) []line {
	all := w.out
	if len(w.last) > 0 {
		all = append(all, nil, w.last)
	}
	if len(all) > height {
		all = slices.DeleteFunc(all, func(l line) bool { return len(l) == 0 })
	}
	if n := len(all); n > height && height > 1 {
		all = append(all[:height-2], styled(quiet, "… "+strconv.Itoa(n-height+1)+" more lines; enlarge the window").Cut(w.width), w.last)
	}
	return all[:min(len(all), max(height, 0))]
}

func (w *dialogWriter) add(l line) { w.out = append(w.out, l.Cut(w.width)) }
func (w *dialogWriter) space()     { w.out = append(w.out, nil) }

// para writes a sentence on as many lines as it takes.
func (w *dialogWriter) para(r role, s string) {
	for _, part := range words(s, w.width) {
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
	w.last = append(text(spaces((w.width-l.Width())/2)), l...).Cut(w.width)
}

func (w *dialogWriter) choices(all []choice) {
	if len(all) == 0 {
		w.para(plain, w.words.CannotClose())
	}
	for _, c := range all {
		w.add(styled(accent, c.key).Add(plain, "  "+c.what))
	}
	w.buttons([2]string{"n", "cancel"})
}

// plan says what a yes would do.
func (w *dialogWriter) plan() {
	d := w.d
	if d.alone {
		w.para(plain, "closes this connection only; no process is stopped")
		w.buttons([2]string{"y", "close socket"}, [2]string{"n", "cancel"})
		return
	}
	for _, v := range d.plan.ToStop {
		w.victim(v)
	}
	for _, r := range d.plan.Protected {
		w.para(notice, "skip "+ui.Named(r.Process)+": "+r.Reason)
	}
	if !d.possible() {
		if len(d.plan.Protected) == 0 {
			w.para(notice, whyNobody(d, w.words))
			w.managed(d.socket.Cgroup, "or stop its service")
		}
		w.buttons([2]string{"n", "cancel"})
		return
	}
	w.goesDown()
	for _, v := range d.plan.ToStop {
		if w.managed(&v.Cgroup, "") {
			break // one advice is enough
		}
	}
	w.space()
	w.add(styled(quiet, w.words.KillNote()))
	w.buttons([2]string{"y", "free port"}, [2]string{"n", "cancel"})
}

func (w *dialogWriter) victim(p *process.Process) {
	w.add(styled(quiet, w.words.SendTo(syscall.SIGTERM)+"  ").Add(strong, p.Name.String()).Add(plain, " ("+strconv.Itoa(p.PID)+")"))
	if command := p.Command.String(); command != "" {
		w.add(text("  " + ui.Middle(command, w.width-2)))
	}
}

func (w *dialogWriter) goesDown() {
	p := &w.d.plan
	if p.ClientsLost == 0 && len(p.AlsoCloses) == 0 {
		return
	}
	w.space()
	w.add(styled(quiet, "also closes"))
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

// managed warns of a service manager that will start the process again, or
// says instead of that how to have it stopped.
func (w *dialogWriter) managed(g *process.Cgroup, instead string) bool {
	if g == nil {
		return false
	}
	why, command, found := strings.Cut(ui.StopInstead(g), ": ")
	if !found {
		return false
	}
	if instead != "" {
		why = instead
	}
	w.space()
	w.para(notice, why+":")
	for _, part := range words(command, w.width-2) {
		w.add(text("  " + part))
	}
	return true
}

// whyNobody says why there is no process to end, and what can be done.
func whyNobody(d *dialog, words ui.Wording) string {
	s := d.socket
	switch s.NoOwner {
	case sockets.OtherUser:
		who, _ := ui.Holder(&d.row, s)
		return "owned by " + who + ": " + words.OtherUser()
	case sockets.InTimeWait:
		return words.InTimeWait(ui.Lasting(" for another ", s))
	case sockets.NotAccepted:
		return "still in the accept queue: free the listener's port instead"
	case sockets.KernelOwned:
		return "owned by the kernel: unmount or shut down what uses it, such as NFS or a tunnel"
	case sockets.Orphaned:
		return "no owner: the kernel is still closing it"
	}
	main, _ := ui.Holder(&d.row, s)
	return "owner unknown: " + main
}

func (w *dialogWriter) whatIsDone() string {
	if w.d.alone {
		return "closing the connection …"
	}
	return w.words.Sent(w.d.signal) + ", waiting up to " + ui.Interval(process.DefaultGrace) + " for it to exit …"
}
