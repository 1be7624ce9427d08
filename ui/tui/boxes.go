package tui

import (
	"slices"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"lotop/model/track"
	"lotop/ui/style"
	"lotop/ui/tui/keymap"
)

// box returns lines of exactly width cells and height rows: a border around content,
// with a title in its upper edge and hints in its lower one.
func (m *Model) box(title, hints string, content []line, width, height int) []string {
	if width < 4 || height < 2 {
		return blankLines(width, height)
	}
	inner := width - 4
	out := make([]string, 0, height)
	out = append(out, m.boxEdge("╭", "╮", title, width))
	side := styled(muted, "│")
	for i := range height - 2 {
		var l line
		if i < len(content) {
			l = content[i]
		}
		full := append(side.Add(plain, " "), l.Fit(inner)...)
		out = append(out, m.theme.Line(append(full.Add(plain, " "), side...)))
	}
	return append(out, m.boxEdge("╰", "╯", hints, width))
}

func blankLines(width, height int) []string {
	out := make([]string, max(height, 0))
	for i := range out {
		out[i] = spaces(width)
	}
	return out
}

// boxEdge returns the upper or lower edge of a box.
func (m *Model) boxEdge(left, right, label string, width int) string {
	l := styled(muted, left+"─")
	if label != "" && width > 8 {
		l = append(l.Add(plain, " "), text(label).Cut(width-6)...).Add(plain, " ")
	}
	if rest := width - l.Width() - 1; rest > 0 {
		l = l.Add(muted, strings.Repeat("─", rest))
	}
	return m.theme.Line(l.Add(muted, right))
}

func (m *Model) detailsBox(r rect) []string {
	content := m.detailsLines(r.width - 4)
	k := &m.keys
	hints := []string{keymap.Hint(k.Free, "free"), keymap.Hint(k.Copy, "copy"), keymap.Hint(k.Browse, "open"), keymap.Hint(k.Back, "back"), keymap.Hint(k.Why, m.whyHint())}
	if m.details.auto {
		hints[3] = keymap.Hint(k.Details, "close")
	}
	if !m.live {
		hints = hints[:4]
	}
	if len(content) > r.height-2 && m.pagesDetails() {
		hints = slices.Insert(hints, 0, strings.TrimSpace(k.PageUp.Help().Key+" "+keymap.Hint(k.PageDown, "scroll")))
	}
	hints = slices.DeleteFunc(hints, func(s string) bool { return s == "" })
	content = content[min(m.details.scroll, len(content)):]
	return m.box(m.details.title(), style.Shorten(strings.Join(hints, " · "), r.width-6), content, r.width, r.height)
}

// detailsLines returns the lines of the details pane, or the whole answer to whether
// the port can be bound. They are cached until something that they depend on changes,
// because every message needs their number.
func (m *Model) detailsLines(width int) []line {
	const often = 100 * time.Millisecond // ages and timers are shown in seconds
	d := m.details
	as := written{
		width: width, compact: m.layout().dock == dockBelow, of: m.latest.at, now: m.now().Truncate(often),
		why: m.diagnosis, whole: m.wholeWhy,
		known: d.data, event: d.event, left: d.closed, gone: d.closedAt, absent: d.notAtTime,
	}
	if d.lines != nil && d.written == as {
		return d.lines
	}
	if m.wholeWhy {
		d.lines = m.whyLines(width)
	} else {
		d.lines = d.write(&detailsInput{
			now: m.refTime(), cells: width, compact: as.compact, flows: m.latest.flows, why: m.diagnosis, freeKey: m.freeKey(),
		})
	}
	d.written = as
	return d.lines
}

// freeKey returns the key that frees a port, empty if none does.
func (m *Model) freeKey() string {
	if !m.keys.Free.Enabled() || !m.live {
		return ""
	}
	return m.keys.Free.Help().Key
}

// written is what the lines of the details depend on.
type written struct {
	width   int
	compact bool
	whole   bool // the answer of why instead
	of, now time.Time
	why     *diagnosisResult
	known   *detailsData
	event   *track.Event
	left    bool
	gone    time.Time
	absent  bool
}

// overlay draws the dialog over the middle of the page, which is dimmed. The last line,
// which has the keys of the dialog, is not.
func (m *Model) overlay(page string) string {
	content := m.dialogLines()
	inner, _ := m.dialogRoom()
	if inner == m.width {
		// There is no room for a border: the dialog fills the screen.
		lines := blankLines(0, m.height)
		for i, l := range content {
			lines[i] = m.theme.Line(l)
		}
		return strings.Join(lines, "\n")
	}
	width, height := inner+4, len(content)+2
	box := strings.Join(m.box(m.dialog.title(), "", content, width, height), "\n")
	x, y := (m.width-width)/2, max((m.height-height)/2, 0)
	return lipgloss.NewCompositor(
		lipgloss.NewLayer(m.dimmed(page)),
		lipgloss.NewLayer(box).X(x).Y(y).Z(1),
	).Render()
}

// dimmed returns a page in which every line but the last has the look of what is quiet.
func (m *Model) dimmed(page string) string {
	lines := strings.Split(page, "\n")
	for i := range lines[:len(lines)-1] {
		lines[i] = m.theme.Line(styled(muted, ansi.Strip(lines[i])))
	}
	return strings.Join(lines, "\n")
}
