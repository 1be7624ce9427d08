package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// drawing is the newest drawing of the screen. Bubble Tea asks for one after every
// message, but writes only the newest of them, [framesPerSecond] times. To draw
// takes longer than everything else a key does; keys that are typed ahead, such as
// the one that quits, must not wait for frames that are never written.
type drawing struct {
	view tea.View
	at   time.Time // when it was drawn, zero if the next must be
	took time.Duration
	due  bool // a drawMsg is on its way
}

type drawMsg struct{}

// fresh reports whether the frame is so new that the next can wait.
func (f *drawing) fresh(now time.Time) bool {
	const calm = time.Second / framesPerSecond / 2
	return !f.at.IsZero() && now.Sub(f.at) < max(calm, f.took)
}

// draw returns the frame, and draws a new one if it is no longer fresh.
func (m *Model) draw() tea.View {
	start := m.now()
	if f := &m.drawing; !f.fresh(start) {
		f.view = m.fullScreen()
		f.at = m.now()
		f.took = f.at.Sub(start)
	}
	return m.drawing.view
}

// drawLater schedules the drawing of a message that View does not show yet,
// because the frame is fresh.
func (m *Model) drawLater() tea.Cmd {
	f := &m.drawing
	if f.due || !f.fresh(m.now()) {
		return nil
	}
	f.due = true
	return m.after(time.Second/framesPerSecond, func(time.Time) tea.Msg { return drawMsg{} })
}
