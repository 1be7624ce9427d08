package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
	"lotop/ui/style"
)

// diagnosisResult is the diagnosis of a port, as by lotop why. It is shown in the
// details of a row, and instead of rows if the filter is a port that is not in use.
type diagnosisResult struct {
	target    bind.Target
	diagnosis bind.Diagnosis
	contexts  map[int]processContext // read with the diagnosis, because drawing does no I/O
	err       error
	at        time.Time
}

type processContext struct {
	cwd     untrusted.Text
	parents []*process.Process
}

type (
	diagnosisMsg    diagnosisResult
	typingPausedMsg struct{}
)

// typingPause is how long a filter or the selection must be unchanged before its port is
// diagnosed.
const typingPause = 300 * time.Millisecond

// diagnosisTTL is how long a diagnosis is valid; longer if no key has asked for it.
const (
	diagnosisTTL     = 3 * time.Second
	autoDiagnosisTTL = 10 * time.Second
)

// ttl returns how long the present diagnosis is valid.
func (m *Model) ttl() time.Duration {
	if m.details != nil && m.details.auto && !m.wholeWhy {
		return autoDiagnosisTTL
	}
	return diagnosisTTL
}

// wantedTarget returns the port to diagnose, if any.
func (m *Model) wantedTarget() (t bind.Target, ok bool) {
	switch {
	case !m.live:
		return t, false // a recording: this kernel does not have its sockets
	case m.details != nil && !m.details.closed:
		s := m.details.data.row.Socket
		return bind.Target{Protocol: s.Protocol, Port: s.Local.Port(), Hosts: bind.AnyHost()}, true
	case m.details == nil && m.view != eventsView && m.window().Len() == 0 && !m.stale() && !m.latest.at.IsZero():
		return m.filteredPort()
	}
	return t, false
}

// filteredPort returns the port if the filter consists of one.
func (m *Model) filteredPort() (t bind.Target, ok bool) {
	q := m.query
	ports := q.Ports()
	if len(ports) != 1 || ports[0].First != ports[0].Last || ports[0].First == 0 || !isPort(q.String()) {
		return t, false
	}
	return bind.Target{Protocol: sockets.TCP, Port: ports[0].First, Hosts: bind.AnyHost()}, true
}

// isPort reports whether a query is a port alone: 3000, :3000, port:3000 or
// lport:3000.
func isPort(query string) bool {
	if _, err := bind.ParseTarget(sockets.TCP, query); err == nil {
		return true
	}
	for _, key := range []string{"port:", "lport:"} {
		if len(query) > len(key) && query[:len(key)] == key && isPort(query[len(key):]) {
			return true
		}
	}
	return false
}

// requestDiagnosis starts the diagnosis of the wanted port, unless there is a valid
// one or one is running.
func (m *Model) requestDiagnosis() tea.Cmd {
	t, ok := m.wantedTarget()
	if !ok {
		m.diagnosis = nil
		return nil
	}
	if m.diagnosis != nil && !sameTarget(m.diagnosis.target, t) {
		m.diagnosis = nil
	}
	if m.diagnosing || m.diagnosis != nil && m.now().Sub(m.diagnosis.at) < m.ttl() {
		return nil
	}
	if left := m.unsettled(); left > 0 {
		if m.testDue {
			return nil
		}
		m.testDue = true
		return m.after(left, func(time.Time) tea.Msg { return typingPausedMsg{} })
	}
	m.diagnosing = true
	freer, reader, now := m.ports, m.worker.reader, m.now
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		defer cancel()
		a := diagnosisMsg{target: t, contexts: map[int]processContext{}}
		a.diagnosis, a.err = freer.DiagnoseNoConnect(ctx, t)
		for i := range a.diagnosis.Blockers {
			h := &a.diagnosis.Blockers[i]
			if h.Row.Socket == nil {
				continue
			}
			for _, p := range h.Row.Owners(h.Row.Socket) {
				a.contexts[p.PID] = readProcessContext(reader, p.PID)
			}
		}
		a.at = now()
		return a
	}
}

// unsettled returns how long to wait until what is asked about is likely to stay: not to
// diagnose 424 while 4242 is typed, nor every row that the selection passes.
func (m *Model) unsettled() time.Duration {
	since := time.Time{}
	if m.filtering {
		since = m.typedAt
	}
	if m.details != nil && m.selectedAt.After(since) {
		since = m.selectedAt
	}
	return since.Add(typingPause).Sub(m.now())
}

func readProcessContext(reader processReader, pid int) processContext {
	var b processContext
	if d, err := reader.Details(pid); err == nil {
		b.cwd = d.Cwd
	}
	b.parents, _ = reader.Ancestors(pid)
	return b
}

func sameTarget(a, b bind.Target) bool { return a.Protocol == b.Protocol && a.Port == b.Port }

// applyDiagnosis stores a diagnosis. If another port is wanted by now, it starts the
// diagnosis of that.
func (m *Model) applyDiagnosis(a diagnosisResult) tea.Cmd {
	m.diagnosing = false
	if t, ok := m.wantedTarget(); ok && sameTarget(t, a.target) {
		m.diagnosis = &a
		return nil
	}
	return m.requestDiagnosis()
}

// lines returns the diagnosis, at most width cells wide, or nil if there is none.
func (a *diagnosisResult) lines(now time.Time, width int) []line {
	switch {
	case a == nil:
		return nil
	case a.err != nil:
		return []line{styled(warning, "cannot test whether it can be bound: "+untrusted.New(a.err.Error()).String()).Cut(width)}
	}
	out := style.Wrap(ui.WhyAnswer(&a.diagnosis), width, 0)
	out = append(out, nil)
	for _, l := range ui.WhyLines(&a.diagnosis, ui.WhyOptions{Context: a.context, Now: now, Width: width}) {
		out = append(out, l.Cut(width))
	}
	return out
}

func (a *diagnosisResult) context(pid int) (folder untrusted.Text, parents []*process.Process) {
	b := a.contexts[pid]
	return b.cwd, b.parents
}
