package style

import (
	"strings"
	"unicode/utf8"
)

// unlimited is room that no line of lotop fills.
const unlimited = 1 << 20

// ASCII writes a line with signs of ASCII in place of lotop's own, for terminals and
// locales that have no others. Other text stays as it is.
func ASCII(line string) string { return asciiIn(line, unlimited) }

// ASCIIWithin is ASCII for a line that may not become wider than width cells, and in
// which what stands in columns stays there: a sign that needs more cells takes
// them from the next gap, or is a shorter one.
func ASCIIWithin(line string, width int) string {
	if isASCII(line) {
		return line
	}
	return asciiIn(line, max(width-Width(line), 0))
}

// ASCIIPage is ASCIIWithin for all lines of a screen, which are to keep their widths.
func ASCIIPage(page string) string {
	lines := strings.Split(page, "\n")
	for i, l := range lines {
		lines[i] = asciiIn(l, 0)
	}
	return strings.Join(lines, "\n")
}

// sign returns what stands in place of a sign, and a longer and clearer form where
// there is one; empty for what is no sign.
func sign(r rune) (short, long string) {
	if r < utf8.RuneSelf {
		return "", ""
	}
	switch r {
	case '→':
		return ">", "->"
	case '←':
		return "<", "<-"
	case '↔':
		return "=", "<->"
	case '≤':
		return "<", "<="
	case '✓':
		return "+", "ok"
	case '…':
		return "~", "..."
	}
	if i := strings.IndexRune(signs, r); i >= 0 {
		return asciiSigns[utf8.RuneCountInString(signs[:i]):][:1], ""
	}
	if r >= 0x2800 && r <= 0x28ff { // a spinner of Braille dots
		return `|/-\`[r&3:][:1], ""
	}
	return "", ""
}

const (
	signs      = "↑↓▲▼▸▶›◂‹⚠●■◆◇↺↻✗×‖·•—–─━│┃╭╮╰╯┌┐└┘├┤┬┴┼▁▂▃▄▅▆▇█"
	asciiSigns = "^v^v>>><<!*#*o@@xx|.*----||+++++++++++++_.:-=+*#"
)

// asciiWriter maps one line.
type asciiWriter struct {
	room     int // cells by which the line may grow
	owed     int // cells that signs have taken from gaps to come
	gap      int // length of the run of spaces that is being written
	gapEnd   int // where the last run ends in text, if only escapes stand behind it
	lastGap  int // its length
	text     []byte
	lastRune rune
}

func asciiIn(line string, room int) string {
	if isASCII(line) {
		return line
	}
	w := &asciiWriter{room: room}
	for rest := line; rest != ""; {
		if n := escapeLength(rest); n > 0 {
			w.endGap()
			w.text, rest = append(w.text, rest[:n]...), rest[n:]
			continue
		}
		r, size := utf8.DecodeRuneInString(rest)
		w.add(r, rest[:size], rest[size:])
		rest = rest[size:]
	}
	w.endGap()
	return string(w.text)
}

// add writes one character; rest is what stands behind it.
func (w *asciiWriter) add(r rune, text, rest string) {
	if r == ' ' {
		w.gap++
		w.lastRune = r
		return
	}
	w.endGap()
	short, long := sign(r)
	switch grow := len(long) - 1; {
	case short == "":
		w.text = append(w.text, text...)
	case long == "" || r == '…' && w.lastRune != ' ':
		w.text = append(w.text, short...)
	case r == '≤' && w.lastGap > 1: // it stands at the right end of its column
		w.text = append(w.text[:w.gapEnd-1], w.text[w.gapEnd:]...)
		w.text = append(w.text, long...)
	case w.owed+grow <= w.slack(rest):
		w.owed += grow
		w.text = append(w.text, long...)
	default:
		w.text = append(w.text, short...)
	}
	w.lastRune, w.lastGap = r, 0
}

// endGap writes the run of spaces, without those that are owed: one stays.
func (w *asciiWriter) endGap() {
	if w.gap == 0 {
		return
	}
	paid := min(w.owed, w.gap-1)
	w.owed -= paid
	w.text = append(w.text, Spaces(w.gap-paid)...)
	w.lastGap, w.gapEnd, w.gap = w.gap-paid, len(w.text), 0
}

// slack counts the cells that can still be given: of the gaps up to the side of a
// box, and behind the line.
func (w *asciiWriter) slack(rest string) int {
	total, gap := 0, 0
	for _, r := range rest {
		switch {
		case r == ' ':
			gap++
			continue
		case r == '│':
			return total + max(gap-1, 0)
		}
		total, gap = total+max(gap-1, 0), 0
	}
	return total + max(gap-1, 0) + w.room
}

// escapeLength is how many bytes of s are an escape sequence that it begins with.
func escapeLength(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s); i++ {
		if s[i] >= 0x40 && s[i] <= 0x7e {
			return i + 1
		}
	}
	return len(s)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
