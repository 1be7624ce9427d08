// Package query parses and evaluates the filter language of the filter box and of
// every command.
package query

import (
	"slices"
	"strings"

	"lotop/model"
	"lotop/sockets"
)

// Query is a filter for rows. Its terms are separated by spaces and all must match; Help
// lists them.
//
// A row that represents both ends of a connection matches a term if either end does, and
// a negated term if neither does. The zero value and nil match everything. A Query is
// used by one goroutine at a time: it reuses memory, so that matching allocates nothing.
type Query struct {
	terms   []term // in the order of the text
	ordered []term // the same, the cheapest first
}

// term is one term of a query.
type term struct {
	text    string // canonical, without the negation
	negated bool
	cost    termCost
	// ports are those of which a socket must have one, local or remote, to match;
	// nil for any.
	ports []sockets.PortRange
	word  needle // of a plain word, empty for other terms
	match func(r *model.Row, s *sockets.Socket) bool
}

// termCost orders terms, so that cheap comparisons come before text searches.
type termCost uint8

const (
	costSocket termCost = iota
	costOwner
	costText
)

// Parse parses a query. An empty one matches every row. The error is an *Error, which
// has the position.
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

// Match reports whether every term matches r.
func (q *Query) Match(r *model.Row) bool {
	if q == nil {
		return true
	}
	for i := range q.ordered {
		t := &q.ordered[i]
		matched := t.match(r, r.Socket) || r.Folded && r.Peer != nil && t.match(r, r.Peer)
		if matched == t.negated {
			return false
		}
	}
	return true
}

// Empty reports whether the query matches every row because it has no terms.
func (q *Query) Empty() bool { return q == nil || len(q.terms) == 0 }

// String returns the query in its canonical form, which parses to the same query.
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

// Ports returns the ranges of ports of which a socket must have one, local or remote, to
// match; nil if the query does not restrict ports. A reader may omit all other sockets.
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

// countPorts returns the number of ports in ranges, overlapping ones counted repeatedly.
func countPorts(ranges []sockets.PortRange) int {
	n := 0
	for _, r := range ranges {
		n += int(r.Last) - int(r.First) + 1
	}
	return n
}
