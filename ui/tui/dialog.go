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

// portService carries out what a dialog was told to do.
type portService interface {
	Stop(ctx context.Context, target bind.Target, victims []*process.Process, sig syscall.Signal, grace time.Duration) ports.Report
	Close(s *sockets.Socket) ports.Report
	WatchRebind(ctx context.Context, target bind.Target, ended time.Time) (*ports.Rebound, error)
	DiagnoseNoConnect(ctx context.Context, target bind.Target) (bind.Diagnosis, error)
}

// dialog frees the port of one row. It keeps its own copy of the row and of the
// processes in it: whatever the table does meanwhile, those and no others are
// signalled.
type dialog struct {
	number int // tells it from others
	stage  stage
	row    model.Row
	socket *sockets.Socket // the end of the row that it is about
	asked  bool            // the worker plans already
	plan   plan.SocketPlan
	// closeOnly tells that only the connection is to be closed, without ending
	// anyone.
	closeOnly bool
	signal    syscall.Signal
	report    *ports.Report
	watchDone bool // the time to be taken again is over
	rebound   *ports.Rebound
}

// stage is how far a dialog has come.
type stage uint8

const (
	stageChoosing stage = iota // which end of a connection
	stagePlanning
	stageConfirming
	stageStopping
	stageDone
)

// busy tells whether something is under way that a spinner should show.
func (d *dialog) busy() bool {
	return d != nil && (d.stage == stageStopping || d.stage == stagePlanning)
}

// canForce tells whether a signal was not enough.
func (d *dialog) canForce() bool {
	return d.stage == stageDone && d.signal == syscall.SIGTERM && d.report != nil && !d.report.Free && len(d.report.StillRunning()) > 0
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
	m.dialogs++
	m.dialog = &dialog{number: m.dialogs, row: r.Clone()}
	m.dialog.socket = m.dialog.row.Socket
	if m.dialog.socket.Connected() {
		all := m.choices()
		if len(all) == 1 && all[0].socket == m.dialog.socket {
			return m.selectChoice(all[0])
		}
		if len(all) > 0 {
			return nil // whoever asks is to see whom it hits: a client, say
		}
	}
	return m.requestPlan(m.dialog.socket)
}

// choice is one way to deal with a connection.
type choice struct {
	key       string
	label     string
	socket    *sockets.Socket
	closeOnly bool
}

// choices lists what x can do to a connection: end the process at either end,
// or, as root, close only the connection.
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

func (m *Model) selectChoice(c choice) tea.Cmd {
	m.dialog.closeOnly = c.closeOnly
	return m.requestPlan(c.socket)
}

// requestPlan asks the worker for the plan to end whoever holds s.
func (m *Model) requestPlan(s *sockets.Socket) tea.Cmd {
	d := m.dialog
	d.socket, d.stage = s, stagePlanning
	return tea.Batch(m.plan(), m.spinner.Tick)
}

// plan asks for the plan that the dialog waits for, if the worker is free; else
// [Model.goOn] does.
func (m *Model) plan() tea.Cmd {
	d := m.dialog
	if m.busy || d == nil || d.stage != stagePlanning || d.asked {
		return nil
	}
	m.busy, d.asked = true, true
	return ask(m.worker.plan, planRequest{dialog: d.number, row: d.row.Clone(), peer: d.socket == d.row.Peer})
}

// applyPlan shows the plan that the worker has made.
func (m *Model) applyPlan(r planResult) tea.Cmd {
	m.busy = false
	if d := m.dialog; d != nil && d.stage == stagePlanning && d.number == r.dialog {
		d.plan, d.stage = r.plan, stageConfirming
	}
	return m.goOn()
}

func (m *Model) handleDialogKey(k tea.KeyPressMsg) tea.Cmd {
	d := m.dialog
	switch d.stage {
	case stageChoosing:
		for _, c := range m.choices() {
			if k.String() == c.key {
				return m.selectChoice(c)
			}
		}
	case stageConfirming:
		if k.String() == "y" && d.hasEffect() {
			return m.runPlan(syscall.SIGTERM)
		}
	case stageStopping:
		return nil // it ends by itself within the grace period; ctrl+c still works
	case stageDone:
		if k.String() == "f" && d.canForce() {
			return m.runPlan(syscall.SIGKILL)
		}
	}
	m.dialog = nil
	return nil
}

// hasEffect tells whether a yes would do anything.
func (d *dialog) hasEffect() bool { return d.closeOnly || len(d.plan.ToStop) > 0 }

// runPlan does what was planned: to exactly the processes that were shown.
func (m *Model) runPlan(sig syscall.Signal) tea.Cmd {
	d := m.dialog
	victims := d.plan.ToStop
	if d.report != nil {
		victims = d.report.StillRunning()
	}
	d.stage, d.signal, d.report = stageStopping, sig, nil
	freer, target, alone, socket := m.ports, d.plan.Target, d.closeOnly, d.socket
	return tea.Batch(m.spinner.Tick, func() tea.Msg {
		if alone {
			return freedMsg{d, freer.Close(socket)}
		}
		return freedMsg{d, freer.Stop(context.Background(), target, victims, sig, process.DefaultGrace)}
	})
}

// handleDialogMsg takes what a command of the dialog found out. News of a dialog
// that was closed meanwhile is only good for a look at the tables.
func (m *Model) handleDialogMsg(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case freedMsg:
		d := msg.dialog
		d.report, d.stage = &msg.report, stageDone
		if !msg.report.Free || d.closeOnly {
			return m.refresh()
		}
		freer, target, ended := m.ports, d.plan.Target, m.now()
		return tea.Batch(m.refresh(), func() tea.Msg {
			retaken, err := freer.WatchRebind(context.Background(), target, ended)
			return watchDoneMsg{d, retaken, err}
		})
	case watchDoneMsg:
		d := msg.dialog
		d.watchDone, d.rebound = true, msg.rebound
		if d.rebound != nil && d != m.dialog {
			m.setStatus(danger, d.reboundText())
		}
		return m.refresh()
	}
	return nil
}
