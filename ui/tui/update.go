package tui

import (
	"slices"
	"time"

	"charm.land/bubbles/v2/key"
	"charm.land/bubbles/v2/spinner"
	tea "charm.land/bubbletea/v2"
)

// Update implements [tea.Model].
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := tea.Batch(m.handle(msg), m.arrangeDetails())
	m.applyLayout()
	if later := m.drawLater(); later != nil {
		cmd = tea.Batch(cmd, later)
	}
	return m, cmd
}

func (m *Model) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		for _, w := range m.windows() {
			w.ResetWidths()
		}
		m.drawing.at = time.Time{} // the last frame has another size
	case drawMsg:
		m.drawing.at, m.drawing.due = time.Time{}, false
	case tea.BackgroundColorMsg, tea.ColorProfileMsg:
		m.applyTerminal(msg)
	case tea.KeyPressMsg:
		return m.handleKey(msg)
	case tea.PasteMsg:
		return m.paste(msg)
	case tea.MouseMsg:
		return m.mouse(msg)
	case notificationsResult:
		return m.applyNotificationsResult(msg)
	case arrangement:
		return m.applyArrangement(msg)
	case readResult:
		return m.applyReadResult(msg)
	case tickMsg:
		if msg.n == m.tickID && !m.paused {
			return m.refresh()
		}
	case spinnerDelayMsg:
		if m.latest.at.IsZero() {
			m.showSpinner = true
			return m.spinner.Tick
		}
	case spinner.TickMsg:
		if m.latest.at.IsZero() || m.dialog.busy() {
			var cmd tea.Cmd
			m.spinner, cmd = m.spinner.Update(msg)
			return cmd
		}
	case planMsg, freedMsg, watchDoneMsg:
		return m.handleDialogMsg(msg)
	case typingPausedMsg:
		m.testDue = false
		return m.typingPaused()
	case diagnosisMsg:
		return m.applyDiagnosis(diagnosisResult(msg))
	case notificationsReadyMsg:
		return m.debounceNotifications()
	case notificationsSettledMsg:
		return m.drainNotifications()
	case statusMsg:
		m.status = line(msg)
	case stopMsg:
		return func() tea.Msg { return m.suspend(false) }
	}
	return nil
}

// handleKey handles a key: the topmost of dialog, help, filter and table gets it.
func (m *Model) handleKey(k tea.KeyPressMsg) tea.Cmd {
	switch {
	case key.Matches(k, m.keys.Interrupt):
		return tea.Interrupt
	case key.Matches(k, m.keys.Suspend):
		return func() tea.Msg { return m.suspend(true) }
	}
	if m.holdKey(k) {
		return nil
	}
	m.status = nil
	switch {
	case m.dialog != nil:
		return m.handleDialogKey(k)
	case m.help != nil:
		return m.handleHelpKey(k)
	case m.filtering:
		return m.handleFilterKey(k)
	}
	return m.handleTableKey(k)
}

func (m *Model) handleTableKey(k tea.KeyPressMsg) tea.Cmd {
	if key.Matches(k, m.keys.Tenth) {
		return m.seekTenth(k)
	}
	if key.Matches(k, m.keys.View) {
		if v := view(slices.Index(m.keys.View.Keys(), k.String())); v < numViews {
			return m.setView(v)
		}
		return nil
	}
	for _, act := range append(m.replayCommands(), m.commands()...) {
		if key.Matches(k, act.key) {
			if why := m.silentReason(k); why != "" {
				m.setStatus(warning, why)
				return nil
			}
			return act.run()
		}
	}
	return nil
}

// command is a key of the table, and what it does.
type command struct {
	key key.Binding
	run func() tea.Cmd
}

func (m *Model) commands() []command {
	moveBy := func(by int) func() tea.Cmd {
		return func() tea.Cmd { return m.moveSelection(by) }
	}
	return []command{
		{m.keys.Up, moveBy(-1)},
		{m.keys.Down, moveBy(1)},
		{m.keys.PageUp, func() tea.Cmd { return m.movePage(-1) }},
		{m.keys.PageDown, func() tea.Cmd { return m.movePage(1) }},
		{m.keys.Top, moveBy(-1 << 30)},
		{m.keys.Bottom, moveBy(1 << 30)},
		{m.keys.Filter, m.startFilter},
		{m.keys.Details, m.toggleDetails},
		{m.keys.Why, m.toggleWhy},
		{m.keys.Back, m.back},
		{m.keys.NextView, func() tea.Cmd { return m.setView((m.view + 1) % numViews) }},
		{m.keys.PrevView, func() tea.Cmd { return m.setView((m.view + numViews - 1) % numViews) }},
		{m.keys.Reverse, m.reverseSort},
		{m.keys.ColumnLeft, func() tea.Cmd { return m.sortNext(-1) }},
		{m.keys.Sort, func() tea.Cmd { return m.sortNext(1) }},
		{m.keys.ColumnRight, func() tea.Cmd { return m.sortNext(1) }},
		{m.keys.Slower, func() tea.Cmd { return m.changeInterval(1) }},
		{m.keys.Faster, func() tea.Cmd { return m.changeInterval(-1) }},
		{m.keys.Pause, m.togglePause},
		{m.keys.All, m.toggleAll},
		{m.keys.Unfold, m.toggleUnfold},
		{m.keys.Open, m.openConnections},
		{m.keys.Close, m.closeConnections},
		{m.keys.Group, m.nextGrouping},
		{m.keys.Exposed, m.toggleExposed},
		{m.keys.TimeWait, m.toggleTimeWait},
		{m.keys.Free, m.openFreeDialog},
		{m.keys.Mark, m.toggleMark},
		{m.keys.MarkAll, m.toggleMarks},
		{m.keys.Pin, m.togglePin},
		{m.keys.Copy, m.copyAddress},
		{m.keys.Browse, m.browse},
		{m.keys.Help, m.openHelp},
		{m.keys.Quit, func() tea.Cmd { return tea.Quit }},
	}
}

// moveSelection moves the selection; open details follow.
func (m *Model) moveSelection(by int) tea.Cmd {
	m.window().Move(by)
	return m.followSelection()
}

// movePage scrolls the details by a page, or moves the selection by one.
func (m *Model) movePage(by int) tea.Cmd {
	if m.pagesDetails() {
		m.details.scroll += by * max(m.layout().details.height-3, 1)
		return nil
	}
	return m.moveSelection(by * m.window().Page())
}
