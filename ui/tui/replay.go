package tui

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"lotop/sockets/recording"
	"lotop/ui/tui/keymap"
)

// player is a source that replays a recording, such as [recording.Player]. Its
// controls return at once, also during a read.
type player interface {
	Position() recording.Position
	Pause(paused bool)
	Step(n int)
	Speed(times float64)
	Seek(t time.Time)
	SeekFraction(part float64)
}

const (
	seekStep = 10 * time.Second // of the recording
	// minReplayInterval limits how often a fast replay is read.
	minReplayInterval = 100 * time.Millisecond
)

// detectPlayer sets player if the source replays a recording. Otherwise the keys of
// a replay are disabled and not in the help.
func (m *Model) detectPlayer() {
	m.player, _ = m.worker.source.(player)
	replaying := m.player != nil
	for _, a := range m.keys.Entries() {
		if a.Group == keymap.RecordingGroup {
			a.Key.SetEnabled(replaying)
		}
	}
	m.keys.View.SetEnabled(!replaying) // its keys jump to tenths
	if replaying {
		m.position = m.player.Position()
		m.paused = m.position.Paused
	}
}

func (m *Model) replayCommands() []command {
	if m.player == nil {
		return nil
	}
	step := func(n int) func() tea.Cmd {
		return m.playerCmd(func() { m.player.Step(n) })
	}
	jump := func(by time.Duration) func() tea.Cmd {
		return m.playerCmd(func() { m.player.Seek(m.player.Position().Time.Add(by)) })
	}
	speed := func(times float64) func() tea.Cmd {
		return m.playerCmd(func() { m.player.Speed(m.player.Position().Speed * times) })
	}
	return []command{
		{m.keys.StepBack, step(-1)},
		{m.keys.StepForward, step(1)},
		{m.keys.JumpBack, jump(-seekStep)},
		{m.keys.JumpForward, jump(seekStep)},
		{m.keys.SlowDown, speed(0.5)},
		{m.keys.SpeedUp, speed(2)},
		{m.keys.Pause, m.playerCmd(func() { m.player.Pause(!m.player.Position().Paused) })},
	}
}

// seekTenth jumps to the tenth of the recording that the key stands for, 0 to its
// start.
func (m *Model) seekTenth(k tea.KeyPressMsg) tea.Cmd {
	i := slices.Index(m.keys.Tenth.Keys(), k.String())
	return m.playerCmd(func() { m.player.SeekFraction(float64(i) / 10) })()
}

// playerCmd returns a command that uses the player's controls and then reads the
// snapshot at its position.
func (m *Model) playerCmd(turn func()) func() tea.Cmd {
	return func() tea.Cmd {
		turn()
		m.position = m.player.Position()
		m.paused = m.position.Paused
		return m.refresh()
	}
}

// refreshEvery returns the time between two reads, which is shorter while a
// recording is replayed faster than real time.
func (m *Model) refreshEvery() time.Duration {
	if m.player == nil || m.position.Speed <= 1 {
		return m.interval
	}
	faster := time.Duration(float64(m.interval) / m.position.Speed)
	return max(faster, min(minReplayInterval, m.interval))
}

// playerStatus returns the position in the recording, and the speed.
func (m *Model) playerStatus() line {
	sign, r := "▶ ", warning
	switch {
	case m.readErr != nil:
		sign, r = "✗ ", danger
	case m.position.Paused:
		sign = "‖ "
	case m.position.AtEnd:
		sign = "■ "
	}
	p := &m.position
	long := p.End.Sub(p.Begin)
	l := styled(r, sign+p.Time.Format(time.TimeOnly)).
		Add(plain, "  "+clockText(p.Time.Sub(p.Begin), long)).Add(muted, "/"+clockText(long, long))
	return l.Add(plain, "  "+speedText(p.Speed))
}

// clockText formats a duration as players do, as wide as the longest one: 0:07,
// 12:34, 1:02:03.
func clockText(d, longest time.Duration) string {
	s := max(int(d/time.Second), 0)
	if longest < time.Hour {
		return fmt.Sprintf("%d:%02d", s/60, s%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
}

// speedText formats a speed: ×1, ×16, ×1/4.
func speedText(times float64) string {
	if times > 0 && times < 1 {
		return "×1/" + strconv.FormatFloat(1/times, 'g', 3, 64)
	}
	return "×" + strconv.FormatFloat(times, 'g', 4, 64)
}

// replayKeys returns the keys to hint at during a replay.
func (m *Model) replayKeys() []key.Binding {
	k := &m.keys
	return []key.Binding{k.MoveHint(), keymap.PairHint(k.StepBack, k.StepForward, "step"), keymap.PairHint(k.JumpBack, k.JumpForward, "10s"), k.Pause, k.Filter, k.Details, k.NextView, k.Help, k.Quit}
}
