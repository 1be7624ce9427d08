package query

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// parser parses a query term by term.
type parser struct {
	query  string
	offset int // byte offset of the next character
}

// rawValue is one value of a term and its position.
type rawValue struct {
	text    string // without its quotes
	at, end int
	quoted  bool
}

// nextTerm parses one term; more is false at the end of the query.
func (p *parser) nextTerm() (t term, more bool, err error) {
	p.skipSpace()
	if p.offset == len(p.query) {
		return term{}, false, nil
	}
	negated, err := p.parseNegation()
	if err != nil {
		return term{}, false, err
	}
	switch p.query[p.offset] {
	case '"':
		t, err = p.parseQuoted()
	case '/':
		t, err = p.parseRegex()
	default:
		t, err = p.parseTerm()
	}
	t.negated = negated
	return t, err == nil, err
}

// parseNegation parses what negates a term; two negations cancel out.
func (p *parser) parseNegation() (negated bool, err error) {
	for {
		size := negationLen(p.query[p.offset:])
		if size == 0 {
			return negated, nil
		}
		at := p.offset
		p.offset += size
		negated = !negated
		if p.atTermEnd() {
			return false, p.fail(at, p.offset, "missing term after "+p.query[at:p.offset],
				"remove the space: -name:node")
		}
	}
}

func negationLen(s string) int {
	const not = "not:"
	switch {
	case s[0] == '-' || s[0] == '!':
		return 1
	case len(s) >= len(not) && strings.EqualFold(s[:len(not)], not):
		return len(not)
	}
	return 0
}

func (p *parser) skipSpace() {
	rest := strings.TrimLeftFunc(p.query[p.offset:], unicode.IsSpace)
	p.offset = len(p.query) - len(rest)
}

// atTermEnd reports whether a term ends here.
func (p *parser) atTermEnd() bool {
	r, _ := utf8.DecodeRuneInString(p.query[p.offset:])
	return p.offset == len(p.query) || unicode.IsSpace(r)
}

// tokenEnd returns the offset of the next character that is a space or one of stops.
func (p *parser) tokenEnd(stops string) int {
	n := strings.IndexFunc(p.query[p.offset:], func(r rune) bool {
		return unicode.IsSpace(r) || r != utf8.RuneError && strings.ContainsRune(stops, r)
	})
	if n < 0 {
		return len(p.query)
	}
	return p.offset + n
}

// parseTerm parses a term that begins with neither a quote nor a slash: KEY:VALUES if the
// key is known, else a bare word.
func (p *parser) parseTerm() (term, error) {
	at, end := p.offset, p.tokenEnd("")
	text := p.query[at:end]
	if name, _, ok := strings.Cut(text, ":"); ok {
		if k := findKey(name); k != nil {
			p.offset += len(name) + 1
			return p.parseKeyed(k, at)
		}
	}
	p.offset = end
	return p.parseBare(rawValue{text: text, at: at, end: end})
}

// parseKeyed parses the values after KEY:.
func (p *parser) parseKeyed(k *filterKey, at int) (term, error) {
	values, err := p.parseValues(k, at)
	if err != nil {
		return term{}, err
	}
	if k.keywords != nil {
		return p.parseKeywords(k, values)
	}
	return k.parse(p, k.name, values)
}

// parseValues parses a list: A,"B C",D.
func (p *parser) parseValues(k *filterKey, at int) ([]rawValue, error) {
	var list []rawValue
	for {
		v, err := p.parseValue()
		if err != nil {
			return nil, err
		}
		if v.text == "" {
			return nil, p.fail(at, v.end, "missing value", "for example "+k.name+":"+k.example)
		}
		list = append(list, v)
		if !strings.HasPrefix(p.query[p.offset:], ",") {
			return list, nil
		}
		p.offset++
	}
}

func (p *parser) parseValue() (rawValue, error) {
	if strings.HasPrefix(p.query[p.offset:], `"`) {
		return p.scanQuoted(",")
	}
	v := rawValue{at: p.offset, end: p.tokenEnd(",")}
	v.text = p.query[v.at:v.end]
	p.offset = v.end
	return v, nil
}

// scanQuoted scans a text in double quotes. Only \" and \\ are escapes in it, so that
// paths and patterns can be pasted unchanged.
func (p *parser) scanQuoted(after string) (rawValue, error) {
	v := rawValue{at: p.offset, quoted: true}
	var b strings.Builder
	for i := p.offset + 1; i < len(p.query); i++ {
		c := p.query[i]
		switch {
		case c == '"':
			p.offset, v.text, v.end = i+1, b.String(), i+1
			return v, p.expectTermEnd("the quote", after)
		case c == '\\' && i+1 < len(p.query) && (p.query[i+1] == '"' || p.query[i+1] == '\\'):
			i++
			c = p.query[i]
		}
		b.WriteByte(c)
	}
	return v, p.fail(v.at, len(p.query), "unterminated quote", `add a closing "`)
}

// scanRegex scans a regular expression between slashes.
func (p *parser) scanRegex() (rawValue, error) {
	v := rawValue{at: p.offset}
	for i := p.offset + 1; i < len(p.query); i++ {
		switch p.query[i] {
		case '\\':
			i++
		case '/':
			v.text, v.end = p.query[p.offset+1:i], i+1
			p.offset = i + 1
			return v, p.expectTermEnd("the regular expression", "")
		}
	}
	return v, p.fail(v.at, len(p.query), "unterminated regular expression",
		`add a closing /; to search for text that starts with a slash, quote it: "/usr/bin"`)
}

// expectTermEnd returns an error unless a space or one of after follows.
func (p *parser) expectTermEnd(what, after string) error {
	if p.atTermEnd() || after != "" && strings.IndexByte(after, p.query[p.offset]) >= 0 {
		return nil
	}
	return p.fail(p.offset, p.tokenEnd(""), "missing space after "+what,
		`quote text that contains slashes or quotes: "/usr/bin/node"`)
}
