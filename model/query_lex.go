package model

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// queryParser takes a query apart, one term after the other.
type queryParser struct {
	query string
	at    int // byte offset of what comes next
}

// queryValue is one piece of a term and where it stands.
type queryValue struct {
	text    string // without its quotes
	at, end int
	quoted  bool
}

// next reads one term; more is false at the end of the query.
func (p *queryParser) next() (t condition, more bool, err error) {
	p.skipSpace()
	if p.at == len(p.query) {
		return condition{}, false, nil
	}
	negated, err := p.sign()
	if err != nil {
		return condition{}, false, err
	}
	switch p.query[p.at] {
	case '"':
		t, err = p.quotedWord()
	case '/':
		t, err = p.regex()
	default:
		t, err = p.plain()
	}
	t.negated = negated
	return t, err == nil, err
}

// sign takes what negates the term; two negations cancel out.
func (p *queryParser) sign() (negated bool, err error) {
	for {
		size := signSize(p.query[p.at:])
		if size == 0 {
			return negated, nil
		}
		at := p.at
		p.at += size
		negated = !negated
		if p.atBreak() {
			return false, p.fail(at, p.at, "missing term after "+p.query[at:p.at],
				"remove the space: -name:node")
		}
	}
}

func signSize(s string) int {
	const not = "not:"
	switch {
	case s[0] == '-' || s[0] == '!':
		return 1
	case len(s) >= len(not) && strings.EqualFold(s[:len(not)], not):
		return len(not)
	}
	return 0
}

func (p *queryParser) skipSpace() {
	rest := strings.TrimLeftFunc(p.query[p.at:], unicode.IsSpace)
	p.at = len(p.query) - len(rest)
}

// atBreak tells whether a term ends here.
func (p *queryParser) atBreak() bool {
	r, _ := utf8.DecodeRuneInString(p.query[p.at:])
	return p.at == len(p.query) || unicode.IsSpace(r)
}

// run returns where the characters from here on stop that are neither spaces
// nor one of stops.
func (p *queryParser) run(stops string) int {
	n := strings.IndexFunc(p.query[p.at:], func(r rune) bool {
		return unicode.IsSpace(r) || r != utf8.RuneError && strings.ContainsRune(stops, r)
	})
	if n < 0 {
		return len(p.query)
	}
	return p.at + n
}

// plain reads a term that begins with neither a quote nor a slash: KEY:VALUES
// if the key is known, a bare word else.
func (p *queryParser) plain() (condition, error) {
	at, end := p.at, p.run("")
	text := p.query[at:end]
	if name, _, ok := strings.Cut(text, ":"); ok {
		if k := findKey(name); k != nil {
			p.at += len(name) + 1
			return p.keyed(k, at)
		}
	}
	p.at = end
	return p.bare(queryValue{text: text, at: at, end: end})
}

// keyed reads the values behind KEY: and makes the term.
func (p *queryParser) keyed(k *queryKey, at int) (condition, error) {
	values, err := p.values(k, at)
	if err != nil {
		return condition{}, err
	}
	if k.choices != nil {
		return p.choose(k, values)
	}
	return k.parse(p, k.name, values)
}

// values reads a list: A,"B C",D.
func (p *queryParser) values(k *queryKey, at int) ([]queryValue, error) {
	var list []queryValue
	for {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		if v.text == "" {
			return nil, p.fail(at, v.end, "missing value", "for example "+k.name+":"+k.example)
		}
		list = append(list, v)
		if !strings.HasPrefix(p.query[p.at:], ",") {
			return list, nil
		}
		p.at++
	}
}

func (p *queryParser) value() (queryValue, error) {
	if strings.HasPrefix(p.query[p.at:], `"`) {
		return p.quoted(",")
	}
	v := queryValue{at: p.at, end: p.run(",")}
	v.text = p.query[v.at:v.end]
	p.at = v.end
	return v, nil
}

// quoted reads a text in double quotes. Within it only \" and \\ are escapes,
// so that paths and patterns can be pasted as they are.
func (p *queryParser) quoted(after string) (queryValue, error) {
	v := queryValue{at: p.at, quoted: true}
	var b strings.Builder
	for i := p.at + 1; i < len(p.query); i++ {
		c := p.query[i]
		switch {
		case c == '"':
			p.at, v.text, v.end = i+1, b.String(), i+1
			return v, p.mustBreak("the quote", after)
		case c == '\\' && i+1 < len(p.query) && (p.query[i+1] == '"' || p.query[i+1] == '\\'):
			i++
			c = p.query[i]
		}
		b.WriteByte(c)
	}
	return v, p.fail(v.at, len(p.query), "unterminated quote", `add a closing "`)
}

// pattern reads a regular expression between slashes.
func (p *queryParser) pattern() (queryValue, error) {
	v := queryValue{at: p.at}
	for i := p.at + 1; i < len(p.query); i++ {
		switch p.query[i] {
		case '\\':
			i++
		case '/':
			v.text, v.end = p.query[p.at+1:i], i+1
			p.at = i + 1
			return v, p.mustBreak("the regular expression", "")
		}
	}
	return v, p.fail(v.at, len(p.query), "unterminated regular expression",
		`add a closing /; to search for text that starts with a slash, quote it: "/usr/bin"`)
}

// mustBreak tells what is wrong if neither a space nor one of after follows.
func (p *queryParser) mustBreak(what, after string) error {
	if p.atBreak() || after != "" && strings.IndexByte(after, p.query[p.at]) >= 0 {
		return nil
	}
	return p.fail(p.at, p.run(""), "missing space after "+what,
		`quote text that contains slashes or quotes: "/usr/bin/node"`)
}
