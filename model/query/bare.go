package query

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"lotop/model/service"
)

// parseBare parses a word without quotes: ports, an address, or text.
func (p *parser) parseBare(v rawValue) (term, error) {
	ports, isPort := strings.CutPrefix(v.text, ":")
	if isPort && !strings.Contains(ports, ":") || isPortList(v.text) {
		return p.parseBarePorts(v, ports)
	}
	if e, ok := parseAddrMatcher(v.text); ok {
		return addrTerm(e.String(), []addrMatcher{e}), nil
	}
	if strings.Contains(v.text, ":") {
		return term{}, p.colonError(v)
	}
	return newAnywhereTerm(v.text), nil
}

// parseBarePorts parses 3000, :3000, 3000-3999 and lists of them.
func (p *parser) parseBarePorts(v rawValue, ports string) (term, error) {
	if ports == "" {
		return term{}, p.fail(v.at, v.end, "missing port", "for example :3000")
	}
	var list []rawValue
	at := v.end - len(ports)
	for part := range strings.SplitSeq(ports, ",") {
		list = append(list, rawValue{text: part, at: at, end: at + len(part)})
		at += len(part) + 1
	}
	return parsePorts(p, "port", list)
}

// colonError returns why a word with a colon is neither KEY:VALUE nor an address.
func (p *parser) colonError(v rawValue) error {
	i := strings.LastIndexByte(v.text, ':')
	if e, ok := parseHost(v.text[:i]); ok && !e.prefix.IsValid() || ok && e.prefix.IsSingleIP() {
		if i+1 == len(v.text) {
			return p.fail(v.at, v.end, "missing port", "for example "+v.text+"3000")
		}
		return p.fail(v.at+i+1, v.end, v.text[i+1:]+" is not a port", "ports range from 0 to 65535")
	}
	name, _, _ := strings.Cut(v.text, ":")
	if name == "" || strings.ContainsAny(name, "[]./%") {
		return p.fail(v.at, v.end, v.text+" is not an address", "quote it to search for the text: "+quoteText(v.text))
	}
	help := "valid keys: " + strings.Join(Keys(), ", ") + "; quote it to search for the text"
	if near := suggest(name, Keys()); near != "" {
		help = "did you mean " + near + ":? " + help
	}
	return p.fail(v.at, v.at+len(name)+1, name+": is not a filter key", help)
}

// parseQuoted parses "foo bar", which is always text, whatever is in it.
func (p *parser) parseQuoted() (term, error) {
	v, err := p.scanQuoted("")
	if err != nil {
		return term{}, err
	}
	if v.text == "" {
		return term{}, p.fail(v.at, v.end, "empty quotes", "put the text between the quotes")
	}
	return newAnywhereTerm(v.text), nil
}

// newAnywhereTerm returns the term for a text. Its canonical form is quoted only if it
// would parse as something else without quotes.
func newAnywhereTerm(text string) term {
	canonical := text
	if !isBareWord(text) {
		canonical = quoteText(text)
	}
	n := newNeedle(text)
	w := anywhereTerm{finder: &n, canMatchAddr: canBeInAddress(n.lower), services: service.PortsNamed(n.matches)}
	return term{text: canonical, cost: costText, word: n, match: w.match}
}

func isBareWord(s string) bool {
	if strings.ContainsAny(s[:1], `-!"/`) || strings.Contains(s, ":") || strings.IndexFunc(s, unicode.IsSpace) >= 0 {
		return false
	}
	_, isAddr := parseAddrMatcher(s)
	return !isAddr && !isPortList(s)
}

// ignoreCase makes a regular expression case-insensitive.
const ignoreCase = "(?i)"

// parseRegex parses /EXPRESSION/.
func (p *parser) parseRegex() (term, error) {
	v, err := p.scanRegex()
	if err != nil {
		return term{}, err
	}
	if v.text == "" {
		return term{}, p.fail(v.at, v.end, "empty regular expression", "for example /node|deno/")
	}
	re, err := regexp.Compile(ignoreCase + v.text)
	if err != nil {
		return term{}, p.regexError(v, err)
	}
	find := regexFinder{re}
	w := anywhereTerm{
		finder: find, canMatchAddr: !cannotMatchAddr(ignoreCase + v.text), services: service.PortsNamed(find.matches),
	}
	return term{text: "/" + v.text + "/", cost: costText, match: w.match}, nil
}

// regexError points at the part of the expression that the regexp package reports.
func (p *parser) regexError(v rawValue, err error) error {
	at, end, problem := v.at, v.end, "invalid regular expression"
	var bad *syntax.Error
	if errors.As(err, &bad) {
		problem += ": " + bad.Code.String()
		part := strings.TrimPrefix(bad.Expr, ignoreCase)
		if i := strings.Index(v.text, part); i >= 0 && part != "" {
			at = v.at + 1 + i
			end = at + len(part)
		}
	}
	return p.fail(at, end, problem, "quote it to search for the text")
}
