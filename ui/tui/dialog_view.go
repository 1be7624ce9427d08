package tui

import (
	"slices"

	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
	"lotop/ui/ports"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

func (d *dialog) title() string {
	j := d.only()
	asks := d.stage == stageConfirming || d.stage == stagePlanning
	switch {
	case j == nil && asks:
		return "Free " + ui.Count(len(d.jobs), "port") + "?"
	case j == nil:
		return "Free " + ui.Count(len(d.jobs), "port")
	case d.stage == stageDone && j.report.Rebound != nil:
		return j.plan.Diagnosis.Target.String() + " is taken again"
	case j.parent != nil:
		return "Free " + j.target.String() + " and end " + ui.NameAndPID(j.parent) + "?"
	}
	s := j.choice.socket
	if j.choice.closeOnly || s.Connected() && d.stage == stageChoosing {
		return "Close " + ui.Local(j.row.Snapshot, s) + " " + ui.RemoteText(&j.row)
	}
	title := "Free " + ui.Local(j.row.Snapshot, s)
	if asks {
		title += "?"
	}
	return title
}

// maxDialog is how wide a dialog is where there is room.
const maxDialog = 76

// dialogRoom returns the width and height that the lines of the dialog can have.
func (m *Model) dialogRoom() (width, height int) {
	if m.height < 3 || m.width < 8 {
		return m.width, m.height // without a border
	}
	return min(maxDialog, m.width) - 4, m.height - 2
}

// dialogLines returns the lines of the dialog, which fit its room.
func (m *Model) dialogLines() []line {
	_, height := m.dialogRoom()
	lines, _ := m.writeDialog().fit(height, m.dialog.scroll)
	return lines
}

// dialogHidden returns how far the dialog can be scrolled, 0 if it fits its room.
func (m *Model) dialogHidden() int {
	_, height := m.dialogRoom()
	_, hidden := m.writeDialog().fit(height, 0)
	return hidden
}

func (m *Model) writeDialog() *dialogWriter {
	d := m.dialog
	width, _ := m.dialogRoom()
	w := dialogWriter{lineWriter: lineWriter{width: width}, dialog: d, scrolls: keymap.Hint(m.keys.MoveHint(), "scroll")}
	spin := m.spinner.View()
	switch d.stage {
	case stageChoosing:
		w.choices(m.choices(), m.wording)
	case stagePlanning:
		w.add(styled(muted, spin+" finding the owner …"))
	case stageConfirming:
		w.plans()
	case stageStopping:
		w.paragraph(warning, spin+" "+w.progress())
	case stageDone:
		w.outcomes()
	}
	if d.stage != stagePlanning {
		w.buttons(m.actions())
	}
	return &w
}

type dialogWriter struct {
	lineWriter
	dialog  *dialog
	scrolls string // the hint how to scroll
	footer  []line // what can be done next; never dropped
}

// fit shortens the dialog to height lines: it drops blank lines first, then all buttons but
// the first ones, and shows the lines from scroll on. It returns how many lines can be
// scrolled.
func (w *dialogWriter) fit(height, scroll int) (all []line, hidden int) {
	content, footer, gap := w.out, w.footer, []line{nil}
	if len(footer) == 0 {
		gap = nil
	}
	if len(content)+len(gap)+len(footer) > height {
		content = slices.DeleteFunc(slices.Clone(content), func(l line) bool { return len(l) == 0 })
		gap = nil
	}
	if len(content)+len(footer) > height {
		footer = footer[:min(len(footer), max(height-3, 1))] // the last line of the screen has all keys
	}
	if len(content)+len(footer) > height {
		room := max(height-len(footer)-1, 0)
		hidden = len(content) - room
		scroll = min(scroll, hidden)
		more := styled(muted, "… "+ui.Count(hidden-scroll, "more line"))
		if w.scrolls != "" {
			more = more.Add(muted, "; "+w.scrolls)
		}
		content = append(slices.Clone(content[scroll:scroll+room]), more.Cut(w.width))
	}
	all = slices.Concat(content, gap, footer)
	return all[max(len(all)-max(height, 0), 0):], hidden
}

// buttons writes what can be done next, on as many lines as it takes.
func (w *dialogWriter) buttons(all []action) {
	const gap = 3
	var l line
	flush := func() {
		if len(l) > 0 {
			w.footer = append(w.footer, append(text(spaces(max(w.width-l.Width(), 0)/2)), l...).Cut(w.width))
		}
		l = nil
	}
	for _, a := range all {
		if w.dialog.stage == stageChoosing && a.run != nil {
			continue // it has a line of its own
		}
		b := text("[ ").Add(accent, a.key).Add(plain, "  "+a.label+" ]")
		if len(l) > 0 && l.Width()+gap+b.Width() > w.width {
			flush()
		}
		if len(l) > 0 {
			l = l.Add(plain, spaces(gap))
		}
		l = append(l, b...)
	}
	flush()
}

func (w *dialogWriter) choices(all []choice, wording ui.Wording) {
	if len(all) == 0 {
		w.paragraph(plain, wording.CannotClose())
	}
	for _, c := range all {
		w.add(styled(accent, c.key).Add(plain, "  "+c.label))
	}
}

// lines adds lines, wrapped to the width.
func (w *dialogWriter) lines(all []line) {
	for _, l := range style.WrapAll(all, w.width, 2) {
		w.add(l)
	}
}

// plans adds what happens after confirmation.
func (w *dialogWriter) plans() {
	if j := w.dialog.only(); j != nil {
		w.lines(ui.PlanLinesAsking(&j.plan, process.DefaultGrace, w.width))
		if !j.plan.Possible() && len(j.plan.Protected)+len(j.plan.Skipped) == 0 {
			w.lines([]line{ui.WhyAnswer(&j.plan.Diagnosis)})
		}
		return
	}
	for _, j := range w.dialog.jobs {
		if j.err != nil {
			w.lines([]line{j.name().Add(danger, "  ✗ "+untrusted.New(j.err.Error()).String())})
			continue
		}
		w.lines([]line{ui.PlanLine(&j.plan)})
	}
	if stops := w.dialog.toStop(); stops > 0 {
		w.blankLine()
		es := "es"
		if stops == 1 {
			es = ""
		}
		words := ui.WordingFor(w.dialog.jobs[0].plan.Diagnosis.OS).SendsAsking(process.DefaultGrace)
		w.lines([]line{styled(muted, "sends  ").Add(plain, words).Add(muted, "; to "+ui.Number(stops)+" process"+es)})
	}
}

// name returns what the job is about.
func (j *job) name() line { return styled(emphasis, ui.Local(j.row.Snapshot, j.row.Socket)) }

func (w *dialogWriter) progress() string {
	p := &w.dialog.jobs[0].plan
	if w.dialog.toStop() == 0 {
		n := 0
		for _, j := range w.dialog.jobs {
			n += len(j.plan.ToClose)
		}
		return "closing " + ui.Count(n, "connection") + " …"
	}
	return ui.WordingFor(p.Diagnosis.OS).Sent(w.dialog.signal) + ", waiting up to " + ui.Interval(process.DefaultGrace) + " for it to exit …"
}

// outcomes adds what has become of each plan.
func (w *dialogWriter) outcomes() {
	for i, j := range w.dialog.jobs {
		if i > 0 {
			w.blankLine()
		}
		if w.dialog.only() == nil && (!j.ran || j.err != nil) {
			w.lines([]line{j.name()})
		}
		w.outcome(j)
	}
}

func (w *dialogWriter) outcome(j *job) {
	d, r := &j.plan.Diagnosis, &j.report
	for i := range r.Outcomes {
		w.lines([]line{ui.OutcomeLine(&r.Outcomes[i], ui.WordingFor(d.OS))})
	}
	w.lines(ui.ClosedLines(r.Closed))
	switch {
	case j.err != nil:
		w.paragraph(danger, "✗ "+untrusted.New(j.err.Error()).String())
	case !j.ran:
		w.lines(ui.PlanLinesAsking(&j.plan, process.DefaultGrace, w.width))
	case j.plan.CloseOnly:
	case r.Rebound != nil:
		w.lines(ui.ReboundLines(d.Target.String(), r.Rebound))
	default:
		w.lines([]line{ui.ResultLine(&r.After)})
		switch {
		case !r.After.Verdict.OK():
		case j.watchErr != nil:
			w.paragraph(warning, "cannot check that it stays free: "+untrusted.New(j.watchErr.Error()).String())
		case j.watchDone:
			w.add(styled(muted, "Still free after "+ui.Interval(ports.WatchDuration)+"."))
		default:
			w.add(styled(muted, "Checking that it stays free …"))
		}
	}
}
