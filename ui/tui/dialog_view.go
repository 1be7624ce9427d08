package tui

import (
	"slices"
	"strconv"
	"syscall"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
	"lotop/ui/ports"
	"lotop/ui/style"
)

func (d *dialog) title() string {
	s := d.choice.socket
	if d.choice.closeOnly || s.Connected() && d.stage == stageChoosing {
		return "Close " + ui.Local(d.row.Snapshot, s) + " " + ui.RemoteText(&d.row)
	}
	return "Free " + ui.Local(d.row.Snapshot, s)
}

// dialogLines returns the lines of the dialog, at most width cells wide.
func (m *Model) dialogLines(width, height int) []line {
	d := m.dialog
	w := dialogWriter{lineWriter: lineWriter{width: width}, wording: m.wording, dialog: d}
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
	lineWriter
	wording ui.Wording
	dialog  *dialog
	footer  line // what can be done next; never dropped
}

// fit shortens the dialog to height lines: it drops blank lines first, then the last
// lines before the footer.
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

// plan adds what happens after confirmation.
func (w *dialogWriter) plan() {
	p := &w.dialog.plan
	w.lines(ui.PlanLines(p, syscall.SIGTERM, w.width))
	if !p.Possible() {
		if len(p.Protected)+len(p.Skipped) == 0 {
			w.lines([]line{ui.WhyAnswer(&p.Diagnosis)})
		}
		w.buttons([2]string{"n", "cancel"})
		return
	}
	yes := "free port"
	if p.CloseOnly {
		yes = "close socket"
	} else if len(p.ToStop) > 0 {
		w.blankLine()
		w.add(styled(muted, ui.WordingFor(p.Diagnosis.OS).KillNote()))
	}
	w.buttons([2]string{"y", yes}, [2]string{"n", "cancel"})
}

// lines adds lines, wrapped to the width.
func (w *dialogWriter) lines(all []line) {
	for _, l := range style.WrapAll(all, w.width, 2) {
		w.add(l)
	}
}

func (w *dialogWriter) progress() string {
	p := &w.dialog.plan
	if len(p.ToStop) == 0 {
		return "closing " + ui.Count(len(p.ToClose), "connection") + " …"
	}
	return ui.WordingFor(p.Diagnosis.OS).Sent(w.dialog.signal) + ", waiting up to " + ui.Interval(process.DefaultGrace) + " for it to exit …"
}

// outcome adds the result, and what can be done next.
func (w *dialogWriter) outcome() {
	d, r := w.dialog, &w.dialog.report
	for i := range r.Outcomes {
		w.lines([]line{ui.OutcomeLine(&r.Outcomes[i], ui.WordingFor(d.plan.Diagnosis.OS))})
	}
	w.lines(ui.ClosedLines(r.Closed))
	switch {
	case d.err != nil:
		w.paragraph(danger, "✗ "+untrusted.New(d.err.Error()).String())
	case d.plan.CloseOnly:
	case r.Rebound != nil:
		w.lines(ui.ReboundLines(d.plan.Diagnosis.Target.String(), r.Rebound))
	default:
		w.lines([]line{ui.ResultLine(&r.After)})
		switch {
		case !r.After.Verdict.OK():
		case d.watchErr != nil:
			w.paragraph(warning, "cannot check that it stays free: "+untrusted.New(d.watchErr.Error()).String())
		case d.watchDone:
			w.add(styled(muted, "Still free after "+ui.Interval(ports.WatchDuration)+"."))
		default:
			w.add(styled(muted, "Checking that it stays free …"))
		}
	}
	if d.canForce() {
		w.buttons([2]string{"f", w.wording.KillButton()}, [2]string{"n", "cancel"})
		return
	}
	w.footer = styled(muted, "press any key to close").Cut(w.width)
}
