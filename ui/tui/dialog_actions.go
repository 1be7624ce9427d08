package tui

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"syscall"

	tea "charm.land/bubbletea/v2"

	"lotop/model/bind"
	"lotop/sockets"
	"lotop/sockets/process"
	"lotop/sockets/untrusted"
	"lotop/ui"
	"lotop/ui/style"
)

// action is something that a key does in a dialog.
type action struct {
	key, label string
	run        func() tea.Cmd // nil closes the dialog
}

// actions returns what can be done in the dialog now, the next step first. Buttons, the
// last line of the screen and keys are made of it.
func (m *Model) actions() []action {
	d := m.dialog
	switch d.stage {
	case stageChoosing:
		var all []action
		for _, c := range m.choices() {
			short, _, _ := strings.Cut(c.label, ",")
			all = append(all, action{c.key, short, func() tea.Cmd { return m.choose(c) }})
		}
		return append(all, action{"n", "cancel", nil})
	case stagePlanning:
		return []action{{"esc", "cancel", nil}}
	case stageConfirming:
		if d.possible() {
			return []action{
				{"y", d.yesLabel(), m.confirm},
				{"n", "leave it", nil},
			}
		}
	case stageStopping:
		return nil // over after the grace period; ctrl+c still works
	}
	return append(m.nextSteps(), action{"esc", "close", nil})
}

// yesLabel says what a yes does.
func (d *dialog) yesLabel() string {
	stops, closes := d.toStop(), 0
	for _, j := range d.jobs {
		closes += len(j.plan.ToClose)
	}
	switch {
	case stops == 0 && closes > 1:
		return "close them"
	case stops == 0:
		return "close socket"
	case stops > 1:
		return "end them"
	}
	return "end it"
}

// nextSteps returns what can be done after a plan that does nothing, or about the
// outcome.
func (m *Model) nextSteps() []action {
	d := m.dialog
	var all []action
	if d.canForce() {
		all = append(all, action{"f", m.wording.KillButton(), func() tea.Cmd { return m.runPlans(syscall.SIGKILL) }})
	}
	if starters := d.starters(); len(starters) > 0 {
		label := "end " + starters[0].Name.String() + " too"
		if len(starters) > 1 {
			label = "end " + ui.Count(len(starters), "parent") + " too"
		}
		all = append(all, action{"p", label, m.planParents})
	}
	if d.stage == stageDone && !d.canForce() && slices.ContainsFunc(d.jobs, (*job).worthAnother) {
		all = append(all, action{"x", "plan again", m.planAgain})
	}
	if what, text := d.toCopy(); text != "" {
		all = append(all, action{"y", "copy " + what, func() tea.Cmd {
			m.setStatus(success, "copied "+strings.ReplaceAll(text, "\n", " · "))
			return tea.SetClipboard(text)
		}})
	}
	return all
}

// worthAnother reports whether another plan may do more: another process has the port, or
// it could not be diagnosed.
func (j *job) worthAnother() bool {
	var refused errRefused
	return j.blocked() && !isDenied(&j.report) || j.err != nil && !errors.As(j.err, &refused)
}

// starters returns the processes to stop so that the ports stay free, each once.
func (d *dialog) starters() []*process.Process {
	var all []*process.Process
	for _, j := range d.jobs {
		if p := j.starter(); p != nil && !slices.ContainsFunc(all, p.Same) {
			all = append(all, p)
		}
	}
	return all
}

// planParents plans to stop the parents that started the owners of the ports again. The
// plans are shown, and take a yes of their own.
func (m *Model) planParents() tea.Cmd {
	next := &dialog{}
	for _, j := range m.dialog.jobs {
		if p := j.starter(); p != nil {
			next.jobs = append(next.jobs, &job{row: j.row, choice: j.choice, parent: p, target: j.plan.Diagnosis.Target})
		}
	}
	m.dialog = next
	return m.requestPlans()
}

// planAgain plans again for the ports that are still in use.
func (m *Model) planAgain() tea.Cmd {
	next := &dialog{}
	for _, j := range m.dialog.jobs {
		if j.worthAnother() {
			next.jobs = append(next.jobs, &job{row: j.row, choice: j.choice, parent: j.parent, target: j.target})
		}
	}
	m.dialog = next
	return m.requestPlans()
}

// maxShownCommand is how wide a command may be that stands in a button.
const maxShownCommand = 48

// toCopy returns what is of use in another terminal, and what that is: commands for what
// lotop may not do itself, or else the process to look at.
func (d *dialog) toCopy() (what, text string) {
	var commands, pids []string
	add := func(all *[]string, s string) {
		if s != "" && !slices.Contains(*all, s) {
			*all = append(*all, s)
		}
	}
	for _, j := range d.jobs {
		switch r := j.report.Rebound; {
		case r != nil && j.starter() != nil:
			add(&pids, strconv.Itoa(j.starter().PID))
		case r != nil && r.By != nil:
			add(&pids, strconv.Itoa(r.By.PID))
		case d.sudo && isDenied(&j.report):
			add(&commands, sudoCommand(j.plan.Diagnosis.Target))
		case !j.ran && j.err == nil && !j.plan.Possible():
			add(&commands, remedyCommand(&j.plan.Diagnosis))
		case j.ran:
			for _, p := range j.report.StillRunning() {
				add(&pids, strconv.Itoa(p.PID))
			}
		}
	}
	switch {
	case len(commands) > 1:
		return "commands", strings.Join(commands, "\n")
	case len(commands) == 1 && style.Width(commands[0]) <= maxShownCommand:
		return untrusted.New(commands[0]).String(), commands[0]
	case len(commands) == 1:
		return "command", commands[0]
	}
	return "pid", strings.Join(pids, " ")
}

// sudoCommand frees a target with the rights of root.
func sudoCommand(t bind.Target) string {
	command := "sudo lotop free "
	if t.Protocol == sockets.UDP {
		command += "--udp "
	}
	return command + t.String()
}

// remedyCommand returns the command that a diagnosis advises, other than what lotop has
// just planned to no avail; empty if there is none.
func remedyCommand(d *bind.Diagnosis) string {
	for i := range d.Blockers {
		for _, r := range d.Blockers[i].Remedies {
			if r.Command != "" && !strings.HasPrefix(r.Command, "lotop ") {
				return r.Command
			}
		}
	}
	return ""
}
