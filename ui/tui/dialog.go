package tui

import (
	"context"
	"syscall"
	"time"

	tea "charm.land/bubbletea/v2"

	"lotop/model"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/ui"
	"lotop/ui/freeing"
)

// freer carries out what a dialog was told to do.
type freer interface {
	End(ctx context.Context, target model.Target, victims []*process.Process, sig syscall.Signal, grace time.Duration) freeing.Report
	Close(s *sockets.Socket) freeing.Report
	Watch(ctx context.Context, target model.Target, ended time.Time) (*freeing.Retaken, error)
	Check(ctx context.Context, target model.Target) (model.Diagnosis, error)
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
	plan   model.Plan
	// alone tells that only the connection is to be closed, without ending
	// anyone.
	alone   bool
	signal  syscall.Signal
	report  *freeing.Report
	watched bool // the time to be taken again is over
	retaken *freeing.Retaken
}

// stage is how far a dialog has come.
type stage uint8

const (
	choosing stage = iota // which end of a connection
	planning
	asking
	ending
	done
)

// working tells whether something is under way that a spinner should show.
func (d *dialog) working() bool { return d != nil && (d.stage == ending || d.stage == planning) }

// survived tells whether a signal was not enough.
func (d *dialog) survived() bool {
	return d.stage == done && d.signal == syscall.SIGTERM && d.report != nil && !d.report.Free && len(d.report.Survivors()) > 0
}

// startFreeing opens the dialog for the selected row.
func (m *Model) startFreeing() tea.Cmd {
	r := m.selectedRow()
	if r == nil {
		return nil
	}
	if !m.live {
		m.say(notice, "cannot free a port in a recording")
		return nil
	}
	switch {
	case m.view == eventsView:
		m.say(notice, "events are history"+also(sign(m.keys.NextView, "switches to open sockets")))
		return nil
	case r.Mark == model.Closed:
		m.say(notice, "already closed; select an open socket")
		return nil
	}
	m.dialogs++
	m.dialog = &dialog{number: m.dialogs, row: r.Clone()}
	m.dialog.socket = m.dialog.row.Socket
	if m.dialog.socket.Connected() {
		all := m.choices()
		if len(all) == 1 && all[0].socket == m.dialog.socket {
			return m.choose(all[0])
		}
		if len(all) > 0 {
			return nil // whoever asks is to see whom it hits: a client, say
		}
	}
	return m.planFor(m.dialog.socket)
}

// choice is one way to deal with a connection.
type choice struct {
	key    string
	what   string
	socket *sockets.Socket
	alone  bool
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
		all = append(all, choice{key: "s", what: what + ", " + ui.Named(p), socket: d.row.Socket})
	}
	if d.row.Folded {
		if p := d.row.Owner(d.row.Peer); p != nil {
			all = append(all, choice{key: "c", what: "stop the client, " + ui.Named(p), socket: d.row.Peer})
		}
	}
	if m.root {
		all = append(all, choice{key: "k", what: "close only this connection", socket: d.row.Socket, alone: true})
	}
	return all
}

func (m *Model) choose(c choice) tea.Cmd {
	m.dialog.alone = c.alone
	return m.planFor(c.socket)
}

// planFor asks the worker for the plan to end whoever holds s.
func (m *Model) planFor(s *sockets.Socket) tea.Cmd {
	d := m.dialog
	d.socket, d.stage = s, planning
	return tea.Batch(m.plan(), m.spinner.Tick)
}

// plan asks for the plan that the dialog waits for, if the worker is free; else
// [Model.goOn] does.
func (m *Model) plan() tea.Cmd {
	d := m.dialog
	if m.busy || d == nil || d.stage != planning || d.asked {
		return nil
	}
	m.busy, d.asked = true, true
	return ask(m.worker.plan, planRequest{dialog: d.number, row: d.row.Clone(), peer: d.socket == d.row.Peer})
}

// takePlan shows the plan that the worker has made.
func (m *Model) takePlan(r planResult) tea.Cmd {
	m.busy = false
	if d := m.dialog; d != nil && d.stage == planning && d.number == r.dialog {
		d.plan, d.stage = r.plan, asking
	}
	return m.goOn()
}

func (m *Model) pressInDialog(k tea.KeyPressMsg) tea.Cmd {
	d := m.dialog
	switch d.stage {
	case choosing:
		for _, c := range m.choices() {
			if k.String() == c.key {
				return m.choose(c)
			}
		}
	case asking:
		if k.String() == "y" && d.possible() {
			return m.carryOut(syscall.SIGTERM)
		}
	case ending:
		return nil // it ends by itself within the grace period; ctrl+c still works
	case done:
		if k.String() == "f" && d.survived() {
			return m.carryOut(syscall.SIGKILL)
		}
	}
	m.dialog = nil
	return nil
}

// possible tells whether a yes would do anything.
func (d *dialog) possible() bool { return d.alone || len(d.plan.ToStop) > 0 }

// carryOut does what was planned: to exactly the processes that were shown.
func (m *Model) carryOut(sig syscall.Signal) tea.Cmd {
	d := m.dialog
	victims := d.plan.ToStop
	if d.report != nil {
		victims = d.report.Survivors()
	}
	d.stage, d.signal, d.report = ending, sig, nil
	freer, target, alone, socket := m.freer, d.plan.Target, d.alone, d.socket
	return tea.Batch(m.spinner.Tick, func() tea.Msg {
		if alone {
			return endedMsg{d, freer.Close(socket)}
		}
		return endedMsg{d, freer.End(context.Background(), target, victims, sig, process.DefaultGrace)}
	})
}

// dialogNews takes what a command of the dialog found out. News of a dialog
// that was closed meanwhile is only good for a look at the tables.
func (m *Model) dialogNews(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case endedMsg:
		d := msg.dialog
		d.report, d.stage = &msg.report, done
		if !msg.report.Free || d.alone {
			return m.refresh()
		}
		freer, target, ended := m.freer, d.plan.Target, m.now()
		return tea.Batch(m.refresh(), func() tea.Msg {
			retaken, err := freer.Watch(context.Background(), target, ended)
			return watchedMsg{d, retaken, err}
		})
	case watchedMsg:
		d := msg.dialog
		d.watched, d.retaken = true, msg.retaken
		if d.retaken != nil && d != m.dialog {
			m.say(danger, d.takenAgain())
		}
		return m.refresh()
	}
	return nil
}
