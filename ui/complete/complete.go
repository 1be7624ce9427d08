// Package complete completes the terms of a query: keys, their words, and values that
// occur in the rows. The shell and the filter box offer the same.
package complete

import (
	"strings"

	"lotop/model"
	"lotop/model/query"
)

// Term is the beginning of a term of a query.
type Term struct {
	before string // precedes every offer: a negation, the key, values before the last
	key    string // empty as long as none is complete
	typed  string // of the key or the value
}

// Split takes the beginning of a term apart. A number is the beginning of a port.
func Split(begun string) Term {
	not, term := splitNegation(begun)
	key, value, found := strings.Cut(term, ":")
	if !found && !startsPort(term) {
		return Term{before: not, typed: term}
	}
	t := Term{before: not}
	switch {
	case !found:
		key, value = "port", term
	case key == "":
		key, t.before = "port", not+":"
	default:
		t.before += key + ":"
	}
	if i := strings.LastIndexByte(value, ','); i >= 0 {
		t.before, value = t.before+value[:i+1], value[i+1:]
	}
	t.key, t.typed = strings.ToLower(key), value
	return t
}

// splitNegation splits the negation sign off a term.
func splitNegation(term string) (not, rest string) {
	for _, not := range []string{"not:", "-", "!"} {
		if rest, found := strings.CutPrefix(term, not); found {
			return not, rest
		}
	}
	return "", term
}

func startsPort(term string) bool { return term != "" && term[0] >= '0' && term[0] <= '9' }

// Key reports whether the key is still to be completed.
func (t Term) Key() bool { return t.key == "" }

// Keys returns the keys that begin as typed, each with what it matches, in the order of
// the help.
func (t Term) Keys() []Offer {
	var all []Offer
	for _, h := range query.Help() {
		if h.Key != "" && strings.HasPrefix(h.Key, t.typed) {
			all = append(all, Offer{Text: t.before + h.Key + ":", About: []string{h.Meaning}})
		}
	}
	return all
}

// FromRows reports whether values of the key are taken from rows.
func (t Term) FromRows() bool { return collector(t.key) != nil }

// Values returns a list with the words that the key accepts. It accepts only those
// texts from outside, such as names of processes, for which plain returns true.
func (t Term) Values(plain func(string) bool) *List {
	l := NewList(t.typed, plain)
	l.prefix = t.before
	for _, word := range query.Values(t.key) {
		l.Add(word, "")
	}
	return l
}

// AddRow adds the values that the row has for the term's key.
func (t Term) AddRow(l *List, r *model.Row) {
	if collect := collector(t.key); collect != nil {
		collect(l, r)
	}
}
