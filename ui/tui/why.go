package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
)

// whyAnswer is what lotop why says of a port: under the details of a row, and in
// place of rows where the filter is a port that nobody has.
type whyAnswer struct {
	target model.Target
	found  model.Diagnosis
	behind map[int]whoBehind // looked up with the rest: a frame reads nothing
	err    error
	at     time.Time
}

type whoBehind struct {
	folder  process.Untrusted
	parents []*process.Process
}

type (
	whyMsg whyAnswer
	askMsg struct{} // the typing has paused
)

// typingPause is how long a filter has to stand before it is a question.
const typingPause = 300 * time.Millisecond

// whyFor is how long an answer is taken as true.
const whyFor = 3 * time.Second

// wantWhy tells which port there is a question about, if any.
func (m *Model) wantWhy() (t model.Target, ok bool) {
	switch {
	case !m.live:
		return t, false // a recording: the kernel of now knows nothing of it
	case m.details != nil && !m.details.left:
		s := m.details.known.row.Socket
		return model.Target{Protocol: s.Protocol, Port: s.Local.Port(), Hosts: model.AnyHost()}, true
	case m.details == nil && m.view != eventsView && len(m.rows.rows) == 0 && !m.last.at.IsZero():
		return m.filteredPort()
	}
	return t, false
}

// filteredPort is the one port that the filter asks for, and nothing else.
func (m *Model) filteredPort() (t model.Target, ok bool) {
	q := m.query
	ports := q.Ports()
	if len(ports) != 1 || ports[0].First != ports[0].Last || ports[0].First == 0 || !isPort(q.String()) {
		return t, false
	}
	return model.Target{Protocol: sockets.TCP, Port: ports[0].First, Hosts: model.AnyHost()}, true
}

// isPort tells whether a query is a lone port: 3000, :3000, port:3000 or lport:3000.
func isPort(query string) bool {
	if _, err := model.ParseTarget(sockets.TCP, query); err == nil {
		return true
	}
	for _, key := range []string{"port:", "lport:"} {
		if len(query) > len(key) && query[:len(key)] == key && isPort(query[len(key):]) {
			return true
		}
	}
	return false
}

// askWhy asks the kernel about the port in question, unless the answer is there
// or on its way.
func (m *Model) askWhy() tea.Cmd {
	t, ok := m.wantWhy()
	if !ok {
		m.why = nil
		return nil
	}
	if m.why != nil && !sameTarget(m.why.target, t) {
		m.why = nil
	}
	if m.asking || m.why != nil && m.now().Sub(m.why.at) < whyFor {
		return nil
	}
	if m.filtering {
		// 424 on the way to 4242 is no question.
		if left := m.typedAt.Add(typingPause).Sub(m.now()); left > 0 {
			return m.wait(left, func(time.Time) tea.Msg { return askMsg{} })
		}
	}
	m.asking = true
	freer, reader, now := m.freer, m.worker.reader, m.now
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		defer cancel()
		a := whyMsg{target: t, behind: map[int]whoBehind{}}
		a.found, a.err = freer.Check(ctx, t)
		for i := range a.found.Blockers {
			h := &a.found.Blockers[i]
			if h.Row.Socket == nil {
				continue
			}
			for _, p := range h.Row.Owners(h.Row.Socket) {
				a.behind[p.PID] = lookBehind(reader, p.PID)
			}
		}
		a.at = now()
		return a
	}
}

func lookBehind(reader people, pid int) whoBehind {
	var b whoBehind
	if d, err := reader.Details(pid); err == nil {
		b.folder = d.Cwd
	}
	b.parents, _ = reader.Ancestors(pid)
	return b
}

func sameTarget(a, b model.Target) bool { return a.Protocol == b.Protocol && a.Port == b.Port }

// answered takes the answer in. If the question has changed meanwhile, it is
// asked anew.
func (m *Model) answered(a whyAnswer) tea.Cmd {
	m.asking = false
	if t, ok := m.wantWhy(); ok && sameTarget(t, a.target) {
		m.why = &a
		return nil
	}
	return m.askWhy()
}

// lines writes the answer, at most width cells wide; nil without one.
func (a *whyAnswer) lines(now time.Time, width int) []line {
	switch {
	case a == nil:
		return nil
	case a.err != nil:
		return []line{styled(notice, "cannot test whether it can be bound: "+process.NewUntrusted(a.err.Error()).String()).Cut(width)}
	}
	out := ui.Wrap(ui.WhyAnswer(&a.found), width, 0)
	out = append(out, nil)
	for _, l := range ui.WhyLines(&a.found, ui.WhyOptions{Behind: a.who, Now: now, Width: width}) {
		out = append(out, l.Cut(width))
	}
	return out
}

func (a *whyAnswer) who(pid int) (folder process.Untrusted, parents []*process.Process) {
	b := a.behind[pid]
	return b.folder, b.parents
}
