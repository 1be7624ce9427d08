package tui

import (
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
)

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.handle(msg)
	m.fit()
	if later := m.drawLater(); later != nil {
		cmd = tea.Batch(cmd, later)
	}
	return m, cmd
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		m.rows.forget()
		m.events.forget()
		m.drawing.at = time.Time{} // the last one has another size
	case drawMsg:
		m.drawing.at, m.drawing.due = time.Time{}, false
	case tea.BackgroundColorMsg:
		m.dark = msg.IsDark()
		m.restyle()
	case tea.KeyPressMsg:
		return m.press(msg)
	case tea.PasteMsg:
		return m.typed(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	case hearResult:
		return m.takeHeard(msg)
	case arrangement:
		return m.takeArranged(msg)
	case readResult:
		return m.takeRead(msg)
	case planResult:
		return m.takePlan(msg)
	case tickMsg:
		if msg.n == m.ticks && !m.paused {
			return m.refresh()
		}
	case lateMsg:
		if m.last.at.IsZero() {
			m.waiting = true
			return m.spinner.Tick
		}
	case spinner.TickMsg:
		if m.last.at.IsZero() || m.dialog.working() {
			var cmd tea.Cmd
			m.spinner, cmd = m.spinner.Update(msg)
			return cmd
		}
	case endedMsg, watchedMsg:
		return m.dialogNews(msg)
	case askMsg:
		return m.askWhy()
	case whyMsg:
		return m.answered(whyAnswer(msg))
	case wokenMsg:
		return m.woken()
	case heardMsg:
		return m.heard()
	case statusMsg:
		m.status = line(msg)
	case stopMsg:
		return func() tea.Msg { return m.suspend(false) }
	}
	return nil
}

// press carries out a key: what lies on top takes it.
func (m *Model) press(k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Interrupt):
		return tea.Interrupt
	case key.Matches(k, m.keys.Suspend):
		return func() tea.Msg { return m.suspend(true) }
	}
	m.status = nil
	switch {
	case m.dialog != nil:
		return m.pressInDialog(k)
	case m.help != nil:
		return m.pressInHelp(k)
	case m.filtering:
		return m.pressInFilter(k)
	}
	return m.pressInTable(k)
}

func (m *Model) pressInTable(k tea.KeyPressMsg) tea.Cmd {
	if key.Matches(k, m.keys.Tenth) {
		return m.tenth(k)
	}
	for _, act := range append(m.replayActions(), m.actions()...) {
		if key.Matches(k, act.key) {
			return act.do()
		}
	}
	return nil
}

// action is what a key does while the table has the keyboard.
type action struct {
	key key.Binding
	do  func() tea.Cmd
}

func (m *Model) actions() []action {
	moveBy := func(by int) func() tea.Cmd {
		return func() tea.Cmd { return m.move(by) }
	}
	return []action{
		{m.keys.Up, moveBy(-1)},
		{m.keys.Down, moveBy(1)},
		{m.keys.PageUp, func() tea.Cmd { return m.page(-1) }},
		{m.keys.PageDown, func() tea.Cmd { return m.page(1) }},
		{m.keys.Top, moveBy(-1 << 30)},
		{m.keys.Bottom, moveBy(1 << 30)},
		{m.keys.Filter, m.startFilter},
		{m.keys.Details, m.toggleDetails},
		{m.keys.Back, m.back},
		{m.keys.NextView, func() tea.Cmd { return m.turnTo((m.view + 1) % numViews) }},
		{m.keys.PrevView, func() tea.Cmd { return m.turnTo((m.view + numViews - 1) % numViews) }},
		{m.keys.Reverse, m.reverse},
		{m.keys.ColumnLeft, func() tea.Cmd { return m.sortNext(-1) }},
		{m.keys.Sort, func() tea.Cmd { return m.sortNext(1) }},
		{m.keys.ColumnRight, func() tea.Cmd { return m.sortNext(1) }},
		{m.keys.Slower, func() tea.Cmd { return m.pace(1) }},
		{m.keys.Faster, func() tea.Cmd { return m.pace(-1) }},
		{m.keys.Pause, m.pause},
		{m.keys.All, m.toggleAll},
		{m.keys.Unfold, m.toggleUnfold},
		{m.keys.Free, m.startFreeing},
		{m.keys.Pin, m.togglePin},
		{m.keys.Copy, m.copyAddress},
		{m.keys.Browse, m.browse},
		{m.keys.Help, m.openHelp},
		{m.keys.Quit, func() tea.Cmd { return tea.Quit }},
	}
}

// move moves the selection; open details follow it.
func (m *Model) move(by int) tea.Cmd {
	if m.view == eventsView {
		m.events.move(by)
	} else {
		m.rows.move(by)
	}
	return m.follow()
}

// page moves by a screenful: of the details while they are open, else of the
// table.
func (m *Model) page(by int) tea.Cmd {
	if m.details != nil {
		m.details.scroll += by * max(m.area().details.height-3, 1)
		return nil
	}
	return m.move(by * max(m.rows.height-1, 1))
}
