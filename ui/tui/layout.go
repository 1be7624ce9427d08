package tui

import "lotop/ui"

// settle finds the widths of the columns for the rows of now, if they are not
// known yet. What is measured does not depend on the room there is, so a new
// size costs no measuring.
func (t *table[T]) settle() {
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
func (t *table[T]) measure() {
	if n := len(t.columns); t.remeasure || len(t.naturalWidths) != n {
		t.naturalWidths, t.pivots, t.afterPivots = make([]int, n), make([]int, n), make([]int, n)
		t.remeasure = false
		clear(t.around)
	}
	from := max(min(t.offset, len(t.rows)-measuredRows), 0)
	to := min(from+measuredRows, len(t.rows))
	around := make(map[[2]uint64]struct{}, to-from)
	for i := from; i < to; i++ {
		row := &t.rows[i]
		key := t.keys(row)
		if _, known := t.around[key]; !known {
			for c := range t.columns {
				if col := &t.columns[c]; !col.measured(t.naturalWidths[c], t.widest) {
					t.grow(c, col, row)
				}
			}
		}
		around[key] = struct{}{}
	}
	t.around = around
}

func (t *table[T]) grow(c int, col *column[T], row *T) {
	cell := col.cell(row)
	w := cell.Width()
	if w == 1 && cell[0].Text == ui.Dash {
		return // nothing to say: not a reason to draw the column
	}
	if col.pivot != nil {
		if p := col.pivot(row); p >= 0 {
			t.pivots[c], t.afterPivots[c] = max(t.pivots[c], p), max(t.afterPivots[c], w-p)
			w = t.pivots[c] + t.afterPivots[c]
		}
	}
	t.naturalWidths[c] = max(t.naturalWidths[c], w)
}

// measured reports whether a column needs no further measuring: it is as wide as it
// may get.
func (c *column[T]) measured(natural, widest int) bool {
	return c.max > 0 && natural >= c.max || natural > 0 && c.min == c.max || natural >= widest
}

// layoutColumns decides which columns there is room for, and how wide each is.
func (t *table[T]) layoutColumns() {
	t.layout = t.layout[:0]
	room := t.width - gutterWidth
	picked := make([]bool, len(t.columns))
	for priority := 1; priority <= len(t.columns); priority++ {
		for c := range t.columns {
			col := &t.columns[c]
			// A column of dashes says nothing and gives its room to others.
			if col.priority != priority || (len(t.rows) > 0 || col.optional) && t.naturalWidths[c] == 0 {
				continue
			}
			if need := t.minWidth(c) + columnGap; need <= room+columnGap && room > 0 {
				picked[c] = true
				room -= need
			}
		}
	}
	x := gutterWidth
	for c := range t.columns {
		if picked[c] {
			t.layout = append(t.layout, placedColumn{index: c, x: x, width: t.minWidth(c)})
		}
	}
	t.distribute(room + columnGap)
	for i := range t.layout {
		t.layout[i].x = x
		x += t.layout[i].width + columnGap
	}
}

// minWidth is the width below which a column is rather left out. The first column
// that matters has all it wants, within reason.
func (t *table[T]) minWidth(c int) int {
	col := &t.columns[c]
	least := max(col.min, len(col.title))
	if col.priority == 1 {
		const reason = 20 // 127.0.0.1 with its port, and the sign of exposure
		least = max(least, min(t.naturalWidths[c], reason))
	}
	return least
}

// distribute gives the room that is left to the columns that want more, the most
// important first. At first nobody gets more than a comfortable width, so that
// a single long address does not take the room from all names.
func (t *table[T]) distribute(room int) {
	const comfortable, endless = 24, 1 << 30
	for _, most := range []int{comfortable, endless} {
		for priority := 1; priority <= len(t.columns) && room > 0; priority++ {
			room -= t.widen(priority, most, room)
		}
	}
}

// widen lets the columns of a priority grow, up to most cells, and returns what
// they took.
func (t *table[T]) widen(priority, most, room int) (taken int) {
	for i := range t.layout {
		p := &t.layout[i]
		col := &t.columns[p.index]
		if col.priority != priority {
			continue
		}
		want := min(t.naturalWidths[p.index], most)
		if col.max > 0 {
			want = min(want, col.max)
		}
		if more := min(want-p.width, room-taken); more > 0 {
			p.width += more
			taken += more
		}
	}
	return taken
}
