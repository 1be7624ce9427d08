package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lotop/ui"
)

// wrapWords breaks s into lines of at most width cells.
// They end at spaces only: a command that is broken at a hyphen cannot be
// copied.
func wrapWords(s string, width int) []string {
	width = max(width, 1)
	var all []string
	at := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case at == "":
			at = word
		case ui.Width(at)+1+ui.Width(word) <= width:
			at += " " + word
			continue
		default:
			all = append(all, at)
			at = word
		}
		for ui.Width(at) > width { // one word alone is too long
			head := ansi.Truncate(at, width, "")
			if head == "" {
				return append(all, "…") // not even one wide character fits
			}
			all, at = append(all, head), at[len(head):]
		}
	}
	return append(all, at)
}

// shorten shortens a sentence to width cells by leaving out its last clauses, so
// that what remains still is one.
func shorten(s string, width int) string {
	for ui.Width(s) > width {
		at := max(strings.LastIndex(s, "; "), strings.LastIndex(s, ": "), strings.LastIndex(s, " · "), strings.LastIndex(s, ", "))
		if at <= 0 {
			return ansi.Truncate(s, width, "…")
		}
		s = strings.TrimRight(s[:at], " ")
	}
	return s
}
