package tui

import (
	"lotop/model/query"
)

// highlight marks in a cell of a row in sight what the filter has matched there.
func (m *Model) highlight(title string, l line) line {
	if m.matched.Empty() {
		return l
	}
	switch title {
	case "PORT":
		return markLine(l, &m.matched, true)
	case "LOCAL", "REMOTE", "REMOTE / CLIENTS", "ON", "WHO", "PROCESS", "FOLDER", "CLIENTS", "USER", "COMMAND":
		return markLine(l, &m.matched, false)
	}
	return l // no filter looks at it
}

// markLine gives the marked parts of a line the role of matches.
func markLine(l line, marks *query.Marks, portColumn bool) line {
	var out line
	for i, s := range l {
		at, end := marks.Find(s.Text, portColumn)
		if at < 0 {
			if out != nil {
				out = append(out, s)
			}
			continue
		}
		if out == nil {
			out = append(make(line, 0, len(l)+2), l[:i]...)
		}
		for at >= 0 {
			out = out.Add(s.Role, s.Text[:at]).Add(accent, s.Text[at:end])
			s.Text = s.Text[end:]
			at, end = marks.Find(s.Text, false)
		}
		out = out.Add(s.Role, s.Text)
	}
	if out == nil {
		return l
	}
	return out
}
