// Package untrusted holds text that other programs control, such as their names and
// command lines: raw for comparisons and JSON, and sanitized for printing.
package untrusted

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Text is a string from outside: a process name, a command line, a directory. Its
// bytes are chosen by another program, so they cannot be printed as they are. String
// returns a form that is safe on a terminal; the JSON form keeps the text, escaped.
// The zero value is the empty text.
type Text struct {
	raw  string
	safe string
}

// New returns s as a Text. All text from outside is sanitized here and nowhere else.
func New(s string) Text {
	return Text{raw: s, safe: sanitize(s)}
}

// String returns the text with everything that a terminal could interpret made
// visible: line breaks and tabs become spaces; other control characters, format
// characters (bidi overrides, zero-width ones) and invalid UTF-8 become escapes such
// as \x1b or \u202e.
func (t Text) String() string { return t.safe }

// Raw returns the original bytes. Never print them.
func (t Text) Raw() string { return t.raw }

// MarshalJSON encodes the raw text; whatever String would change becomes a \u escape,
// so that a line of JSON is as safe as a line of text. Invalid UTF-8 becomes U+FFFD,
// as in encoding/json.
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

// isPrintable reports whether a terminal only draws r. Line and paragraph separators
// are spaces in Unicode and line breaks on some terminals.
func isPrintable(r rune) bool {
	return r == ' ' || unicode.IsPrint(r)
}

// sanitize returns s itself if there is nothing to escape, which is nearly always.
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
