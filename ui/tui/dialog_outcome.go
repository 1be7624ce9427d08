package tui

import (
	"errors"
	"syscall"

	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/ports"
)

// outcome says what came of it, and what can be done next.
func (w *dialogWriter) outcome() {
	d, r := w.dialog, w.dialog.report
	address := ui.Local(d.row.Snapshot, d.socket)
	switch {
	case d.closeOnly && r.Err != nil && !errors.Is(r.Err, syscall.EADDRINUSE):
		w.paragraph(danger, "✗ not closed: "+bindErrorText(r.Err))
	case d.closeOnly:
		w.paragraph(success, "✓ connection closed; no process stopped")
	case d.rebound != nil:
		w.rebound()
	case r.Free:
		w.freed(address)
	default:
		w.stillInUse(address)
	}
	if d.canForce() {
		w.buttons([2]string{"f", w.wording.KillButton()}, [2]string{"n", "cancel"})
		return
	}
	w.footer = styled(muted, "press any key to close").Cut(w.width)
}

func (w *dialogWriter) freed(address string) {
	r := w.dialog.report
	w.paragraph(success, "✓ "+address+" is free (verified with a test bind).")
	w.paragraph(plain, outcomeText(r.Outcomes))
	if r.NeedsReuse {
		w.paragraph(muted, "Old connections are still closing: a server without SO_REUSEADDR may have to wait up to a minute.")
	}
	if w.dialog.watchDone {
		w.paragraph(muted, "Still free after "+ui.Interval(ports.WatchDuration)+".")
	} else {
		w.paragraph(muted, "Checking that it stays free …")
	}
}

// reboundText says that the port did not stay free, and by whose doing.
func (d *dialog) reboundText() string {
	r := d.rebound
	s := "✗ " + ui.Local(d.row.Snapshot, d.socket) + " was bound again after " + ui.Seconds(r.After)
	if r.By != nil {
		s += " by " + ui.NameAndPID(r.By)
	}
	if r.Parent != nil {
		s += ", started by " + ui.NameAndPID(r.Parent)
	}
	return s
}

func (w *dialogWriter) rebound() {
	r := w.dialog.rebound
	w.paragraph(danger, w.dialog.reboundText())
	if r.By == nil {
		return
	}
	if advice := ui.SupervisorAdvice(&r.By.Cgroup); advice != "" {
		w.paragraph(warning, advice)
	} else if r.Parent != nil && r.Parent.PID > 1 {
		w.paragraph(warning, "stop "+ui.NameAndPID(r.Parent)+" first: it restarts the server")
	}
}

func (w *dialogWriter) stillInUse(address string) {
	r := w.dialog.report
	for _, o := range r.Outcomes {
		switch {
		case o.Result == process.Survived && o.Reason != "":
			w.paragraph(danger, "✗ still in use: "+ui.NameAndPID(o.Process)+" is still running: "+o.Reason)
		case o.Result == process.Survived && o.Err == nil:
			w.paragraph(danger, "✗ still in use: "+ui.NameAndPID(o.Process)+" "+w.wording.StillRunningAfter(w.dialog.signal, ui.Interval(process.DefaultGrace)))
		case o.Err != nil:
			w.paragraph(danger, "✗ "+o.Err.Error())
		default:
			w.paragraph(plain, outcomeText([]process.Outcome{o}))
		}
	}
	if len(r.StillRunning()) > 0 && errors.Is(r.Err, syscall.EADDRINUSE) {
		return // that is why
	}
	w.paragraph(danger, "✗ "+address+" is still in use: "+bindErrorText(r.Err))
}

// bindErrorText says in words what the kernel answered.
func bindErrorText(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "another process also uses it"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "not permitted for this user"
	}
	return err.Error()
}

// outcomeText lists who went, and how quickly.
func outcomeText(all []process.Outcome) string {
	out := ""
	for _, o := range all {
		if out != "" {
			out += " "
		}
		switch o.Result {
		case process.Exited:
			out += ui.NameAndPID(o.Process) + " exited after " + ui.Seconds(o.After) + "."
		case process.Gone:
			out += ui.NameAndPID(o.Process) + " had already exited."
		case process.Survived, process.Denied:
			out += ui.NameAndPID(o.Process) + " is still running but released the port."
		}
	}
	return out
}
