package table

import (
	"cmp"
	"slices"
)

// SelectColumns leaves only the columns with these names, in this order; nil leaves
// all as they are. Which of them are left out where there is little room stays
// as it was.
func (t *Table[T]) SelectColumns(names []string) {
	if names == nil {
		return
	}
	var chosen []Column[T]
	for _, name := range names {
		if i := slices.IndexFunc(t.Columns, func(c Column[T]) bool { return c.Name == name }); i >= 0 {
			chosen = append(chosen, t.Columns[i])
		}
	}
	ranks := make([]*Column[T], len(chosen))
	for i := range chosen {
		ranks[i] = &chosen[i]
	}
	slices.SortStableFunc(ranks, func(a, b *Column[T]) int { return cmp.Compare(a.Priority, b.Priority) })
	for i, c := range ranks {
		c.Priority = i + 1 // they count without gaps
	}
	t.Columns = chosen
}
