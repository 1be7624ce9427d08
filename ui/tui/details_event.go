package tui

import (
	"strings"

	"lotop/model/track"
	"lotop/ui"
)

// event adds what happened, and for a closed connection its lifetime and byte
// counts.
func (w *detailsWriter) event(e *track.Event) {
	if e == nil {
		return
	}
	what := e.Kind.String() + " at " + e.Time.Local().Format("15:04:05.000")
	if before, now := ui.EventState(e); before != "" {
		what += ", " + before + " → " + now
	}
	w.fact("event", plain, what)
	if sums := ui.EventTotals(e); len(sums) > 0 {
		w.fact("totals", plain, strings.Join(sums, " · "))
	}
	if e.RTT > 0 {
		w.fact("round trip", plain, ui.Millis(e.RTT))
	}
	if !e.ShortLived {
		return
	}
	w.fact("note", warning, "opened and closed between refreshes: its owners are unknown")
	if l := e.Row.Listener; l != nil {
		at := ui.Local(e.Row.Snapshot, l)
		if p := e.Row.Owner(l); p != nil {
			at += "  " + ui.NameAndPID(p)
		}
		w.fact("accepted on", plain, at)
	}
}
