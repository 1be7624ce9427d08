package tui

import "lotop/ui/style"

// lineWriter writes lines one under the other, at most width cells wide.
type lineWriter struct {
	width int
	out   []line
}

func (w *lineWriter) add(l line) { w.out = append(w.out, l.Cut(w.width)) }
func (w *lineWriter) blankLine() { w.out = append(w.out, nil) }

// paragraph writes a sentence on as many lines as it takes.
func (w *lineWriter) paragraph(r role, s string) {
	for _, part := range style.WrapWords(s, w.width) {
		w.add(styled(r, part))
	}
}
