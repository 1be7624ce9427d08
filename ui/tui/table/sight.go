package table

// Len returns the number of rows.
func (t *Table[T]) Len() int { return len(t.Rows) }

// InSight returns the rows in sight, from the first up to but not including end.
func (t *Table[T]) InSight() (first, end int) { return t.Offset, min(t.Offset+t.Height, len(t.Rows)) }

// Page returns by how many rows a page moves the selection.
func (t *Table[T]) Page() int { return max(t.Height-1, 1) }

// Width returns the width of the table in cells.
func (t *Table[T]) Width() int { return t.width }

// Selected returns the index of the selected row, 0 if there are none.
func (t *Table[T]) Selected() int { return t.Cursor }

// ToTop brings the first row into sight at the next rows.
func (t *Table[T]) ToTop() { t.Offset = 0 }

// SortKeyAt returns what a click at a cell of the title line orders by, -1 for nothing.
func (t *Table[T]) SortKeyAt(x int) int {
	if c := t.ColumnAt(x); c >= 0 {
		return t.Columns[c].SortKey
	}
	return -1
}

// SortKeys returns what the columns on the screen can be ordered by, from left to right.
func (t *Table[T]) SortKeys() []int {
	var all []int
	for _, p := range t.Drawn {
		if by := t.Columns[p.Index].SortKey; by >= 0 {
			all = append(all, by)
		}
	}
	return all
}
