// Package untrusted holds text that other programs choose, such as their names and
// command lines: raw for comparisons and JSON, and safe to print.
package untrusted

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is a string that came from outside: a process name, a command line, a
// folder. Whoever made it chose every byte of it, so it cannot be printed as
// it is. String gives a form that is safe on a terminal; the JSON form keeps
// the truth, escaped. The zero value is the empty text.
type Text struct {
	raw  string
	safe string
}

// New takes s in. This is the one place where text from outside is cleaned.
func New(s string) Text {
	return Text{raw: s, safe: sanitize(s)}
}

// String returns the text with everything a terminal could obey made visible:
// line breaks and tabs become spaces; other control characters, format
// characters (bidi overrides, zero-width ones) and broken UTF-8 become escapes
// such as \x1b or \u202e.
func (t Text) String() string { return t.safe }

// Raw returns the bytes as they came. Never print them.
func (t Text) Raw() string { return t.raw }

// MarshalJSON writes the raw text; whatever String would have changed is
// written as a \u escape, so that a line of JSON is as harmless as a line of
// text. Bytes that are no UTF-8 become U+FFFD, as in encoding/json.
func (t Text) MarshalJSON() ([]byte, error) {
	b := make([]byte, 0, len(t.raw)+2)
	b = append(b, '"')
	for _, r := range t.raw {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == utf8.RuneError:
			b = append(b, `\ufffd`...)
		case !isPrintable(r) && r > 0xffff:
			hi, lo := (r-0x10000)>>10+0xd800, (r-0x10000)&0x3ff+0xdc00
			b = fmt.Appendf(b, `\u%04x\u%04x`, hi, lo)
		case !isPrintable(r):
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"'), nil
}

// isPrintable tells whether a terminal only ever draws r. Line and paragraph
// separators are spaces to Unicode and line breaks to some terminals.
func isPrintable(r rune) bool {
	return r == ' ' || unicode.IsPrint(r)
}

// sanitize returns s itself when there is nothing to do, which is nearly always.
func sanitize(s string) string {
	dirty := false
	for _, r := range s {
		if r == utf8.RuneError || !isPrintable(r) {
			dirty = true
			break
		}
	}
	if !dirty {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size <= 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n' || r == '\t' || r == '\r':
			b.WriteByte(' ')
		case isPrintable(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		i += size
	}
	return b.String()
}
