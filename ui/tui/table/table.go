// Package table is a windowed table over rows of any type: it measures and draws
// only the rows in sight, and remembers the selected one by key. It knows nothing
// of sockets.
package table

import (
	"strings"

	"lotop/ui/style"
)

// Column is one column of a table of T.
type Column[T any] struct {
	Name       string // in the configuration
	Title      string
	SortKey    int  // what a click or a key orders by, -1 for nothing
	Min        int  // cells below which it is rather left out
	Max        int  // cells beyond which it does not grow, 0 for no bound
	Priority   int  // 1 is the last to be left out
	From       int  // width of the table from which it is drawn
	AlignRight bool // numbers
	Optional   bool // not drawn above an empty table either
	Cell       func(*T) style.Line
	// Pivot gives the width of what stands before the point at which the cells
	// of the column are lined up, -1 for a cell that is not; nil for none.
	Pivot func(*T) int
	// Shorten makes a cell fit its width in its own way; nil cuts its end.
	Shorten func(l style.Line, width int) style.Line
}

// Table is a window over typed rows: it draws the rows in sight and no others,
// so that a frame costs the same for fifty rows and for fifty thousand. What is
// selected is remembered by key, never by number.
type Table[T any] struct {
	Columns []Column[T]
	// Keys name a row; the second is 0 for a row that stands for one thing only.
	Keys   func(*T) [2]uint64
	HasKey func(*T, uint64) bool // whether a row stands for that key
	// StickToTop lets a selection at the very top stay there: in a journal that is
	// where the news come in.
	StickToTop bool
	Mark       func(*T) style.Span // the sign in the gutter
	// Highlight changes the roles in the drawn cell of a column, nil for no change.
	Highlight func(title string, l style.Line) style.Line
	Marked    func(*T) bool // whether the row is one of several to act on; nil if none can be

	Rows     []T
	Cursor   int // index of the selected row, 0 if there are none
	Offset   int // index of the first row in sight
	selected [2]uint64
	width    int
	Height   int // lines of rows in sight

	remeasure bool                   // the next rows find their widths again
	measured  bool                   // the columns fit the rows
	widest    int                    // of all widths so far: no cell needs to be known to be wider
	around    map[[2]uint64]struct{} // the keys of the rows that were measured last

	naturalWidths []int // widths the cells would like, by column
	pivots        []int // how much of the cells stands before their pivots, by column
	afterPivots   []int // and how much from there on
	Drawn         []placedColumn
}

// placedColumn is a column that is drawn: where, and how wide.
type placedColumn struct {
	Index, x, width int
}

const (
	gutterWidth = 3 // mark, selection, space
	columnGap   = 2 // between columns
	// MeasuredRows bounds how many rows are measured for the width of columns.
	MeasuredRows = 256
)

// SetRows takes new rows and finds the selected one again. The row stays on the
// line of the screen where it is, as long as that leaves no room empty. With
// changed a row can have other cells than the row of that key had before.
func (t *Table[T]) SetRows(rows []T, changed bool) {
	t.Rows, t.measured = rows, false
	if changed {
		clear(t.around)
	}
	before := t.Cursor
	t.Cursor = min(before, max(len(rows)-1, 0))
	if atTop := t.StickToTop && before == 0 && t.Offset == 0; !atTop {
		t.restoreSelection(before)
	}
	t.rememberSelection()
	t.scrollToCursor()
}

// restoreSelection looks for what is selected; before is where it was. Of a pair one end
// can stay behind, as a TIME_WAIT does: then the row is that end's.
func (t *Table[T]) restoreSelection(before int) {
	for _, key := range t.selected {
		if i := t.indexOf(key); i >= 0 {
			t.Cursor = i
			if t.Offset > 0 {
				t.Offset += i - before
			}
			return
		}
	}
}

func (t *Table[T]) indexOf(key uint64) int {
	if key == 0 {
		return -1
	}
	if t.Cursor < len(t.Rows) && t.HasKey(&t.Rows[t.Cursor], key) {
		return t.Cursor
	}
	for i := range t.Rows {
		if t.HasKey(&t.Rows[i], key) {
			return i
		}
	}
	return -1
}

func (t *Table[T]) rememberSelection() {
	if t.Cursor < len(t.Rows) {
		t.selected = t.Keys(&t.Rows[t.Cursor])
	}
}

// Current returns the selected row, nil if there are no rows.
func (t *Table[T]) Current() *T {
	if t.Cursor >= len(t.Rows) {
		return nil
	}
	return &t.Rows[t.Cursor]
}

// Move selects the row that lies by so many away.
func (t *Table[T]) Move(by int) { t.MoveTo(t.Cursor + by) }

