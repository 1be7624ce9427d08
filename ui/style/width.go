package style

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Width returns the width of s in cells: a CJK character or an emoji has two.
func Width(s string) int {
	for i := range len(s) {
		if s[i] >= 0x80 || s[i] < ' ' {
			return ansi.StringWidth(s)
		}
	}
	return len(s) // nearly all text is ASCII, and measuring graphemes is slow
}

// Cut shortens s to width cells by truncating it.
func Cut(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	return ansi.Truncate(s, max(width, 0), "…")
}

// CutMiddle shortens s to width cells by removing its middle: the beginning and the
// end of a command line identify it best.
func CutMiddle(s string, width int) string {
	const least = 8 // below, one beginning is more useful than two parts
	w := Width(s)
	if w <= width || width < least {
		return Cut(s, width)
	}
	head := (width - 1) / 3
	tail := width - 1 - head
	return ansi.Truncate(s, head, "") + "…" + ansi.TruncateLeft(s, w-tail, "")
}

// Spaces returns n spaces, or none if n is negative.
func Spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }
