package tui

import "lotop/ui"

// column is one column of a table of T.
type column[T any] struct {
	name     string // in the configuration
	title    string
	sort     int  // what a click or a key orders by, -1 for nothing
	min      int  // cells below which it is rather left out
	max      int  // cells beyond which it does not grow, 0 for no bound
	priority int  // 1 is the last to be left out
	right    bool // numbers
	optional bool // not drawn above an empty table either
	cell     func(*T) ui.Line
	// pivot gives the width of what stands before the point at which the cells
	// of the column are lined up, -1 for a cell that is not; nil for none.
	pivot func(*T) int
	// shorten makes a cell fit its width in its own way; nil cuts its end.
	shorten func(l ui.Line, width int) ui.Line
}

// table is a window over typed rows: it draws the rows in sight and no others,
// so that a frame costs the same for fifty rows and for fifty thousand. What is
// selected is remembered by key, never by number.
type table[T any] struct {
	columns []column[T]
	// keys name a row; the second is 0 for a row that stands for one thing only.
	keys   func(*T) [2]uint64
	hasKey func(*T, uint64) bool // whether a row stands for that key
	// stickToTop lets a selection at the very top stay there: in a journal that is
	// where the news come in.
	stickToTop bool
	mark       func(*T) ui.Span // the sign in the gutter

	rows     []T
	cursor   int // index of the selected row, 0 if there are none
	offset   int // index of the first row in sight
	selected [2]uint64
	width    int
	height   int // lines of rows in sight

	remeasure bool                   // the next rows find their widths anew
	measured  bool                   // the columns fit the rows
	widest    int                    // of all widths so far: no cell needs to be known to be wider
	around    map[[2]uint64]struct{} // the keys of the rows that were measured last

	naturalWidths []int // widths the cells would like, by column
	pivots        []int // how much of the cells stands before their pivots, by column
	afterPivots   []int // and how much from there on
	layout        []placedColumn
}

// placedColumn is a column that is drawn: where, and how wide.
type placedColumn struct {
	index, x, width int
}

const (
	gutterWidth = 3 // mark, selection, space
	columnGap   = 2 // between columns
	// measuredRows bounds how many rows are measured for the width of columns.
	measuredRows = 256
)

// setRows takes new rows and finds the selected one again. The row stays on the
// line of the screen where it is, as long as that leaves no room empty. With
// changed a row can have other cells than the row of that key had before.
func (t *table[T]) setRows(rows []T, changed bool) {
	t.rows, t.measured = rows, false
	if changed {
		clear(t.around)
	}
	before := t.cursor
	t.cursor = min(before, max(len(rows)-1, 0))
	if atTop := t.stickToTop && before == 0 && t.offset == 0; !atTop {
		t.restoreSelection(before)
	}
	t.rememberSelection()
	t.scrollToCursor()
}

// restoreSelection looks for what is selected; before is where it was. Of a pair one end
// can stay behind, as a TIME_WAIT does: then the row is that end's.
func (t *table[T]) restoreSelection(before int) {
	for _, key := range t.selected {
		if i := t.indexOf(key); i >= 0 {
			t.cursor = i
			if t.offset > 0 {
				t.offset += i - before
			}
			return
		}
	}
}

func (t *table[T]) indexOf(key uint64) int {
	if key == 0 {
		return -1
	}
	if t.cursor < len(t.rows) && t.hasKey(&t.rows[t.cursor], key) {
		return t.cursor
	}
	for i := range t.rows {
		if t.hasKey(&t.rows[i], key) {
			return i
		}
	}
	return -1
}

func (t *table[T]) rememberSelection() {
	if t.cursor < len(t.rows) {
		t.selected = t.keys(&t.rows[t.cursor])
	}
}

// current returns the selected row, nil if there are no rows.
func (t *table[T]) current() *T {
	if t.cursor >= len(t.rows) {
		return nil
	}
	return &t.rows[t.cursor]
}

// move selects the row that lies by so many away.
func (t *table[T]) move(by int) { t.moveTo(t.cursor + by) }

