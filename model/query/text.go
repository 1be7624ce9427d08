package query

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// textFinder searches a text without allocating.
type textFinder interface {
	matches(s string) bool
	matchesBytes(b []byte) bool
}

// regexFinder searches for a regular expression.
type regexFinder struct{ re *regexp.Regexp }

func (m regexFinder) matches(s string) bool      { return m.re.MatchString(s) }
func (m regexFinder) matchesBytes(b []byte) bool { return m.re.Match(b) }

// needle searches for a text, ignoring case.
type needle struct {
	lower string
	ascii bool
}

func newNeedle(text string) needle {
	n := needle{lower: toLower(text), ascii: true}
	for i := range len(n.lower) {
		if n.lower[i] >= utf8.RuneSelf {
			n.ascii = false
		}
	}
	return n
}

// toLower is strings.ToLower rune by rune, as hasPrefixFold compares, and leaves invalid
// UTF-8 unchanged.
func toLower(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	return strings.Map(unicode.ToLower, s)
}

func (n *needle) matches(s string) bool {
	if n.ascii {
		return containsFold(s, n.lower)
	}
	for i := range s {
		if hasPrefixFold(s[i:], n.lower) {
			return true
		}
	}
	return false
}

func (n *needle) matchesBytes(b []byte) bool {
	if n.ascii {
		return containsFold(b, n.lower)
	}
	return n.matches(string(b)) // only interface names in addresses are not ASCII
}

// containsFold reports whether s contains lower, which is lower-case ASCII, ignoring
// case.
func containsFold[T string | []byte](s T, lower string) bool {
	if lower == "" {
		return true
	}
	first := lower[0]
	for i := 0; i+len(lower) <= len(s); i++ {
		if lowerByte(s[i]) != first {
			continue
		}
		n := 1
		for n < len(lower) && lowerByte(s[i+n]) == lower[n] {
			n++
		}
		if n == len(lower) {
			return true
		}
	}
	return false
}

func lowerByte(c byte) byte {
	if c-'A' < 26 {
		return c + ('a' - 'A')
	}
	return c
}

// hasPrefixFold reports whether s begins with lower, ignoring case.
func hasPrefixFold(s, lower string) bool {
	for _, want := range lower {
		r, size := utf8.DecodeRuneInString(s)
		if size == 0 || unicode.ToLower(r) != want {
			return false
		}
		s = s[size:]
	}
	return true
}

// canBeInAddress reports whether a lower-case text can occur in an address and port.
// Most words cannot, which saves formatting the addresses.
func canBeInAddress(lower string) bool {
	return strings.Trim(lower, addressLetters) == ""
}

// addressLetters are the characters of addresses without a zone.
const addressLetters = "0123456789abcdef.:[]*"

// cannotMatchAddr reports whether no address matches expr because every match has a
// letter that no address has. In doubt it returns false.
func cannotMatchAddr(expr string) bool {
	re, err := syntax.Parse(expr, syntax.Perl)
	return err == nil && cannotMatch(re)
}

func cannotMatch(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral:
		return slices.ContainsFunc(re.Rune, isNonAddrRune)
	case syntax.OpCharClass:
		for i := 0; i+1 < len(re.Rune); i += 2 {
			for r := re.Rune[i]; r <= min(re.Rune[i+1], 'z'); r++ {
				if !isNonAddrRune(r) {
					return false
				}
			}
		}
		return true
	case syntax.OpConcat:
		return slices.ContainsFunc(re.Sub, cannotMatch)
	case syntax.OpAlternate:
		return !slices.ContainsFunc(re.Sub, func(r *syntax.Regexp) bool { return !cannotMatch(r) })
	case syntax.OpCapture, syntax.OpPlus:
		return cannotMatch(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min > 0 && cannotMatch(re.Sub[0])
	}
	return false
}

func isNonAddrRune(r rune) bool {
	return !strings.ContainsRune(addressLetters, unicode.ToLower(r))
}
