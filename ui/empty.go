package ui

import (
	"slices"
	"strings"

	"lotop/sockets/untrusted"
)

// EmptyMessage says why a table is empty. clear and widen are what would show
// something: how to lift the query, and how to see other hosts too; empty where
// there is no way.
func EmptyMessage(noun, query string, all bool, clear, widen string) string {
	var hints []string
	text := "no " + noun
	if query != "" {
		text += " matches " + untrusted.New(query).String()
		hints = append(hints, clear)
	} else if !all {
		text += " on loopback"
	}
	if !all {
		hints = append(hints, widen)
	}
	hints = slices.DeleteFunc(hints, func(s string) bool { return s == "" })
	if len(hints) == 0 {
		return text
	}
	return text + "; " + strings.Join(hints, ", ")
}
