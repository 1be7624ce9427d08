package ui

import (
	"fmt"
	"net/netip"
	"strings"

	"lotop/model"
	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui/style"
)

// blockerLines writes the holders one under the other.
func blockerLines(d *bind.Diagnosis, o WhyOptions) []style.Line {
	w := blockerWriter{WhyOptions: o, described: map[int]bool{}}
	for _, group := range groupBlockers(d.Blockers) {
		w.writeGroup(group)
	}
	return w.out
}

// groupKey is what blockers on one line have in common: they differ
// in their far end only, as a server's connections do.
type groupKey struct {
	cause     bind.Cause
	state     sockets.State
	local     netip.AddrPort
	owner     *process.Process
	certainty string
}

func groupBlockers(all []bind.Blocker) [][]*bind.Blocker {
	var out [][]*bind.Blocker
	places := map[groupKey]int{}
	for i := range all {
		h := &all[i]
		s := h.Row.Socket
		if s == nil || !s.Connected() {
			out = append(out, []*bind.Blocker{h})
			continue
		}
		k := groupKey{h.Cause, s.State, s.Local, h.Row.Owner(s), certaintyNote(h)}
		place, ok := places[k]
		if !ok {
			place = len(out)
			places[k] = place
			out = append(out, nil)
		}
		out[place] = append(out[place], h)
	}
	return out
}

// blockerWriter writes blockers. It describes each process once.
type blockerWriter struct {
	WhyOptions
	described map[int]bool
	out       []style.Line
}

func (w *blockerWriter) add(l style.Line) { w.out = append(w.out, style.Wrap(l, w.Width, 6)...) }

func (w *blockerWriter) writeGroup(all []*bind.Blocker) {
	h := all[0]
	r := &h.Row
	if h.Cause == bind.CauseExcluded {
		w.add(style.Styled(style.Warning, "  reserved").Add(style.Plain, "  by Windows; no socket or process uses it"))
		return
	}
	if r.Socket == nil {
		w.add(style.Styled(style.Warning, "  unknown").Add(style.Plain, "  no listed socket explains the refusal"))
		return
	}
	what := style.Styled(causeRole(h.Cause), "  "+r.Socket.State.String()).Add(style.Plain, "  "+Local(r.Snapshot, r.Socket))
	switch {
	case len(all) > 1:
		what = what.Add(style.Plain, " ↔ "+Count(len(all), "connection"))
	case r.Socket.Connected():
		what = what.Add(style.Plain, " "+RemoteText(r))
	}
	p := r.Owner(r.Socket)
	if p == nil {
		main, _ := SocketOwner(r, longestTimer(all))
		w.add(what.Add(style.Plain, "  ").Add(style.Muted, main).Add(style.Muted, certaintyNote(h)))
		return
	}
	what = what.Add(style.Plain, "  ").Add(style.Emphasis, p.Name.String()).Add(style.Plain, fmt.Sprintf(" (%d)", p.PID))
	if w.described[p.PID] {
		w.add(what.Add(style.Muted, certaintyNote(h)))
		return
	}
	w.described[p.PID] = true
	if user := User(r, r.Socket); user != "" {
		what = what.Add(style.Muted, "  "+user)
	}
	if !p.Started.IsZero() {
		what = what.Add(style.Muted, "  "+Age(w.Now.Sub(p.Started)))
	}
	w.add(what.Add(style.Muted, certaintyNote(h)))
	w.describeProcess(r, p)
}

// longestTimer gives the socket whose timer runs longest: of many TIME_WAIT the last
// one is the one to wait for.
func longestTimer(all []*bind.Blocker) *sockets.Socket {
	last := all[0].Row.Socket
	for _, h := range all {
		if h.Row.Socket.TimerLeft > last.TimerLeft {
			last = h.Row.Socket
		}
	}
	return last
}

// describeProcess writes what the process is and why it runs.
func (w *blockerWriter) describeProcess(r *model.Row, p *process.Process) {
	const indent = "      "
	fit := func(s string, taken int) string {
		if w.Width <= 0 {
			return s
		}
		return style.CutMiddle(s, w.Width-len(indent)-taken)
	}
	if command := p.Command.String(); command != "" {
		w.add(style.Text(indent + fit(command, 0)))
	}
	folder, parents := w.Context(p.PID)
	if folder.String() != "" {
		w.add(style.Styled(style.Muted, indent+"in ").Add(style.Plain, fit(folder.String(), 3)))
	}
	for _, other := range r.Owners(r.Socket)[1:] {
		w.add(style.Styled(style.Muted, indent+"also owned by "+NameAndPID(other)))
	}
	if chain := Ancestry(parents, p); chain != "" {
		w.add(style.Styled(style.Muted, indent+chain))
	}
	if place := Unit(r, r.Socket); place != "" {
		w.add(style.Styled(style.Muted, indent+"part of "+place))
	}
}

// certaintyNote returns what is uncertain about a blocker.
func certaintyNote(h *bind.Blocker) string {
	switch {
	case len(h.MayBlock) > 0:
		return "  (may block: its socket options are not readable)"
	case len(h.MayBlockReuse) > 0:
		return "  (may block SO_REUSEADDR too: its socket options are not readable)"
	case len(h.Blocks) > 0 && len(h.BlocksReuse) == 0:
		return "  (blocks only servers without SO_REUSEADDR)"
	}
	return ""
}

func causeRole(c bind.Cause) style.Role {
	switch c {
	case bind.CauseListener, bind.CauseBound, bind.CauseSelf:
		return style.Danger
	}
	return style.Warning
}

// Ancestry writes why a process runs: init › … › its parent › itself.
func Ancestry(parents []*process.Process, p *process.Process) string {
	if len(parents) == 0 {
		return ""
	}
	var names []string
	for i := len(parents) - 1; i >= 0; i-- {
		names = append(names, parents[i].Name.String())
	}
	return strings.Join(append(names, p.Name.String()), " › ")
}