func (t *table[T]) moveTo(i int) {
	t.cursor = min(max(i, 0), max(len(t.rows)-1, 0))
	t.rememberSelection()
	t.scrollToCursor()
}

// scroll moves the window, and the selection only as far as it has to stay in
// sight.
func (t *table[T]) scroll(by int) {
	t.offset = min(max(t.offset+by, 0), max(len(t.rows)-t.height, 0))
	t.cursor = min(max(t.cursor, t.offset), max(min(t.offset+t.height, len(t.rows))-1, 0))
	t.rememberSelection()
}

// scrollToCursor brings the selected row into sight.
func (t *table[T]) scrollToCursor() {
	t.offset = min(t.offset, max(len(t.rows)-t.height, 0))
	if t.cursor < t.offset {
		t.offset = t.cursor
	}
	if t.height > 0 && t.cursor >= t.offset+t.height {
		t.offset = t.cursor - t.height + 1
	}
	t.offset = max(t.offset, 0)
}

// resize sets the width and the number of lines for rows.
func (t *table[T]) resize(width, height int) {
	height = max(height, 0)
	if width == t.width && height == t.height {
		return
	}
	t.width, t.height = width, height
	if width > t.widest {
		t.widest = width
		t.resetWidths()
	}
	t.measured = false
	t.scrollToCursor()
}

// resetWidths lets the columns find their widths anew. Otherwise they only grow, so
// that nothing jumps from one refresh to the next.
func (t *table[T]) resetWidths() { t.remeasure = true }

// columnAt finds the column at a cell of the title line, -1 for none.
func (t *table[T]) columnAt(x int) int {
	for _, p := range t.layout {
		if x >= p.x && x < p.x+p.width+columnGap {
			return p.index
		}
	}
	return -1
}

// rowAt finds the row on a line of the window, -1 for none.
func (t *table[T]) rowAt(y int) int {
	if i := t.offset + y; y >= 0 && y < t.height && i < len(t.rows) {
		return i
	}
	return -1
}

// titleLine draws the title line; sorted is the column the rows are ordered by.
func (t *table[T]) titleLine(sorted int, reverse bool) ui.Line {
	l := ui.Text(ui.Spaces(gutterWidth))
	for i, p := range t.layout {
		if i > 0 {
			l = l.Add(ui.Plain, ui.Spaces(columnGap))
		}
		col := &t.columns[p.index]
		title := ui.Styled(ui.Muted, col.title)
		if col.sort >= 0 && col.sort == sorted {
			arrow := "↑"
			if reverse {
				arrow = "↓"
			}
			title = ui.Styled(ui.Accent, col.title+arrow)
		}
		if col.right {
			l = append(l, title.Right(p.width)...)
		} else {
			l = append(l, title.Fit(p.width)...)
		}
	}
	return l.Cut(t.width)
}

// rowLine draws row i.
func (t *table[T]) rowLine(i int) ui.Line {
	r := &t.rows[i]
	arrow := ui.Span{Text: "  "}
	if i == t.cursor {
		arrow = ui.Span{Text: "▸ ", Role: ui.Accent}
	}
	l := ui.Line{t.mark(r), arrow}
	for n, p := range t.layout {
		if n > 0 {
			l = l.Add(ui.Plain, ui.Spaces(columnGap))
		}
		l = append(l, t.cellLine(r, p)...)
	}
	return l.Fit(t.width)
}

func (t *table[T]) cellLine(r *T, p placedColumn) ui.Line {
	col := &t.columns[p.index]
	l := col.cell(r)
	width := p.width
	if col.pivot != nil {
		if before := col.pivot(r); before >= 0 {
			// Where there is not room for all, the long ones lose of what stands
			// before the pivot; the others stay in line.
			pivot := min(t.pivots[p.index], p.width-t.afterPivots[p.index])
			if shift := pivot - before; shift > 0 {
				l = append(ui.Text(ui.Spaces(shift)), l...)
			} else {
				width = l.Width() + shift
			}
		}
	}
	if col.shorten != nil && l.Width() > width {
		l = col.shorten(l, width)
	}
	if col.right {
		return l.Right(p.width)
	}
	return l.Fit(p.width)
}
