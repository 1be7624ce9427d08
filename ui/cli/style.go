package cli

import (
	"bufio"
	"strings"

	"lotop/ui/style"
)

// styler is whether roles are shown by colors. They are the terminal's own, which
// fit a light and a dark background.
type styler bool

// stdoutStyler returns the styler of standard output.
func (a *app) stdoutStyler(o *options) styler { return a.stylerFor(o, a.terminal.out) }

// stderrStyler returns the styler of standard error, which may be redirected apart
// from the output.
func (a *app) stderrStyler(o *options) styler { return a.stylerFor(o, a.terminal.err) }

func (a *app) stylerFor(o *options, isTerminal bool) styler {
	if o.color.value == "auto" {
		return styler(isTerminal && !a.isDumb() && a.getenv("NO_COLOR") == "")
	}
	return o.color.value == "always"
}

// write writes a span in the color of its role.
func (p styler) write(w *bufio.Writer, s style.Span) {
	code := [style.NumRoles]string{
		style.Muted: "90", style.Accent: "36", style.Success: "32", style.Warning: "33", style.Danger: "31", style.Emphasis: "1",
	}[s.Role]
	if !p || code == "" {
		w.WriteString(s.Text)
		return
	}
	w.WriteString("\x1b[" + code + "m" + s.Text + "\x1b[0m")
}

// writeLines writes lines. It does not wrap them: a terminal does, and lines in a
// pipe must stay whole.
func (p styler) writeLines(w *bufio.Writer, lines []style.Line) {
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

// trimSpans removes up to n spaces from the beginning of a cell.
func trimSpans(all style.Line, n int) style.Line {
	text := all[0].Text
	blank := len(text) - len(strings.TrimLeft(text, " "))
	return append(style.Line{{Text: text[min(n, blank):], Role: all[0].Role}}, all[1:]...)
}
