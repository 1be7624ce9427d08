package style

import "strings"

// Wrap breaks a line at its spaces where it is wider than width, and indents
// what follows. A word that is too wide by itself stays whole: it may be meant
// to be copied. A width of 0 is no bound.
func Wrap(l Line, width, indent int) []Line {
	if width <= 0 || l.Width() <= width {
		return []Line{l}
	}
	var out []Line
	var line Line
	at, first := 0, true
	for _, w := range words(l) {
		wide := w.text.Width()
		if !first && at+w.gap+wide > width {
			out = append(out, line)
			line, at, first = nil, 0, true
			w.gap = indent
		}
		line = line.merge(Plain, Spaces(w.gap))
		for _, s := range w.text {
			line = line.merge(s.Role, s.Text)
		}
		at, first = at+w.gap+wide, false
	}
	return append(out, line)
}

// WrapAll wraps each of the lines.
func WrapAll(all []Line, width, indent int) []Line {
	var out []Line
	for _, l := range all {
		out = append(out, Wrap(l, width, indent)...)
	}
	return out
}

// merge is Add that goes on with the last span where it has the same role, or
// where spaces stand between.
func (l Line) merge(r Role, s string) Line {
	if n := len(l); n > 0 && s != "" && (l[n-1].Role == r || strings.Trim(s, " ") == "") {
		l[n-1].Text += s
		return l
	}
	return l.Add(r, s)
}

// word is what stands together, with the spaces before it.
type word struct {
	gap  int
	text Line
}

func words(l Line) []word {
	var all []word
	gap, within := 0, false
	for _, s := range l {
		for text := s.Text; text != ""; {
			if n := len(text) - len(strings.TrimLeft(text, " ")); n > 0 {
				gap, within, text = gap+n, false, text[n:]
				continue
			}
			n := strings.IndexByte(text, ' ')
			if n < 0 {
				n = len(text)
			}
			if !within {
				all, gap, within = append(all, word{gap: gap}), 0, true
			}
			last := &all[len(all)-1]
			last.text = append(last.text, Span{text[:n], s.Role})
			text = text[n:]
		}
	}
	return all
}
