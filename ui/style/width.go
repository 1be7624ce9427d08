package style

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width is how many cells of a terminal s takes: a CJK character or an emoji
// takes two.
func Width(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < ' ' {
			return ansi.StringWidth(s)
		}
	}
	return len(s) // nearly all text is ASCII, and measuring graphemes is dear
}

// Cut shortens s to width cells by taking off its end.
func Cut(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	return ansi.Truncate(s, max(width, 0), "…")
}

// CutMiddle shortens s to width cells by taking out of its middle: a command is
// told by its beginning and its end.
func CutMiddle(s string, width int) string {
	const least = 8 // below that two halves say less than one beginning
	w := Width(s)
	if w <= width || width < least {
		return Cut(s, width)
	}
	head := (width - 1) / 3
	tail := width - 1 - head
	return ansi.Truncate(s, head, "") + "…" + ansi.TruncateLeft(s, w-tail, "")
}

// Spaces gives n spaces, none for a negative n.
func Spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
