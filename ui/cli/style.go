package cli

import (
	"bufio"
	"strings"

	"lotop/ui/style"
)

// styler is whether roles are shown by colors, which are the terminal's own and fit
// a light and a dark background, and whether signs are those of ASCII.
type styler struct{ color, ascii bool }

// stdoutStyler returns the styler of standard output.
func (a *app) stdoutStyler(o *options) styler { return a.stylerFor(o, a.terminal.out) }

// stderrStyler returns the styler of standard error, which may be redirected apart
// from the output.
func (a *app) stderrStyler(o *options) styler { return a.stylerFor(o, a.terminal.err) }

func (a *app) stylerFor(o *options, isTerminal bool) styler {
	color := o.color.value == "always"
	if o.color.value == "auto" {
		color = isTerminal && !a.isDumb() && a.getenv("NO_COLOR") == ""
	}
	return styler{color, a.ascii}
}

// line returns spans as they are printed, within so many cells if that is not 0.
func (p styler) line(l style.Line, width int) string {
	var b strings.Builder
	for _, s := range l {
		p.write(&b, s)
	}
	switch {
	case !p.ascii:
		return b.String()
	case width > 0:
		return style.ASCIIWithin(b.String(), width)
	}
	return style.ASCII(b.String())
}

// write writes a span in the color of its role.
func (p styler) write(w *strings.Builder, s style.Span) {
	code := [style.NumRoles]string{
		style.Muted: "90", style.Accent: "36", style.Success: "32", style.Warning: "33", style.Danger: "31", style.Emphasis: "1",
	}[s.Role]
	if !p.color || code == "" {
		w.WriteString(s.Text)
		return
	}
	w.WriteString("\x1b[" + code + "m" + s.Text + "\x1b[0m")
}

// writeLines writes lines. It does not wrap them: a terminal does, and lines in a
// pipe must stay whole.
func (p styler) writeLines(w *bufio.Writer, lines []style.Line) {
	for _, l := range lines {
		if n := len(l); n > 0 {
			l = append(l[:n-1:n-1], style.Span{Text: strings.TrimRight(l[n-1].Text, " "), Role: l[n-1].Role})
		}
		w.WriteString(p.line(l, 0) + "\n")
	}
}

// trimSpans removes up to n spaces from the beginning of a cell.
func trimSpans(all style.Line, n int) style.Line {
	text := all[0].Text
	blank := len(text) - len(strings.TrimLeft(text, " "))
	return append(style.Line{{Text: text[min(n, blank):], Role: all[0].Role}}, all[1:]...)
}