func (t *Table[T]) MoveTo(i int) {
	t.Cursor = min(max(i, 0), max(len(t.Rows)-1, 0))
	t.rememberSelection()
	t.scrollToCursor()
}

// Scroll moves the window, and the selection only as far as it has to stay in
// sight.
func (t *Table[T]) Scroll(by int) {
	t.Offset = min(max(t.Offset+by, 0), max(len(t.Rows)-t.Height, 0))
	t.Cursor = min(max(t.Cursor, t.Offset), max(min(t.Offset+t.Height, len(t.Rows))-1, 0))
	t.rememberSelection()
}

// scrollToCursor brings the selected row into sight.
func (t *Table[T]) scrollToCursor() {
	t.Offset = min(t.Offset, max(len(t.Rows)-t.Height, 0))
	if t.Cursor < t.Offset {
		t.Offset = t.Cursor
	}
	if t.Height > 0 && t.Cursor >= t.Offset+t.Height {
		t.Offset = t.Cursor - t.Height + 1
	}
	t.Offset = max(t.Offset, 0)
}

// Resize sets the width and the number of lines for rows.
func (t *Table[T]) Resize(width, height int) {
	height = max(height, 0)
	if width == t.width && height == t.Height {
		return
	}
	t.width, t.Height = width, height
	if width > t.widest {
		t.widest = width
		t.ResetWidths()
	}
	t.measured = false
	t.scrollToCursor()
}

// ResetWidths lets the columns find their widths again. Otherwise they only grow, so
// that nothing jumps from one refresh to the next.
func (t *Table[T]) ResetWidths() { t.remeasure = true }

// ColumnAt finds the column at a cell of the title line, -1 for none.
func (t *Table[T]) ColumnAt(x int) int {
	for _, p := range t.Drawn {
		if x >= p.x && x < p.x+p.width+columnGap {
			return p.Index
		}
	}
	return -1
}

// RowAt finds the row on a line of the window, -1 for none.
func (t *Table[T]) RowAt(y int) int {
	if i := t.Offset + y; y >= 0 && y < t.Height && i < len(t.Rows) {
		return i
	}
	return -1
}

// TitleLine draws the title line; sorted is the column the rows are ordered by.
func (t *Table[T]) TitleLine(sorted int, reverse bool) style.Line {
	l := style.Text(style.Spaces(gutterWidth))
	for i, p := range t.Drawn {
		if i > 0 {
			l = l.Add(style.Plain, style.Spaces(columnGap))
		}
		col := &t.Columns[p.Index]
		title := style.Styled(style.Muted, col.Title)
		if col.SortKey >= 0 && col.SortKey == sorted {
			arrow := "↑"
			if reverse {
				arrow = "↓"
			}
			title = style.Styled(style.Accent, col.Title+arrow)
		}
		if col.AlignRight {
			l = append(l, title.Right(p.width)...)
		} else {
			l = append(l, title.Fit(p.width)...)
		}
	}
	return l.Cut(t.width)
}

// RowLine draws row i.
func (t *Table[T]) RowLine(i int) style.Line {
	r := &t.Rows[i]
	arrow := style.Span{Text: "  "}
	if i == t.Cursor {
		arrow = style.Span{Text: "▸ ", Role: style.Accent}
	}
	l := style.Line{t.Mark(r), arrow}
	if t.Marked != nil && t.Marked(r) {
		arrow.Text = strings.TrimSuffix(arrow.Text, " ")
		l = style.Line{t.Mark(r), arrow, {Text: "*", Role: style.Accent}}
	}
	for n, p := range t.Drawn {
		if n > 0 {
			l = l.Add(style.Plain, style.Spaces(columnGap))
		}
		cell := t.cellLine(r, p)
		if t.Highlight != nil {
			cell = t.Highlight(t.Columns[p.Index].Title, cell)
		}
		l = append(l, cell...)
	}
	return l.Fit(t.width)
}

func (t *Table[T]) cellLine(r *T, p placedColumn) style.Line {
	col := &t.Columns[p.Index]
	l := col.Cell(r)
	width := p.width
	if col.Pivot != nil {
		if before := col.Pivot(r); before >= 0 {
			// Where there is not room for all, the long ones lose of what stands
			// before the pivot; the others stay in line.
			pivot := min(t.pivots[p.Index], p.width-t.afterPivots[p.Index])
			if shift := pivot - before; shift > 0 {
				l = append(style.Text(style.Spaces(shift)), l...)
			} else {
				width = l.Width() + shift
			}
		}
	}
	if col.Shorten != nil && l.Width() > width {
		l = col.Shorten(l, width)
	}
	if col.AlignRight {
		return l.Right(p.width)
	}
	return l.Fit(p.width)
}
