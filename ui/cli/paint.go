package cli

import (
	"bufio"
	"strings"

	"lotop/ui"
)

// styler tells whether roles are shown by colours, which are the terminal's own
// and fit a light background as well as a dark one.
type styler bool

func (p styler) write(w *bufio.Writer, s ui.Span) {
	code := [ui.NumRoles]string{
		ui.Muted: "90", ui.Accent: "36", ui.Success: "32", ui.Warning: "33", ui.Danger: "31", ui.Emphasis: "1",
	}[s.Role]
	if !p || code == "" {
		w.WriteString(s.Text)
		return
	}
	w.WriteString("\x1b[" + code + "m" + s.Text + "\x1b[0m")
}

// writeLines writes lines one under the other. They are not wrapped:
// a terminal does that itself, and what a pipe reads must not be broken.
func (p styler) writeLines(w *bufio.Writer, lines []ui.Line) {
	for _, l := range lines {
		for i, s := range l {
			if i == len(l)-1 {
				s.Text = strings.TrimRight(s.Text, " ")
			}
			p.write(w, s)
		}
		w.WriteByte('\n')
	}
}

// trimSpans takes up to n spaces off the beginning of a cell.
func trimSpans(all ui.Line, n int) ui.Line {
	text := all[0].Text
	blank := len(text) - len(strings.TrimLeft(text, " "))
	return append(ui.Line{{Text: text[min(n, blank):], Role: all[0].Role}}, all[1:]...)
}
