package tui

import (
	"context"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/model/bind"
	"lotop/model/plan"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/ports"
	"lotop/ui/tui/keymap"
)

// portService plans and frees as lotop free does; see [ports.Service].
type portService interface {
	PlanPort(ctx context.Context, target bind.Target, o plan.Options) (plan.Plan, error)
	PlanConnection(ctx context.Context, r model.Row, s *sockets.Socket, closeOnly bool) (plan.Plan, error)
	Execute(ctx context.Context, p *plan.Plan, o ports.FreeOptions) (plan.Report, error)
	Kill(ctx context.Context, p *plan.Plan, r *plan.Report, grace time.Duration) error
	WatchRebind(ctx context.Context, target bind.Target, ended time.Time) (*plan.Rebound, error)
	DiagnoseNoConnect(ctx context.Context, target bind.Target) (bind.Diagnosis, error)
}

// dialog is the dialog that frees the port of the selected row, or those of all marked
// rows. It has its own copies of the rows and the plans: only the processes of the plans
// are signaled, whatever the table shows meanwhile.
type dialog struct {
	stage  stage
	jobs   []*job // at least one
	signal syscall.Signal
	sudo   bool // a process was refused that sudo allows to stop
	scroll int  // lines that are scrolled out of sight
	seen   int  // how far it was scrolled
}

// stage is the progress of a dialog.
type stage uint8

const (
	stageChoosing stage = iota // selecting the end of a connection
	stagePlanning
	stageConfirming
	stageStopping
	stageDone
)

// busy reports whether to show a spinner.
func (d *dialog) busy() bool {
	return d != nil && (d.stage == stageStopping || d.stage == stagePlanning)
}

// only returns the job of a dialog about one row, nil if it is about several.
func (d *dialog) only() *job {
	if len(d.jobs) != 1 {
		return nil
	}
	return d.jobs[0]
}

// possible reports whether one of the plans would do anything.
func (d *dialog) possible() bool {
	for _, j := range d.jobs {
		if j.possible() {
			return true
		}
	}
	return false
}

// openFreeDialog opens the dialog for the marked rows, or else for the selected row.
func (m *Model) openFreeDialog() tea.Cmd {
	if acting := m.actingMarks(); len(acting.all) > 0 && m.live {
		m.dialog = &dialog{jobs: acting.jobs()}
		return m.requestPlans()
	}
	r := m.selectedRow()
	if r == nil {
		return nil
	}
	if !m.live {
		m.setStatus(warning, "cannot free a port in a recording")
		return nil
	}
	switch {
	case m.view == eventsView:
		m.setStatus(warning, "events are history"+keymap.WithHint(keymap.Hint(m.keys.NextView, "switches to open sockets")))
		return nil
	case r.Mark == model.Closed:
		m.setStatus(warning, "already closed; select an open socket")
		return nil
	}
	j := &job{row: r.Clone()}
	m.dialog = &dialog{jobs: []*job{j}}
	s := j.row.Socket
	j.choice = choice{socket: s}
	if s.Connected() {
		all := m.choices()
		if len(all) == 1 && all[0].socket == s {
			return m.choose(all[0])
		}
		if len(all) > 0 {
			return nil // let the user choose, because it might stop a client
		}
	}
	return m.choose(j.choice)
}

// choice is one way to handle a connection.
type choice struct {
	key       string
	label     string
	socket    *sockets.Socket
	closeOnly bool
}

// choices returns what x can do to a connection: stop the process at either end or,
// as root, close only the connection.
func (m *Model) choices() []choice {
	row := &m.dialog.jobs[0].row
	var all []choice
	if p := row.Owner(row.Socket); p != nil {
		what := "stop the process"
		if row.Folded {
			what = "stop the server"
		}
		all = append(all, choice{key: "s", label: what + ", " + ui.NameAndPID(p), socket: row.Socket})
	}
	if row.Folded {
		if p := row.Owner(row.Peer); p != nil {
			all = append(all, choice{key: "c", label: "stop the client, " + ui.NameAndPID(p), socket: row.Peer})
		}
	}
	if m.root {
		all = append(all, choice{key: "k", label: "close only this connection", socket: row.Socket, closeOnly: true})
	}
	return all
}

// choose makes the plan of a choice.
func (m *Model) choose(c choice) tea.Cmd {
	m.dialog.jobs[0].choice = c
	return m.requestPlans()
}

// requestPlans makes the plan of each job. It does not use the worker: it does test
// binds and reads the tables from a source of its own.
func (m *Model) requestPlans() tea.Cmd {
	d, service, root := m.dialog, m.ports, m.root
	d.stage = stagePlanning
	return tea.Batch(m.spinner.Tick, func() tea.Msg {
		msg := planMsg{dialog: d, plans: make([]planned, len(d.jobs))}
		for i, j := range d.jobs {
			msg.plans[i] = j.request(service, root)
		}
		return msg
	})
}

// runPlans carries out the plans that are shown. With SIGKILL it is about the processes
// that survived.
func (m *Model) runPlans(sig syscall.Signal) tea.Cmd {
	d, service, sudo := m.dialog, m.ports, m.sudoHelps
	work := d.work(sig)
	d.stage, d.signal, d.scroll = stageStopping, sig, 0
	return tea.Batch(m.spinner.Tick, func() tea.Msg {
		msg := freedMsg{dialog: d, results: make([]freed, len(work))}
		var signaled []*process.Process
		for i := range work {
			if !work[i].run {
				continue
			}
			msg.results[i] = work[i].carryOut(service, sig, signaled)
			signaled = append(signaled, work[i].plan.ToStop...)
			if isDenied(&msg.results[i].report) {
				msg.sudo = sudo()
			}
		}
		return msg
	})
}

// handleDialogMsg applies a result. That of a dialog that was closed meanwhile only
// causes a refresh.
func (m *Model) handleDialogMsg(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case planMsg:
		d := msg.dialog
		d.stage = stageDone
		for i, j := range d.jobs {
			if j.plan, j.err = msg.plans[i].plan, msg.plans[i].err; j.err == nil {
				d.stage = stageConfirming
			}
		}
	case freedMsg:
		return m.applyFreed(msg)
	case watchDoneMsg:
		j := msg.job
		j.watchDone, j.watchErr, j.report.Rebound = true, msg.err, msg.rebound
		if msg.rebound != nil && msg.dialog != m.dialog {
			m.setStatus(danger, "✗ "+ui.ReboundText(j.plan.Diagnosis.Target.String(), msg.rebound))
		}
		return m.refresh()
	}
	return nil
}

// applyFreed shows what has become of the plans, and watches the ports that are free.
func (m *Model) applyFreed(msg freedMsg) tea.Cmd {
	d, service, stopped := msg.dialog, m.ports, m.now()
	d.stage, d.sudo = stageDone, msg.sudo
	all := []tea.Cmd{m.refresh()}
	for i, j := range d.jobs {
		if !msg.results[i].ran {
			continue
		}
		j.ran, j.report, j.err = true, msg.results[i].report, msg.results[i].err
		if j.err != nil || j.plan.CloseOnly || j.report.Rebound != nil || !j.report.After.Verdict.OK() {
			continue
		}
		target := j.plan.Diagnosis.Target
		all = append(all, func() tea.Msg {
			rebound, err := service.WatchRebind(context.Background(), target, stopped)
			return watchDoneMsg{d, j, rebound, err}
		})
	}
	return tea.Batch(all...)
}
