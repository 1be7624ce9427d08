package tui

import (
	"cmp"
	"slices"
)

// selectColumns leaves only the columns with these names, in this order; nil leaves
// all as they are. Which of them are left out where there is little room stays
// as it was.
func (t *table[T]) selectColumns(names []string) {
	if names == nil {
		return
	}
	var chosen []column[T]
	for _, name := range names {
		if i := slices.IndexFunc(t.columns, func(c column[T]) bool { return c.name == name }); i >= 0 {
			chosen = append(chosen, t.columns[i])
		}
	}
	ranks := make([]*column[T], len(chosen))
	for i := range chosen {
		ranks[i] = &chosen[i]
	}
	slices.SortStableFunc(ranks, func(a, b *column[T]) int { return cmp.Compare(a.priority, b.priority) })
	for i, c := range ranks {
		c.priority = i + 1 // they count without gaps
	}
	t.columns = chosen
}
