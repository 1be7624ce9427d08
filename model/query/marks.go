package query

import (
	"slices"
	"unicode/utf8"

	"lotop/sockets"
)

// Marks are the parts of a row's text because of which it matches, as far as they are
// plain words and ports. Terms with a key other than a port's, regular expressions,
// addresses and negated terms mark nothing.
type Marks struct {
	words []needle
	ports []sockets.PortRange
}

// Marks returns what to mark in the rows that match.
func (q *Query) Marks() Marks {
	var m Marks
	if q == nil {
		return m
	}
	for _, t := range q.terms {
		if t.negated {
			continue
		}
		m.ports = append(m.ports, t.ports...)
		if t.word.lower != "" {
			m.words = append(m.words, t.word)
		}
	}
	return m
}

// WordMarks returns marks of words, ignoring case.
func WordMarks(words []string) Marks {
	var m Marks
	for _, w := range words {
		if w != "" {
			m.words = append(m.words, newNeedle(w))
		}
	}
	return m
}

// Empty reports whether nothing is marked.
func (m *Marks) Empty() bool { return len(m.words)+len(m.ports) == 0 }

// Find returns where the first marked part of a text begins and ends; at is negative if
// there is none. A port stands behind a colon, or alone if the text is a port's column.
func (m *Marks) Find(s string, portColumn bool) (at, end int) {
	at = -1
	for i := range m.words {
		if from, to := m.words[i].find(s); from >= 0 && (at < 0 || from < at || from == at && to > end) {
			at, end = from, to
		}
	}
	if len(m.ports) > 0 {
		if from, to := m.findPort(s, portColumn); from >= 0 && (at < 0 || from < at) {
			at, end = from, to
		}
	}
	return at, end
}

// find returns where the needle is in a text, ignoring case.
func (n *needle) find(s string) (at, end int) {
	for i := range s {
		if hasPrefixFold(s[i:], n.lower) {
			end = i
			for range utf8.RuneCountInString(n.lower) {
				_, size := utf8.DecodeRuneInString(s[end:])
				end += size
			}
			return i, end
		}
	}
	return -1, 0
}

func (m *Marks) findPort(s string, column bool) (at, end int) {
	for i := 0; i < len(s); i++ {
		if !isDigit(s[i]) {
			continue
		}
		from, port := i, 0
		for ; i < len(s) && isDigit(s[i]); i++ {
			port = min(port*10+int(s[i]-'0'), 1<<16)
		}
		alone := column || from > 0 && s[from-1] == ':'
		if alone && port < 1<<16 && slices.ContainsFunc(m.ports, func(r sockets.PortRange) bool { return r.Contains(uint16(port)) }) {
			return from, i
		}
	}
	return -1, 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
