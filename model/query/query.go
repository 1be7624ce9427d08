// Package query parses and evaluates the filter language of the filter box and of
// every command.
package query

import (
	"slices"
	"strings"

	"lotop/model"
	"lotop/sockets"
)

// Query is a filter for rows in the language of the filter box and of every
// command: terms stand side by side and all must hold. QueryHelp lists them.
//
// A row that stands for both ends of a connection satisfies a term if either
// end does, and a negated term if neither does. The zero value and nil match
// everything. A Query is used by one goroutine at a time: it keeps scratch
// memory, so that matching allocates nothing.
type Query struct {
	terms   []term // as they were written
	ordered []term // the same, the cheapest first
}

// term is one term of a query.
type term struct {
	text    string // canonical, without the sign
	negated bool
	cost    termCost
	// ports is what a socket must have at either end for the term to hold, nil
	// if it may have any.
	ports []sockets.PortRange
	match func(r *model.Row, s *sockets.Socket) bool
}

// termCost orders terms, so that a number that differs saves the search in a text.
type termCost uint8

const (
	costSocket termCost = iota
	costOwner
	costText
)

// Parse reads a query. An empty one matches every row. The error is a
// *QueryError, which tells the place.
func Parse(s string) (*Query, error) {
	p := parser{query: s}
	q := &Query{}
	for {
		t, more, err := p.nextTerm()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		q.terms = append(q.terms, t)
	}
	q.ordered = slices.Clone(q.terms)
	slices.SortStableFunc(q.ordered, func(a, b term) int { return int(a.cost) - int(b.cost) })
	return q, nil
}

// Match tells whether every term holds for r.
func (q *Query) Match(r *model.Row) bool {
	if q == nil {
		return true
	}
	for i := range q.ordered {
		t := &q.ordered[i]
		holds := t.match(r, r.Socket) || r.Folded && r.Peer != nil && t.match(r, r.Peer)
		if holds == t.negated {
			return false
		}
	}
	return true
}

// Empty tells whether the query matches every row because it has no terms.
func (q *Query) Empty() bool { return q == nil || len(q.terms) == 0 }

// String writes the query in its canonical form, which parses to the same
// query.
func (q *Query) String() string {
	if q == nil {
		return ""
	}
	var b strings.Builder
	for i, t := range q.terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		if t.negated {
			b.WriteByte('-')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// Ports returns ranges of which a socket must have a port, at either end, to
// match at all; nil if the query does not narrow to ports. A reader may leave
// out every other socket.
func (q *Query) Ports() []sockets.PortRange {
	if q == nil {
		return nil
	}
	var best []sockets.PortRange
	for _, t := range q.terms {
		if t.ports != nil && !t.negated && (best == nil || countPorts(t.ports) < countPorts(best)) {
			best = t.ports
		}
	}
	return slices.Clone(best)
}

// countPorts counts the ports of ranges, those that overlap as often as they do.
func countPorts(ranges []sockets.PortRange) int {
	n := 0
	for _, r := range ranges {
		n += int(r.Last) - int(r.First) + 1
	}
	return n
}
