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

// dialog is the dialog that frees the port of a row. It has its own copies of the
// row and the plan: only the processes of the plan are signaled, whatever the table
// shows meanwhile.
type dialog struct {
	stage  stage
	row    model.Row
	choice choice // the endpoint to free
	plan   plan.Plan
	signal syscall.Signal
	report plan.Report
	// watchDone reports whether the watch for a new bind of the port is over.
	watchDone bool
	watchErr  error
	err       error // why there is no plan, or no report
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

// canForce reports whether SIGKILL can be offered: processes survived SIGTERM, and
// the port is still in use.
func (d *dialog) canForce() bool {
	return d.stage == stageDone && d.signal == syscall.SIGTERM && !d.report.After.Verdict.OK() && len(d.report.StillRunning()) > 0
}

// openFreeDialog opens the dialog for the selected row.
func (m *Model) openFreeDialog() tea.Cmd {
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
	m.dialog = &dialog{row: r.Clone()}
	s := m.dialog.row.Socket
	m.dialog.choice = choice{socket: s}
	if s.Connected() {
		all := m.choices()
		if len(all) == 1 && all[0].socket == s {
			return m.requestPlan(all[0])
		}
		if len(all) > 0 {
			return nil // let the user choose, because it might stop a client
		}
	}
	return m.requestPlan(m.dialog.choice)
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
	d := m.dialog
	var all []choice
	if p := d.row.Owner(d.row.Socket); p != nil {
		what := "stop the process"
		if d.row.Folded {
			what = "stop the server"
		}
		all = append(all, choice{key: "s", label: what + ", " + ui.NameAndPID(p), socket: d.row.Socket})
	}
	if d.row.Folded {
		if p := d.row.Owner(d.row.Peer); p != nil {
			all = append(all, choice{key: "c", label: "stop the client, " + ui.NameAndPID(p), socket: d.row.Peer})
		}
	}
	if m.root {
		all = append(all, choice{key: "k", label: "close only this connection", socket: d.row.Socket, closeOnly: true})
	}
	return all
}

// requestPlan makes the plan of a choice. It does not use the worker: it does test
// binds and reads the tables from a source of its own.
func (m *Model) requestPlan(c choice) tea.Cmd {
	d, row, service, root := m.dialog, m.dialog.row, m.ports, m.root
	d.choice, d.stage = c, stagePlanning
	return tea.Batch(m.spinner.Tick, func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		defer cancel()
		r := planMsg{dialog: d}
		if c.socket.Connected() {
			r.plan, r.err = service.PlanConnection(ctx, row, c.socket, c.closeOnly)
		} else {
			r.plan, r.err = service.PlanPort(ctx, bind.TargetOf(c.socket), plan.Options{Root: root, ClientsHint: "free its row to stop it"})
		}
		return r
	})
}

func (m *Model) handleDialogKey(k tea.KeyPressMsg) tea.Cmd {
	d := m.dialog
	switch d.stage {
	case stageChoosing:
		for _, c := range m.choices() {
			if k.String() == c.key {
				return m.requestPlan(c)
			}
		}
	case stageConfirming:
		if k.String() == "y" && d.plan.Possible() {
			return m.runPlan(syscall.SIGTERM)
		}
	case stageStopping:
		return nil // over after the grace period; ctrl+c still works
	case stageDone:
		if k.String() == "f" && d.canForce() {
			return m.runPlan(syscall.SIGKILL)
		}
	}
	m.dialog = nil
	return nil
}

// runPlan carries out the plan that is shown. With SIGKILL it is about the processes
// that survived.
func (m *Model) runPlan(sig syscall.Signal) tea.Cmd {
	d, service := m.dialog, m.ports
	d.stage, d.signal = stageStopping, sig
	p, report := d.plan, d.report
	return tea.Batch(m.spinner.Tick, func() tea.Msg {
		ctx := context.Background()
		if sig == syscall.SIGKILL {
			err := service.Kill(ctx, &p, &report, process.DefaultGrace)
			return freedMsg{d, report, err}
		}
		report, err := service.Execute(ctx, &p, ports.FreeOptions{Signal: sig, Grace: process.DefaultGrace})
		return freedMsg{d, report, err}
	})
}

// handleDialogMsg applies a result. That of a dialog that was closed meanwhile only
// causes a refresh.
func (m *Model) handleDialogMsg(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case planMsg:
		d := msg.dialog
		if d.plan, d.err, d.stage = msg.plan, msg.err, stageConfirming; d.err != nil {
			d.stage = stageDone
		}
	case freedMsg:
		d := msg.dialog
		d.report, d.err, d.stage = msg.report, msg.err, stageDone
		if d.err != nil || d.plan.CloseOnly || d.report.Rebound != nil || !d.report.After.Verdict.OK() {
			return m.refresh()
		}
		service, target, stopped := m.ports, d.plan.Diagnosis.Target, m.now()
		return tea.Batch(m.refresh(), func() tea.Msg {
			rebound, err := service.WatchRebind(context.Background(), target, stopped)
			return watchDoneMsg{d, rebound, err}
		})
	case watchDoneMsg:
		d := msg.dialog
		d.watchDone, d.watchErr, d.report.Rebound = true, msg.err, msg.rebound
		if msg.rebound != nil && d != m.dialog {
			m.setStatus(danger, "✗ "+ui.ReboundText(d.plan.Diagnosis.Target.String(), msg.rebound))
		}
		return m.refresh()
	}
	return nil
}
