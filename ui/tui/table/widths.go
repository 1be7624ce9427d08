package table

import "lotop/ui"

// Settle finds the widths of the columns for the rows of now, if they are not
// known yet. What is measured does not depend on the room there is, so a new
// size costs no measuring.
func (t *Table[T]) Settle() {
	if t.measured {
		return
	}
	t.measured = true
	t.measure()
	t.layoutColumns()
}

// measure finds out how wide the cells around the window are. Rows that were
// measured before, and have not changed since, are left out: a key that moves
// the window costs what it brings into sight, whatever number of rows there is.
func (t *Table[T]) measure() {
	if n := len(t.Columns); t.remeasure || len(t.naturalWidths) != n {
		t.naturalWidths, t.pivots, t.afterPivots = make([]int, n), make([]int, n), make([]int, n)
		t.remeasure = false
		clear(t.around)
	}
	from := max(min(t.Offset, len(t.Rows)-MeasuredRows), 0)
	to := min(from+MeasuredRows, len(t.Rows))
	around := make(map[[2]uint64]struct{}, to-from)
	for i := from; i < to; i++ {
		row := &t.Rows[i]
		key := t.Keys(row)
		if _, known := t.around[key]; !known {
			for c := range t.Columns {
				if col := &t.Columns[c]; !col.measured(t.naturalWidths[c], t.widest) {
					t.grow(c, col, row)
				}
			}
		}
		around[key] = struct{}{}
	}
	t.around = around
}

func (t *Table[T]) grow(c int, col *Column[T], row *T) {
	cell := col.Cell(row)
	w := cell.Width()
	if w == 1 && cell[0].Text == ui.Dash {
		return // nothing to say: not a reason to draw the column
	}
	if col.Pivot != nil {
		if p := col.Pivot(row); p >= 0 {
			t.pivots[c], t.afterPivots[c] = max(t.pivots[c], p), max(t.afterPivots[c], w-p)
			w = t.pivots[c] + t.afterPivots[c]
		}
	}
	t.naturalWidths[c] = max(t.naturalWidths[c], w)
}

// measured reports whether a column needs no further measuring: it is as wide as it
// may get.
func (c *Column[T]) measured(natural, widest int) bool {
	return c.Max > 0 && natural >= c.Max || natural > 0 && c.Min == c.Max || natural >= widest
}

// layoutColumns decides which columns there is room for, and how wide each is.
func (t *Table[T]) layoutColumns() {
	t.Drawn = t.Drawn[:0]
	room := t.width - gutterWidth
	picked := make([]bool, len(t.Columns))
	for priority := 1; priority <= len(t.Columns); priority++ {
		for c := range t.Columns {
			col := &t.Columns[c]
			// A column of dashes says nothing and gives its room to others.
			if t.width < col.From || col.Priority != priority || (len(t.Rows) > 0 || col.Optional) && t.naturalWidths[c] == 0 {
				continue
			}
			if need := t.minWidth(c) + columnGap; need <= room+columnGap && room > 0 {
				picked[c] = true
				room -= need
			}
		}
	}
	x := gutterWidth
	for c := range t.Columns {
		if picked[c] {
			t.Drawn = append(t.Drawn, placedColumn{Index: c, x: x, width: t.minWidth(c)})
		}
	}
	t.distribute(room + columnGap)
	for i := range t.Drawn {
		t.Drawn[i].x = x
		x += t.Drawn[i].width + columnGap
	}
}

// minWidth is the width below which a column is rather left out. The first column
// that matters has all it wants, within reason.
func (t *Table[T]) minWidth(c int) int {
	col := &t.Columns[c]
	least := max(col.Min, len(col.Title))
	if col.Priority == 1 {
		const reason = 20 // 127.0.0.1 with its port, and the sign of exposure
		least = max(least, min(t.naturalWidths[c], reason))
	}
	return least
}

// distribute gives the room that is left to the columns that want more, the most
// important first. At first no column gets more than a comfortable width, so that
// a single long address does not take the room from all names.
func (t *Table[T]) distribute(room int) {
	const comfortable, endless = 24, 1 << 30
	for _, most := range []int{comfortable, endless} {
		for priority := 1; priority <= len(t.Columns) && room > 0; priority++ {
			room -= t.widen(priority, most, room)
		}
	}
}

// widen lets the columns of a priority grow, up to most cells, and returns what
// they took.
func (t *Table[T]) widen(priority, most, room int) (taken int) {
	for i := range t.Drawn {
		p := &t.Drawn[i]
		col := &t.Columns[p.Index]
		if col.Priority != priority {
			continue
		}
		want := min(t.naturalWidths[p.Index], most)
		if col.Max > 0 {
			want = min(want, col.Max)
		}
		if more := min(want-p.width, room-taken); more > 0 {
			p.width += more
			taken += more
		}
	}
	return taken
}
