package style

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// WrapWords breaks s into lines of at most width cells. It breaks at spaces only: a
// command line that is broken at a hyphen cannot be copied.
func WrapWords(s string, width int) []string {
	width = max(width, 1)
	var all []string
	at := ""
	for word := range strings.FieldsSeq(s) {
		switch {
		case at == "":
			at = word
		case Width(at)+1+Width(word) <= width:
			at += " " + word
			continue
		default:
			all = append(all, at)
			at = word
		}
		for Width(at) > width { // one word alone is too long
			head := ansi.Truncate(at, width, "")
			if head == "" {
				return append(all, "…") // not even one wide character fits
			}
			all, at = append(all, head), at[len(head):]
		}
	}
	return append(all, at)
}

// Shorten shortens a sentence to width cells by removing its last clauses, so that
// a sentence remains.
func Shorten(s string, width int) string {
	for Width(s) > width {
		at := max(strings.LastIndex(s, "; "), strings.LastIndex(s, ": "), strings.LastIndex(s, " · "), strings.LastIndex(s, ", "))
		if at <= 0 {
			return ansi.Truncate(s, width, "…")
		}
		s = strings.TrimRight(s[:at], " ")
	}
	return s
}
