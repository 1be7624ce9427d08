package query

import (
	"slices"
	"strings"
	"unicode"

	"lotop/model"
	"lotop/sockets"
)

// filterKey is a key of the language. The parser, the help and completion use the same
// table, so that they agree.
type filterKey struct {
	name    string
	example string
	meaning string
	// One of these two is set: the words the key accepts, or the parser of its
	// values.
	keywords func() []keyword
	parse    func(p *parser, key string, values []rawValue) (term, error)
}

// keyword is a word that a key accepts.
type keyword struct {
	name    string
	aliases []string // other spellings, in lower case without - and _
	cost    termCost
	match   func(r *model.Row, s *sockets.Socket) bool
}

var keyTable = [...]filterKey{
	{name: "port", example: "3000,8000-8100", meaning: "local or remote port", parse: parsePorts},
	{name: "lport", example: "3000", meaning: "local port", parse: parsePorts},
	{name: "rport", example: "443", meaning: "remote port", parse: parsePorts},
	{name: "addr", example: "127.0.0.0/8", meaning: "local or remote address, * for wildcards", parse: parseAddresses},
	{name: "pid", example: "4411", meaning: "owner PID", parse: parsePIDs},
	{name: "user", example: "ada", meaning: "user name (substring) or UID", parse: parseUsers},
	{name: "name", example: "node", meaning: "owner name (substring)", parse: parseOwnerText},
	{name: "cmd", example: `"node server.js"`, meaning: "owner command line (substring)", parse: parseOwnerText},
	{name: "unit", example: "postgresql", meaning: "systemd unit (substring)", parse: parseOwnerText},
	{name: "container", example: "shop-db", meaning: "container name or engine (substring)", parse: parseOwnerText},
	{name: "proto", example: "tcp", meaning: "protocol", keywords: protocolKeywords},
	{name: "state", example: "listen,time_wait", meaning: "socket state", keywords: stateKeywords},
	{name: "ip", example: "4", meaning: "IP version; a dual-stack wildcard matches both", keywords: familyKeywords},
	{name: "reach", example: "network", meaning: "exposure", keywords: reachKeywords},
	{name: "class", example: "dynamic", meaning: "class of the local port", keywords: classKeywords},
	{name: "is", example: "debugger", meaning: "flags set by lotop", keywords: flagKeywords},
}

// findKey returns the key of that name, ignoring case, or nil.
func findKey(name string) *filterKey {
	for i := range keyTable {
		if strings.EqualFold(keyTable[i].name, name) {
			return &keyTable[i]
		}
	}
	return nil
}

// parseKeywords returns the term of a key that accepts words: any of them must match.
func (p *parser) parseKeywords(k *filterKey, values []rawValue) (term, error) {
	known := k.keywords()
	var chosen []keyword
	texts := make([]string, 0, len(values))
	maxCost := costSocket
	for _, v := range values {
		i := slices.IndexFunc(known, func(c keyword) bool { return c.matches(v.text) })
		if i < 0 {
			words := keywordNames(known)
			help := "valid values: " + strings.Join(words, ", ")
			if near := suggest(v.text, words); near != "" {
				help = "did you mean " + near + "? " + help
			}
			return term{}, p.fail(v.at, v.end, k.name+": unknown value "+v.text, help)
		}
		chosen = append(chosen, known[i])
		texts = append(texts, known[i].name)
		maxCost = max(maxCost, known[i].cost)
	}
	return term{
		text: k.name + ":" + strings.Join(texts, ","),
		cost: maxCost,
		match: func(r *model.Row, s *sockets.Socket) bool {
			for i := range chosen {
				if chosen[i].match(r, s) {
					return true
				}
			}
			return false
		},
	}, nil
}

// matches ignores case, hyphens and underscores: time-wait is TIME_WAIT.
func (c *keyword) matches(text string) bool {
	text = foldKeyword(text)
	return foldKeyword(c.name) == text || slices.Contains(c.aliases, text)
}

func foldKeyword(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ToLower(s), "-", ""), "_", "")
}

func keywordNames(choices []keyword) []string {
	words := make([]string, len(choices))
	for i := range choices {
		words[i] = choices[i].name
	}
	return words
}

// quoteValue quotes a text if needed to parse as one value of a list.
func quoteValue(s string) string {
	if s != "" && !strings.ContainsAny(s, "\",\\") && strings.IndexFunc(s, unicode.IsSpace) < 0 {
		return s
	}
	return quoteText(s)
}

func quoteText(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
