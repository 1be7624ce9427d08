package tui

import (
	"slices"
	"strings"
	"time"

	"lotop/model"
)

// Shown is what the screen shows, apart from the filter, as it is remembered from one run
// to the next. Empty names stand for the defaults, as do unknown ones.
type Shown struct {
	View     string // one of ViewNames
	Sort     string // the name of a model.Column
	Reverse  bool
	Group    string        // what ports are grouped by: process, folder, container or none
	Interval time.Duration // between two refreshes
}

// ViewNames returns the names of the views, from the first to the last tab.
func ViewNames() []string {
	var all []string
	for _, name := range viewNames {
		all = append(all, strings.ToLower(name))
	}
	return all
}

// begin makes the screen show that, except for the interval, which is an option.
func (m *Model) begin(s Shown) {
	m.view = view(max(slices.Index(ViewNames(), s.View), 0))
	m.fold.group = grouping(max(slices.Index(groupingNames[:], s.Group), 0))
	m.shape.Order = model.Order{Column: model.ByLocal}
	if by, ok := model.ParseColumn(s.Sort); ok {
		m.shape.Order = model.Order{Column: by, Reverse: s.Reverse}
	}
}

// shown returns what the screen shows.
func (m *Model) shown() Shown {
	return Shown{
		View: ViewNames()[m.view], Sort: m.shape.Order.Column.String(), Reverse: m.shape.Order.Reverse,
		Group: groupingNames[m.fold.group], Interval: m.interval,
	}
}
