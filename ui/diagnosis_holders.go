package ui

import (
	"fmt"
	"net/netip"
	"strings"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
)

// holderLines writes the holders one under the other.
func holderLines(d *model.Diagnosis, o WhyOptions) []Line {
	w := holderWriter{WhyOptions: o, told: map[int]bool{}}
	for _, group := range groups(d.Blockers) {
		w.group(group)
	}
	return w.out
}

// kinship is what holders have in common that are told in one line: they differ
// in their far end only, as a server's connections do.
type kinship struct {
	cause model.Cause
	state sockets.State
	local netip.AddrPort
	owner *process.Process
	may   string
}

func groups(all []model.Blocker) [][]*model.Blocker {
	var out [][]*model.Blocker
	places := map[kinship]int{}
	for i := range all {
		h := &all[i]
		s := h.Row.Socket
		if s == nil || !s.Connected() {
			out = append(out, []*model.Blocker{h})
			continue
		}
		k := kinship{h.Cause, s.State, s.Local, h.Row.Owner(s), may(h)}
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

// holderWriter writes holders. Who a process is, is told once.
type holderWriter struct {
	WhyOptions
	told map[int]bool
	out  []Line
}

func (w *holderWriter) add(l Line) { w.out = append(w.out, Wrap(l, w.Width, 6)...) }

func (w *holderWriter) group(all []*model.Blocker) {
	h := all[0]
	r := &h.Row
	if h.Cause == model.CauseExcluded {
		w.add(Styled(Notice, "  reserved").Add(Plain, "  by Windows; no socket or process uses it"))
		return
	}
	if r.Socket == nil {
		w.add(Styled(Notice, "  unknown").Add(Plain, "  no listed socket explains the refusal"))
		return
	}
	what := Styled(causeRole(h.Cause), "  "+r.Socket.State.String()).Add(Plain, "  "+Local(r.Snapshot, r.Socket))
	switch {
	case len(all) > 1:
		what = what.Add(Plain, " ↔ "+Count(len(all), "connection"))
	case r.Socket.Connected():
		what = what.Add(Plain, " "+Far(r))
	}
	p := r.Owner(r.Socket)
	if p == nil {
		main, _ := Holder(r, longest(all))
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
		what = what.Add(Quiet, "  "+Age(w.Now.Sub(p.Started)))
	}
	w.add(what.Add(Quiet, may(h)))
	w.about(r, p)
}

// longest gives the socket whose timer runs longest: of many TIME_WAIT the last
// one is the one to wait for.
func longest(all []*model.Blocker) *sockets.Socket {
	last := all[0].Row.Socket
	for _, h := range all {
		if h.Row.Socket.TimerLeft > last.TimerLeft {
			last = h.Row.Socket
		}
	}
	return last
}

// about tells who the process is and why it runs.
func (w *holderWriter) about(r *model.Row, p *process.Process) {
	const indent = "      "
	fit := func(s string, taken int) string {
		if w.Width <= 0 {
			return s
		}
		return Middle(s, w.Width-len(indent)-taken)
	}
	if command := p.Command.String(); command != "" {
		w.add(Text(indent + fit(command, 0)))
	}
	folder, parents := w.Behind(p.PID)
	if folder.String() != "" {
		w.add(Styled(Quiet, indent+"in ").Add(Plain, fit(folder.String(), 3)))
	}
	for _, other := range r.Owners(r.Socket)[1:] {
		w.add(Styled(Quiet, indent+"also owned by "+Named(other)))
	}
	if chain := Chain(parents, p); chain != "" {
		w.add(Styled(Quiet, indent+chain))
	}
	if place := Place(r, r.Socket); place != "" {
		w.add(Styled(Quiet, indent+"part of "+place))
	}
}

// may says what cannot be told of a holder from outside.
func may(h *model.Blocker) string {
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
