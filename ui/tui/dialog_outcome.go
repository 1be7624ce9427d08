package tui

import (
	"errors"
	"syscall"

	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/freeing"
)

// outcome says what came of it, and what can be done next.
func (w *dialogWriter) outcome() {
	d, r := w.d, w.d.report
	address := ui.Local(d.row.Snapshot, d.socket)
	switch {
	case d.alone && r.Err != nil && !errors.Is(r.Err, syscall.EADDRINUSE):
		w.para(danger, "✗ not closed: "+refusal(r.Err))
	case d.alone:
		w.para(good, "✓ connection closed; no process stopped")
	case d.retaken != nil:
		w.retaken()
	case r.Free:
		w.free(address)
	default:
		w.stillTaken(address)
	}
	if d.survived() {
		w.buttons([2]string{"f", w.words.KillButton()}, [2]string{"n", "cancel"})
		return
	}
	w.last = styled(quiet, "press any key to close").Cut(w.width)
}

func (w *dialogWriter) free(address string) {
	r := w.d.report
	w.para(good, "✓ "+address+" is free (verified with a test bind).")
	w.para(plain, ended(r.Outcomes))
	if r.NeedsReuse {
		w.para(quiet, "Old connections are still closing: a server without SO_REUSEADDR may have to wait up to a minute.")
	}
	if w.d.watched {
		w.para(quiet, "Still free after "+ui.Interval(freeing.WatchFor)+".")
	} else {
		w.para(quiet, "Checking that it stays free …")
	}
}

// takenAgain says that the port did not stay free, and by whose doing.
func (d *dialog) takenAgain() string {
	r := d.retaken
	s := "✗ " + ui.Local(d.row.Snapshot, d.socket) + " was bound again after " + ui.Seconds(r.After)
	if r.By != nil {
		s += " by " + ui.Named(r.By)
	}
	if r.Parent != nil {
		s += ", started by " + ui.Named(r.Parent)
	}
	return s
}

func (w *dialogWriter) retaken() {
	r := w.d.retaken
	w.para(danger, w.d.takenAgain())
	if r.By == nil {
		return
	}
	if advice := ui.StopInstead(&r.By.Cgroup); advice != "" {
		w.para(notice, advice)
	} else if r.Parent != nil && r.Parent.PID > 1 {
		w.para(notice, "stop "+ui.Named(r.Parent)+" first: it restarts the server")
	}
}

func (w *dialogWriter) stillTaken(address string) {
	r := w.d.report
	for _, o := range r.Outcomes {
		switch {
		case o.Result == process.Survived && o.Reason != "":
			w.para(danger, "✗ still in use: "+ui.Named(o.Process)+" is still running: "+o.Reason)
		case o.Result == process.Survived && o.Err == nil:
			w.para(danger, "✗ still in use: "+ui.Named(o.Process)+" "+w.words.StillRunningAfter(w.d.signal, ui.Interval(process.DefaultGrace)))
		case o.Err != nil:
			w.para(danger, "✗ "+o.Err.Error())
		default:
			w.para(plain, ended([]process.Outcome{o}))
		}
	}
	if len(r.Survivors()) > 0 && errors.Is(r.Err, syscall.EADDRINUSE) {
		return // that is why
	}
	w.para(danger, "✗ "+address+" is still in use: "+refusal(r.Err))
}

// refusal says in words what the kernel answered.
func refusal(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "another process also uses it"
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
			out += ui.Named(o.Process) + " exited after " + ui.Seconds(o.After) + "."
		case process.Gone:
			out += ui.Named(o.Process) + " had already exited."
		case process.Survived, process.Denied:
			out += ui.Named(o.Process) + " is still running but released the port."
		}
	}
	return out
}
