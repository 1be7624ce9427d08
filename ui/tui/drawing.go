package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// drawing is the last frame. Bubble Tea calls View after every message but writes
// only [framesPerSecond] frames a second. Drawing takes longer than everything else
// that a key causes, and keys that are typed ahead, such as the one that quits, must
// not wait for frames that are never written.
type drawing struct {
	view tea.View
	at   time.Time // when it was drawn, zero to draw at the next call
	took time.Duration
	due  bool // a drawMsg is on its way
}

type drawMsg struct{}

// fresh reports whether the frame is so recent that the next one can wait.
func (f *drawing) fresh(now time.Time) bool {
	const calm = time.Second / framesPerSecond / 2
	return !f.at.IsZero() && now.Sub(f.at) < max(calm, f.took)
}

// draw returns the frame, drawn again if it is no longer fresh.
func (m *Model) draw() tea.View {
	start := m.now()
	if f := &m.drawing; !f.fresh(start) {
		f.view = m.fullScreen()
		f.at = m.now()
		f.took = f.at.Sub(start)
	}
	return m.drawing.view
}

// drawLater schedules a frame for a message that View does not show yet because the
// last frame is fresh.
func (m *Model) drawLater() tea.Cmd {
	f := &m.drawing
	if f.due || !f.fresh(m.now()) {
		return nil
	}
	f.due = true
	return m.after(time.Second/framesPerSecond, func(time.Time) tea.Msg { return drawMsg{} })
}
