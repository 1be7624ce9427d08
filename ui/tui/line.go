package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"lotop/ui"
)

// role is what a piece of text is, not how it looks; the theme decides that.
type role uint8

const (
	plain role = iota
	quiet
	accent
	good
	notice
	danger
	strong
	numRoles
)

// span is a piece of text in one role.
type span struct {
	text string
	role role
}

// line is what stands beside each other.
type line []span

func text(s string) line           { return line{{s, plain}} }
func styled(r role, s string) line { return line{{s, r}} }
func (l line) add(r role, s string) line {
	if s == "" {
		return l
	}
	return append(l, span{s, r})
}

// width is in cells of the terminal: a CJK character or an emoji has two.
func (l line) width() int {
	w := 0
	for _, s := range l {
		w += ui.Width(s.text)
	}
	return w
}

// fit cuts the line to width cells, with "…" where something is lost, and fills
// it up with spaces.
func (l line) fit(width int) line { return l.cut(width).pad(width) }

func (l line) cut(width int) line {
	if width <= 0 {
		return nil
	}
	if l.width() <= width {
		return l
	}
	var out line
	left := width - 1 // for the ellipsis
	for _, s := range l {
		w := ui.Width(s.text)
		if w <= left {
			out = append(out, s)
			left -= w
			continue
		}
		return append(out, span{ansi.Truncate(s.text, left, "") + "…", s.role})
	}
	return out
}

func (l line) pad(width int) line {
	if gap := width - l.width(); gap > 0 {
		return append(l, span{strings.Repeat(" ", gap), plain})
	}
	return l
}

// right fills the line up on its left.
func (l line) right(width int) line {
	l = l.cut(width)
	if gap := width - l.width(); gap > 0 {
		return append(line{{strings.Repeat(" ", gap), plain}}, l...)
	}
	return l
}

// words breaks s into lines of at most width cells.
// They end at spaces only: a command that is broken at a hyphen cannot be
// copied.
func words(s string, width int) []string {
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

// gist shortens a sentence to width cells by leaving out its last clauses, so
// that what remains still is one.
func gist(s string, width int) string {
	for ui.Width(s) > width {
		at := max(strings.LastIndex(s, "; "), strings.LastIndex(s, ": "), strings.LastIndex(s, " · "), strings.LastIndex(s, ", "))
		if at <= 0 {
			return ansi.Truncate(s, width, "…")
		}
		s = strings.TrimRight(s[:at], " ")
	}
	return s
}
