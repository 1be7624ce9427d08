package style

import "strings"

// Wrap breaks a line that is wider than width at its spaces, and indents the
// continuation lines. A word that is wider than a line stays whole, because it may
// be copied. A width of 0 means no limit.
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

// merge is Add, but extends the last span if it has the same role or if s is
// blank.
func (l Line) merge(r Role, s string) Line {
	if n := len(l); n > 0 && s != "" && (l[n-1].Role == r || strings.Trim(s, " ") == "") {
		l[n-1].Text += s
		return l
	}
	return l.Add(r, s)
}

// word is text without spaces, with the number of spaces before it.
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
