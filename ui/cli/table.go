package cli

import (
	"bufio"
	"strings"

	"lotop/ui"
	"lotop/ui/style"
)

// tableOptions says how a table is written. Not on a terminal nothing is cut and
// every column is there: whoever reads it must find the same every time.
type tableOptions struct {
	terminal bool
	width    int // of the terminal; 0 for no bound
	header   bool
	styler   styler
}

// cell is what stands in one column of one row. Cells of a column are lined up
// at the point that has before cells on its left; -1 for none.
type cell struct {
	spans style.Line
	pivot int
}

func (c *cell) width() int { return c.spans.Width() }

// hasContent reports whether there is more than a dash in the cell.
func (c *cell) hasContent() bool {
	return len(c.spans) != 1 || c.spans[0].Text != ui.Dash && c.spans[0].Text != ""
}

// column is a column of a table of rows of some type.
type column[T any] struct {
	name      string // as --columns has it
	title     string
	priority  int // 1 is the last to be left out
	min       int // how far it may be cut; 0 for not at all
	right     bool
	cutMiddle bool // its first piece loses its middle, not its end
	cell      func(*T) cell

	cells []cell
	pivot int
	width int
}

const (
	columnGap    = 2
	maxLine      = 1 << 20 // cells, where there is no bound
	keepPriority = 2       // columns up to that priority are cut, never left out
)

// writeTable writes rows under their titles, and nothing if there are none.
func writeTable[T any](w *bufio.Writer, columns []column[T], rows []T, look tableOptions) {
	if len(rows) == 0 {
		return
	}
	columns = measure(columns, rows, look)
	if look.width > 0 {
		columns = fitColumns(columns, look.width)
	}
	line := make([]cell, len(columns))
	for c := range columns {
		line[c] = cell{style.Styled(style.Muted, columns[c].title), -1}
	}
	if look.header {
		writeLine(w, columns, line, look)
	}
	for i := range rows {
		for c := range columns {
			line[c] = columns[c].cells[i]
		}
		writeLine(w, columns, line, look)
	}
}

// measure fills the columns and finds their widths. On a terminal it leaves out
// those that say nothing, unless they were asked for.
func measure[T any](columns []column[T], rows []T, look tableOptions) []column[T] {
	kept := columns[:0]
	for _, col := range columns {
		says := false
		col.cells = make([]cell, len(rows))
		for i := range rows {
			c := col.cell(&rows[i])
			col.cells[i] = c
			col.pivot = max(col.pivot, c.pivot)
			says = says || c.hasContent()
		}
		if look.terminal && col.priority > 1 && !says {
			continue
		}
		if look.header {
			col.width = len(col.title)
		}
		for i := range col.cells {
			c := &col.cells[i]
			w := c.width()
			if shift := col.pivot - c.pivot; c.pivot >= 0 && shift > 0 {
				c.spans[0].Text = strings.Repeat(" ", shift) + c.spans[0].Text
				w += shift
			}
			col.width = max(col.width, w)
		}
		kept = append(kept, col)
	}
	return kept
}

// fitColumns makes the columns fit: the least important are left out, and of those
// that remain some are cut.
func fitColumns[T any](columns []column[T], width int) []column[T] {
	for {
		need, last := -columnGap, 0
		for c := range columns {
			col := &columns[c]
			need += columnGap + col.minWidth()
			if col.priority > columns[last].priority {
				last = c
			}
		}
		if need <= width || columns[last].priority <= keepPriority {
			break
		}
		columns = append(columns[:last], columns[last+1:]...)
	}
	over := -columnGap - width
	for c := range columns {
		over += columnGap + columns[c].width
	}
	for c := len(columns) - 1; c >= 0 && over > 0; c-- {
		less := min(over, columns[c].width-columns[c].minWidth())
		columns[c].width -= less
		over -= less
	}
	return columns
}

func (col *column[T]) minWidth() int {
	if col.min == 0 {
		return col.width
	}
	return min(col.width, col.min)
}

func writeLine[T any](w *bufio.Writer, columns []column[T], line []cell, look tableOptions) {
	room := look.width
	var out style.Line
	for c := range columns {
		col := &columns[c]
		limit := col.width
		if look.width > 0 {
			limit = min(limit, room)
		}
		spans := col.fit(line[c], limit)
		fitted := cell{spans: spans}
		pad := style.Spaces(limit - fitted.width())
		if col.right {
			out = out.Add(style.Plain, pad)
		}
		out = append(out, spans...)
		room -= limit + columnGap
		if c == len(columns)-1 || look.width > 0 && room <= 0 {
			break
		}
		if !col.right {
			out = out.Add(style.Plain, pad)
		}
		out = out.Add(style.Plain, style.Spaces(columnGap))
	}
	width := look.width
	if width == 0 {
		width = maxLine
	}
	w.WriteString(look.styler.line(out, width) + "\n")
}

func (col *column[T]) fit(c cell, width int) style.Line {
	spans := c.spans
	if over := c.width() - width; over <= 0 {
		return spans
	} else if col.cutMiddle {
		if c.pivot >= 0 {
			// What lines the cell up goes first.
			spans = trimSpans(spans, over)
		}
		rest := cell{spans: spans[1:]}
		head := style.Styled(spans[0].Role, style.CutMiddle(spans[0].Text, max(width-rest.width(), 1)))
		spans = append(head, spans[1:]...)
	}
	return spans.Cut(width)
}
